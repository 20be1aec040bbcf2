import { iso } from "./answered-columns.ts";
import type { Database } from "./client.ts";
import type { Transaction } from "./transaction.ts";

/** A finished window: `repeats` reads after the first one, the last of them at `until`. */
export type ClosedWindow = { repeats: number; from: string; until: string; draft: unknown };

const closedColumns = `repeats, draft, ${iso("window_start")} as "from", ${iso("last_at")} as until`;

/**
 * Counts a read under `key`. `first` when no window of this key is open: then one is opened for `seconds` and the caller
 * keeps the event. A window that had run out is closed on the way and handed back.
 */
export const countRead = async (
  tx: Transaction,
  key: Uint8Array,
  seconds: number,
  draft: object,
): Promise<{ first: boolean; closed: ClosedWindow | undefined }> => {
  const open = () => tx.sql`
    insert into collapsed_read (key, window_start, window_end, last_at, draft)
    values (${key}, clock_timestamp(), clock_timestamp() + make_interval(secs => ${seconds}), clock_timestamp(), ${JSON.stringify(draft)})
    on conflict (key) do update set repeats = collapsed_read.repeats + 1, last_at = clock_timestamp()
      where collapsed_read.window_end > clock_timestamp()
    returning repeats`;
  const [row] = await open();
  if (row !== undefined) return { first: Number(row.repeats) === 0, closed: undefined };
  const [closed] = await tx.sql<
    ClosedWindow[]
  >`delete from collapsed_read where key = ${key} returning ${tx.sql.unsafe(closedColumns)}`;
  const [again] = await open();
  return { first: Number(again?.repeats) === 0, closed };
};

/** Takes at most `limit` windows that have run out; those without a repeat need no closing event. */
export const takeClosedWindows = async (tx: Transaction, limit: number): Promise<ClosedWindow[]> =>
  (
    await tx.sql<ClosedWindow[]>`
      delete from collapsed_read where key in (
        select key from collapsed_read where window_end <= clock_timestamp() order by window_end limit ${limit} for update skip locked)
      returning ${tx.sql.unsafe(closedColumns)}`
  ).filter((window) => window.repeats > 0);

export const hasClosedWindows = async (db: Database): Promise<boolean> =>
  (await db.sql`select from collapsed_read where window_end <= clock_timestamp() limit 1`).length > 0;
