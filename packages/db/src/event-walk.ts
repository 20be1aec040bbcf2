import type { EventFilter } from "@countersign/audit/event-filter";
import type { Database } from "./client.ts";
import { type EventRow, endOf, isLookedFor, listRows } from "./events.ts";
import { failureCode } from "./failures.ts";

/** How long a walk may go on, by a clock in milliseconds. */
export type WalkBudget = { ms: number; clock: () => number };

const firstSpanMs = 3_600_000;
/** A span is at most so many times the one before it. */
const fastestGrowth = 8;
/** Where nothing is older than the span, the walk ends at the start of the range. */
const longestSpanMs = 10 * 366 * 86_400_000;

/**
 * Newest first, at most `limit` rows strictly before `cursor`. What no index leads to is looked for span by span from the newest,
 * each sized by how long the one before it took; when the time is over, `reachedMs` says down to where all was looked at. Null:
 * to the end, or until there were enough. Throws 57014 when not even the newest hour could be read.
 */
export const walkEvents = async (
  db: Database,
  filter: EventFilter,
  cursor: string | null,
  limit: number,
  budget: WalkBudget,
): Promise<{ rows: EventRow[]; reachedMs: number | null }> => {
  if (!isLookedFor(filter)) return { rows: await listRows(db, filter, cursor, limit), reachedMs: null };
  const startMs = budget.clock();
  const endMs = endOf(filter, cursor);
  const rows: EventRow[] = [];
  let reachedMs = endMs;
  let spanMs = firstSpanMs;
  // Ids may claim a time after now: the first span is open above.
  let toMs = filter.toMs;
  for (;;) {
    const beganMs = budget.clock();
    const isLast = reachedMs - spanMs <= (filter.fromMs ?? endMs - longestSpanMs);
    const fromMs = isLast ? filter.fromMs : Math.floor(reachedMs - spanMs);
    try {
      rows.push(...(await listRows(db, { ...filter, fromMs, toMs }, cursor, limit - rows.length)));
    } catch (error) {
      if (failureCode(error) !== "57014" || reachedMs === endMs) throw error;
      return { rows, reachedMs };
    }
    if (isLast || fromMs === undefined || rows.length >= limit) return { rows, reachedMs: null };
    reachedMs = fromMs;
    toMs = fromMs;
    const nowMs = budget.clock();
    const leftMs = budget.ms - (nowMs - startMs);
    if (leftMs <= 0) return { rows, reachedMs };
    // Half of what is left, so that a denser span still ends in time.
    spanMs *= Math.min(fastestGrowth, Math.max(1 / fastestGrowth, leftMs / 2 / Math.max(nowMs - beganMs, 1)));
  }
};
