import { sql } from "drizzle-orm";
import {
  bigint,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea } from "./columns.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "string" });
const whole = (name: string) => bigint(name, { mode: "number" });

/** Runs of retention: asked for, under way, or over. */
export const retentionRun = pgTable(
  "retention_run",
  {
    id: whole("id").primaryKey().generatedAlwaysAsIdentity(),
    state: text("state", { enum: ["asked", "running", "done", "failed"] }).notNull(),
    /** `worker` by schedule, or `user:7` who asked for it. */
    startedBy: text("started_by").notNull(),
    startedAt: at("started_at").notNull(),
    endedAt: at("ended_at"),
    /** Months that were removed, the events in them and the bytes given back. */
    partitions: integer("partitions").notNull().default(0),
    rows: whole("rows").notNull().default(0),
    bytes: whole("bytes").notNull().default(0),
    /** Events that a hold kept back in this run. */
    held: whole("held").notNull().default(0),
    longestLockMs: doublePrecision("longest_lock_ms").notNull().default(0),
    /** Months that were due and stayed, each with its reason: `[{policy, month, reason}]`. */
    skipped: jsonb("skipped").notNull().default([]),
    error: text("error"),
  },
  () => [
    // At most one is asked for or under way.
    uniqueIndex("retention_run_open").on(sql`(ended_at is null)`).where(sql`ended_at is null`),
  ],
);

/** What one month of one policy held when it was removed, epoch by epoch: its places in the tree and what is left of it. */
export const retentionManifest = pgTable(
  "retention_manifest",
  {
    id: uuid("id").primaryKey(),
    runId: whole("run_id")
      .notNull()
      .references(() => retentionRun.id),
    policy: text("policy").notNull(),
    /** First day of the month, UTC. */
    month: date("month", { mode: "string" }).notNull(),
    /** Name of the table. */
    partition: text("partition").notNull(),
    epoch: integer("epoch").notNull(),
    firstIndex: whole("first_index").notNull(),
    lastIndex: whole("last_index").notNull(),
    count: whole("count").notNull(),
    /** Rows of the whole month, whatever their epoch. */
    rows: whole("rows").notNull(),
    bytes: whole("bytes").notNull(),
    /** A bit for each leaf from the first index to the last, the least significant of a byte first. */
    bitmap: bytea("bitmap").notNull(),
    bitmapSha256: bytea("bitmap_sha256").notNull(),
    /** RFC 6962 root over the removed leaf hashes in their order. */
    root: bytea("root").notNull(),
    /** The newest hold that was obeyed when this was planned. */
    holdsSeen: whole("holds_seen").notNull(),
    /** The event that tells of it, and its leaf, which outlives the event's own row. */
    eventId: uuid("event_id").notNull(),
    leaf: text("leaf").notNull(),
    /** Names in the archive and SHA-256 of the files; null without an archive. */
    leavesFile: text("leaves_file"),
    leavesSha256: bytea("leaves_sha256"),
    detailsFile: text("details_file"),
    detailsSha256: bytea("details_sha256"),
    state: text("state", { enum: ["planned", "signed", "archived", "detached", "dropped", "skipped"] }).notNull(),
    /** Why it was skipped. */
    reason: text("reason"),
    plannedAt: at("planned_at").notNull(),
    signedAt: at("signed_at"),
    archivedAt: at("archived_at"),
    detachedAt: at("detached_at"),
    endedAt: at("ended_at"),
  },
  (table) => [
    uniqueIndex("retention_manifest_open").on(table.partition, table.epoch).where(sql`ended_at is null`),
    index("retention_manifest_run").on(table.runId),
    index("retention_manifest_places").on(table.epoch, table.lastIndex),
  ],
);

/** What must be kept whatever its age: a scope (see `legal-holds.ts`) from when it was placed until it is released. */
export const legalHold = pgTable(
  "legal_hold",
  {
    id: whole("id").primaryKey().generatedAlwaysAsIdentity(),
    name: text("name").notNull(),
    reason: text("reason").notNull(),
    scope: jsonb("scope").notNull(),
    placedAt: at("placed_at").notNull(),
    placedBy: whole("placed_by").notNull(),
    releasedAt: at("released_at"),
    releasedBy: whole("released_by"),
    releaseReason: text("release_reason"),
    version: integer("version").notNull().default(1),
    /** The `sys_hold_placed` that tells of it, once it is stored, and its leaf, which outlives the event's own row. */
    eventId: uuid("event_id"),
    leaf: text("leaf"),
  },
  (table) => [index("legal_hold_active").on(table.id).where(sql`released_at is null`)],
);

/** Events that a hold kept when their month was removed: they stand under the policy `held` since then. */
export const heldEvent = pgTable(
  "held_event",
  {
    id: uuid("id").primaryKey(),
    holdId: whole("hold_id")
      .notNull()
      .references(() => legalHold.id),
    /** The policy they came from. */
    policy: text("policy").notNull(),
    movedAt: at("moved_at").notNull(),
  },
  (table) => [index("held_event_hold").on(table.holdId)],
);
