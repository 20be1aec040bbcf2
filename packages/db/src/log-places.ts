import type { EventFilter } from "@countersign/audit/event-filter";
import type { Database } from "./client.ts";
import { type EventRow, listEventsOf } from "./events.ts";
import { currentEpoch, sealedSize } from "./sealing.ts";

/** A point in the order in which the log grew: before the leaf with this index of this epoch. */
export type LogPlace = { epoch: number; index: number };

/** How far a statement looks, and what it answers at most. */
const positionsAtOnce = 2000;
const rowsAtOnce = 200;

/** Where the next leaf will stand. */
export const logEnd = async (db: Database): Promise<LogPlace> => {
  const epoch = await currentEpoch(db);
  return { epoch, index: await sealedSize(db, epoch) };
};

export type Grown = {
  /** In the order of their positions, each with the index of the leaf after its own. */
  rows: (EventRow & { nextIndex: number })[];
  /** Where to read on. */
  next: LogPlace;
  isAtEnd: boolean;
  /** More than `maxBehind` leaves lay before the end, or the place was never in this log: nothing was read, `next` is the end. */
  isBehind: boolean;
};

/** What matches of the leaves after a place, at most 200 rows out of 2000 leaves. An epoch that ended leads to the next one. */
export const readGrown = async (
  db: Database,
  filter: EventFilter,
  place: LogPlace,
  end: LogPlace,
  maxBehind: number,
): Promise<Grown> => {
  const behind: Grown = { rows: [], next: end, isAtEnd: true, isBehind: true };
  if (place.epoch > end.epoch) return behind;
  const isOver = place.epoch < end.epoch;
  const size = isOver ? await sealedSize(db, place.epoch) : end.index;
  if (isOver && place.index >= size) {
    return { rows: [], next: { epoch: place.epoch + 1, index: 0 }, isAtEnd: false, isBehind: false };
  }
  if (place.index > size || size - place.index > maxBehind) return behind;
  const to = Math.min(size, place.index + positionsAtOnce);
  const ids = await sealedIds(db, place, to);
  const found = await listEventsOf(db, filter, ids, rowsAtOnce + 1);
  const index = found[rowsAtOnce] === undefined ? to : place.index + (found[rowsAtOnce - 1]?.nth ?? 0);
  return {
    rows: found.slice(0, rowsAtOnce).map(({ nth, ...row }) => ({ ...row, nextIndex: place.index + nth })),
    next: { epoch: place.epoch, index },
    isAtEnd: !isOver && index === size,
    isBehind: false,
  };
};

/** The ids of the leaves from a place up to an index, in their order. */
export const sealedIds = async (db: Database, { epoch, index }: LogPlace, to: number): Promise<string[]> =>
  (
    await db.sql<{ id: string }[]>`
      select leaf.id from ledger_batch b cross join lateral unnest(b.ids) with ordinality as leaf (id, n)
      where b.epoch = ${epoch} and b.first_index < ${to}
        and b.first_index >= coalesce((select max(first_index) from ledger_batch where epoch = ${epoch} and first_index <= ${index}), 0)
        and b.first_index + leaf.n - 1 >= ${index} and b.first_index + leaf.n - 1 < ${to}
      order by b.first_index, leaf.n limit ${positionsAtOnce}`
  ).map(({ id }) => id);
