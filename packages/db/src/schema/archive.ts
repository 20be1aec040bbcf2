import { sql } from "drizzle-orm";
import { boolean, index, integer, jsonb, pgTable, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { retentionManifest } from "./retention.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "string" });
const manifestId = () =>
  uuid("manifest_id")
    .notNull()
    .references(() => retentionManifest.id);

/** verify: check its files; load: put it back into the log under the policy `restored`; unload: take it out again. */
export const archiveTaskKinds = ["verify", "load", "unload"] as const;

/** What somebody asked of an archive, and how it ended; a worker does it, since the files lie there. */
export const archiveTask = pgTable(
  "archive_task",
  {
    id: uuid("id").primaryKey(),
    manifestId: manifestId(),
    kind: text("kind", { enum: archiveTaskKinds }).notNull(),
    requestedAt: at("requested_at").notNull(),
    /** `user:7`, or `cli`. */
    requestedBy: text("requested_by").notNull(),
    /** Until the event that tells of it has it. */
    reason: text("reason"),
    endedAt: at("ended_at"),
    ok: boolean("ok"),
    /** Counts and first findings, or why it could not be done. */
    report: jsonb("report"),
  },
  (table) => [
    uniqueIndex("archive_task_open").on(table.manifestId).where(sql`ended_at is null`),
    index("archive_task_manifest").on(table.manifestId, table.id),
  ],
);

/** Archives that stand in the log again, read-only, under the policy `restored`. */
export const restoredArchive = pgTable("restored_archive", {
  manifestId: manifestId().primaryKey(),
  rows: integer("rows").notNull(),
  loadedAt: at("loaded_at").notNull(),
});
