import { sql } from "drizzle-orm";
import { boolean, index, integer, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { bytea } from "./columns.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "string" });

/** recorded: waits for a signed checkpoint over its event; held: waits for a hold to be released. */
export const erasureStates = ["recorded", "erasing", "held", "done"] as const;

/** The manifest of an erasure of personal parts, kept before anything goes. It names nobody but by id. */
export const erasure = pgTable(
  "erasure",
  {
    id: uuid("id").primaryKey(),
    /** The user whose personal parts go; null when the events were chosen by a query alone. */
    subjectId: text("subject_id"),
    /** Whether events were chosen by a query, which itself is not kept: it may name somebody. */
    byQuery: boolean("by_query").notNull(),
    basis: text("basis").notNull(),
    reason: text("reason").notNull(),
    count: integer("count").notNull(),
    /** SHA-256 of the ids in their order, each as its text and a newline. */
    idsHash: bytea("ids_hash").notNull(),
    requestedAt: at("requested_at").notNull(),
    /** `user:7`, `worker` for what it found in the archive, or `restore` for what is done again. */
    requestedBy: text("requested_by").notNull(),
    /** The erasure that this one completes: in the archive, or again after a backup was restored. */
    follows: uuid("follows"),
    /** The `sys_details_erased` that tells of it, once it is stored, and its leaf, which outlives the event's own row. */
    eventId: uuid("event_id"),
    leaf: text("leaf"),
    /** The `sys_erasure_done`. */
    doneEventId: uuid("done_event_id"),
    state: text("state", { enum: erasureStates }).notNull().default("recorded"),
    /** The hold that it waits for. */
    heldBy: text("held_by"),
    /** What kept it from going on when it was last tried. */
    problem: text("problem"),
    startedAt: at("started_at"),
    doneAt: at("done_at"),
    accountRemoved: boolean("account_removed").notNull().default(false),
    /** Archives whose file of details was rewritten. */
    archives: integer("archives").notNull().default(0),
  },
  (table) => [
    uniqueIndex("erasure_open_subject").on(table.subjectId).where(sql`state <> 'done'`),
    index("erasure_requested").on(table.requestedAt),
  ],
);

/** The events of an erasure; `outcome` is null until it is known: `erased`, or `gone` with its month. */
export const erasureEvent = pgTable(
  "erasure_event",
  {
    eventId: uuid("event_id").notNull(),
    erasureId: uuid("erasure_id")
      .notNull()
      .references(() => erasure.id),
    outcome: text("outcome", { enum: ["erased", "gone"] }),
    endedAt: at("ended_at"),
  },
  (table) => [
    primaryKey({ columns: [table.eventId, table.erasureId] }),
    index("erasure_event_open").on(table.erasureId, table.eventId).where(sql`outcome is null`),
    index("erasure_event_list").on(table.erasureId, table.eventId),
  ],
);
