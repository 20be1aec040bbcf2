import type { EventFilter, EventPaging } from "@countersign/audit/event-filter";
import type { Database } from "@countersign/db/client";
import { type EventRow, listEvents } from "@countersign/db/events";
import { markHeld } from "./holds.ts";
import { type LogEntry, toLogEntry } from "./log-entry.ts";

export type LogPage = { entries: LogEntry[]; nextCursor: string | null };

/** A page of at most `limit` of these rows, of which one more says that there is a next one; held ones are marked. */
export const pageOf = async (db: Database, rows: readonly EventRow[], limit: number): Promise<LogPage> => {
  const entries = await markHeld(db, rows.slice(0, limit).map(toLogEntry));
  return { entries, nextCursor: rows.length > limit ? (entries.at(-1)?.id ?? null) : null };
};

/** One page of the log, newest first, 50 entries unless `limit` (1..200) says otherwise, and where the next one begins. */
export const readLogPage = async (
  db: Database,
  filter: EventFilter,
  { cursor, limit = 50 }: EventPaging,
): Promise<LogPage> => pageOf(db, await listEvents(db, filter, cursor ?? null, limit + 1), limit);
