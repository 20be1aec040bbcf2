import type { EventFilter, EventPaging } from "@countersign/audit/event-filter";
import { uuid7 } from "@countersign/audit/uuid7";
import type { Database } from "@countersign/db/client";
import { type EventRow, type WalkBudget, walkEvents } from "@countersign/db/events";
import { markHeld } from "./holds.ts";
import { type LogEntry, toLogEntry } from "./log-entry.ts";

/** `reachedAt`: down to when all was looked at, where the rest takes longer than an answer may; the next page goes on there. */
export type LogPage = { entries: LogEntry[]; nextCursor: string | null; reachedAt: string | null };

/** A page of at most `limit` of these rows, of which one more says that there is a next one; held ones are marked. */
export const pageOf = async (db: Database, rows: readonly EventRow[], limit: number): Promise<LogPage> => {
  const entries = await markHeld(db, rows.slice(0, limit).map(toLogEntry));
  return { entries, nextCursor: rows.length > limit ? (entries.at(-1)?.id ?? null) : null, reachedAt: null };
};

/** The first id that an event of a millisecond can have: before it lies what is older. */
const firstIdOf = (ms: number) => uuid7(ms, new Uint8Array(10));
const budget: WalkBudget = { ms: 2_500, clock: () => performance.now() };

/** One page of the log, newest first, 50 entries unless `limit` (1..200) says otherwise, and where the next one begins. */
export const readLogPage = async (
  db: Database,
  filter: EventFilter,
  { cursor, limit = 50 }: EventPaging,
  within: WalkBudget = budget,
): Promise<LogPage> => {
  const { rows, reachedMs } = await walkEvents(db, filter, cursor ?? null, limit + 1, within);
  const page = await pageOf(db, rows, limit);
  if (reachedMs === null) return page;
  return { ...page, nextCursor: firstIdOf(reachedMs), reachedAt: new Date(reachedMs).toISOString() };
};
