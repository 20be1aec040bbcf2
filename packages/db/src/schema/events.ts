import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea } from "./columns.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "string" });

/** What an administrator may set about an event type. `seed` is what the catalogue last said, so that edits are told from defaults. */
export const eventTypes = pgTable("event_types", {
  code: text("code").primaryKey(),
  id: integer("id").notNull().unique(),
  name: text("name").notNull(),
  category: text("category").notNull(),
  severity: text("severity").notNull(),
  policy: text("policy").notNull(),
  approval: text("approval").notNull(),
  notify: boolean("notify").notNull(),
  enabled: boolean("enabled").notNull().default(true),
  locked: boolean("locked").notNull(),
  seed: jsonb("seed").notNull(),
  retiredAt: at("retired_at"),
  updatedAt: at("updated_at").notNull().defaultNow(),
  version: integer("version").notNull().default(1),
});

/** Envelopes of 1 to 500 events, written with the act. Lines hold no raw newline, since canonical JSON has none. */
export const auditOutbox = pgTable("audit_outbox", {
  id: uuid("id").primaryKey(),
  keptAt: at("kept_at").notNull().default(sql`clock_timestamp()`),
  count: integer("count").notNull(),
  leaves: text("leaves").notNull(),
  details: text("details").notNull(),
  hashes: bytea("hashes").notNull(),
  salts: bytea("salts").notNull(),
});

/** Partitioned by policy, then by the UTC month inside the UUIDv7 id (see the migration). */
export const eventLog = pgTable(
  "event_log",
  {
    id: uuid("id").notNull(),
    policy: text("policy").notNull(),
    code: text("code").notNull(),
    category: text("category").notNull(),
    severity: text("severity").notNull(),
    status: text("status").notNull(),
    occurredAt: at("occurred_at").notNull(),
    receivedAt: at("received_at").notNull(),
    actorType: text("actor_type").notNull(),
    actorId: text("actor_id"),
    objectType: text("object_type"),
    objectId: text("object_id"),
    targetType: text("target_type"),
    targetId: text("target_id"),
    requestMethod: text("request_method"),
    endpoint: text("endpoint"),
    requestId: text("request_id"),
    source: text("source").notNull(),
    approvalId: text("approval_id"),
    leaf: text("leaf").notNull(),
    leafHash: bytea("leaf_hash").notNull(),
    details: text("details"),
    salt: bytea("salt"),
  },
  (table) => [
    primaryKey({ columns: [table.id, table.policy] }),
    index("event_log_code").on(table.code, table.id),
    index("event_log_actor").on(table.actorId, table.id),
    index("event_log_object").on(table.objectType, table.objectId, table.id),
    index("event_log_target").on(table.targetType, table.targetId, table.id).where(sql`target_id is not null`),
    index("event_log_severe").on(table.severity, table.id).where(sql`severity in ('high', 'critical')`),
    index("event_log_not_success").on(table.status, table.id).where(sql`status <> 'success'`),
  ],
);

/** Ids that callers chose: the same id again gets the first answer or a refusal. Partitioned by the day in the id, kept 8 days. */
export const eventClaim = pgTable("event_claim", {
  id: uuid("id").primaryKey(),
  source: text("source").notNull(),
  contentHash: bytea("content_hash").notNull(),
  receivedAt: at("received_at").notNull(),
  /** Leaf hash of an event; for a batch claimed under one key, 16-byte id and 32-byte leaf hash of each item. */
  answer: bytea("answer").notNull(),
});

/** One event that could not be stored, with its bytes unchanged. */
export const deadLetter = pgTable("dead_letter", {
  id: uuid("id").primaryKey(),
  envelopeId: uuid("envelope_id").notNull(),
  keptAt: at("kept_at").notNull(),
  leaf: text("leaf").notNull(),
  /** Null together with the salt once they were erased. */
  details: text("details"),
  leafHash: bytea("leaf_hash").notNull(),
  salt: bytea("salt"),
  errorCode: text("error_code").notNull(),
  error: text("error").notNull(),
  attempts: integer("attempts").notNull(),
  setAsideAt: at("set_aside_at").notNull().default(sql`clock_timestamp()`),
});

/** Stored, not yet sealed: one row an envelope, consumed by the sealer in this order. */
export const ledgerPending = pgTable(
  "ledger_pending",
  {
    envelopeId: uuid("envelope_id").notNull(),
    part: integer("part").notNull().default(0),
    receivedAt: at("received_at").notNull(),
    ids: uuid("ids").array().notNull(),
    hashes: bytea("hashes").notNull(),
  },
  (table) => [primaryKey({ columns: [table.envelopeId, table.part] })],
);

/** Counts for dashboards. `shard` spreads concurrent workers over rows; readers add them up. */
export const eventDay = pgTable(
  "event_day",
  {
    day: date("day", { mode: "string" }).notNull(),
    code: text("code").notNull(),
    severity: text("severity").notNull(),
    status: text("status").notNull(),
    shard: smallint("shard").notNull(),
    count: bigint("count", { mode: "number" }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.day, table.code, table.severity, table.status, table.shard] }),
    index("event_day_code").on(table.code, table.day),
  ],
);

/** Acts whose event type is switched off are counted here and not kept. */
export const suppressedDay = pgTable(
  "suppressed_day",
  {
    day: date("day", { mode: "string" }).notNull(),
    code: text("code").notNull(),
    count: bigint("count", { mode: "number" }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.code] })],
);

/** Repeats of one read by one actor within the window: the first is an event at once, the rest are counted here. */
export const collapsedRead = pgTable(
  "collapsed_read",
  {
    key: bytea("key").primaryKey(),
    windowStart: at("window_start").notNull(),
    windowEnd: at("window_end").notNull(),
    repeats: integer("repeats").notNull().default(0),
    lastAt: at("last_at").notNull(),
    /** The draft of the closing event, without its count. */
    draft: jsonb("draft").notNull(),
  },
  (table) => [index("collapsed_read_end").on(table.windowEnd)],
);

export const retentionPolicy = pgTable("retention_policy", {
  policy: text("policy").primaryKey(),
  retainDays: integer("retain_days"),
  version: integer("version").notNull().default(1),
  updatedAt: at("updated_at").notNull().defaultNow(),
});
