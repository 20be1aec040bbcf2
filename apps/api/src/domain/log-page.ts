import type { EventFilter, EventPaging } from "@countersign/audit/event-filter";
import type { Database } from "@countersign/db/client";
import { type EventRow, listEvents } from "@countersign/db/events";
import { type LogEntry, toLogEntry } from "./log-entry.ts";

export type LogPage = { entries: LogEntry[]; nextCursor: string | null };

/** The first `limit` of rows that are one more where older ones follow, and where the next page begins. */
export const pageOf = (rows: readonly EventRow[], limit: number): LogPage => {
  const entries = rows.slice(0, limit).map(toLogEntry);
  return { entries, nextCursor: rows.length > limit ? (entries.at(-1)?.id ?? null) : null };
};

/** One page of the log, newest first, 50 entries unless `limit` (1..200) says otherwise, and where the next one begins. */
export const readLogPage = async (
  db: Database,
  filter: EventFilter,
  { cursor, limit = 50 }: EventPaging,
): Promise<LogPage> => pageOf(await listEvents(db, filter, cursor ?? null, limit + 1), limit);
