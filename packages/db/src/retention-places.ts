import { monthBounds } from "@countersign/audit/retention";
import { uuid7Floor } from "@countersign/audit/uuid7";
import type { Database } from "./client.ts";
import { inTransaction, type Transaction } from "./transaction.ts";

/** Leaves looked at in one statement, about. */
const leavesAtOnce = 20_000;
const hashBytes = 32;

/** Rows of one month in the order of their places. `sealed` is what the tree has at that place. */
export type PlacedRow = { epoch: number; index: number; hash: Uint8Array };
type Found = { epoch: number; first: number; places: string; hashes: Uint8Array; fits: boolean };
type Batch = { epoch: number; first: number; count: number };
type Month = { policy: string; month: string };

const bounds = (month: string) => {
  const { fromMs, toMs } = monthBounds(month);
  return { low: uuid7Floor(fromMs), high: uuid7Floor(toMs) };
};

/** How many rows a month has. */
export const countMonth = async (db: Database, { policy, month }: Month): Promise<number> => {
  const { low, high } = bounds(month);
  const [row] = await db.sql`
    select count(*)::float8 as count from event_log where policy = ${policy} and id >= ${low} and id < ${high}`;
  return Number(row?.count);
};

/** Batches that may hold ids of a month, joined to runs of about 20 000 leaves of one epoch. */
const readSpans = async (db: Database, month: string): Promise<{ epoch: number; from: number; to: number }[]> => {
  const { low, high } = bounds(month);
  const batches = await db.sql<Batch[]>`
    select epoch, first_index::float8 as first, count from ledger_batch where max_id >= ${low} and min_id < ${high}
    order by epoch, first_index`;
  const spans: { epoch: number; from: number; to: number; leaves: number }[] = [];
  for (const { epoch, first, count } of batches) {
    const span = spans.at(-1);
    if (span?.epoch === epoch && span.leaves + count <= leavesAtOnce)
      Object.assign(span, { to: first, leaves: span.leaves + count });
    else spans.push({ epoch, from: first, to: first, leaves: count });
  }
  return spans;
};

/** A few batches after the other; each row is looked up by its id, which no plan for the whole month would do. */
const inSpan = <Row>(db: Database, read: (tx: Transaction) => Promise<Row[]>): Promise<Row[]> =>
  inTransaction(db, async (tx) => {
    await tx.sql`set local enable_hashjoin = off`;
    await tx.sql`set local enable_mergejoin = off`;
    return read(tx);
  });

/** Every place of a month's rows, epoch by epoch in order; throws where a row is not what was sealed. */
export async function* readPlaces(db: Database, { policy, month }: Month): AsyncGenerator<PlacedRow> {
  const { low, high } = bounds(month);
  for (const { epoch, from, to } of await readSpans(db, month)) {
    const found = await inSpan(
      db,
      (tx) => tx.sql<Found[]>`
        select b.epoch, b.first_index::float8 as first, string_agg((p.n - 1)::text, ',' order by p.n) as places,
          string_agg(e.leaf_hash, ''::bytea order by p.n) as hashes,
          bool_and(e.leaf_hash = substring(b.hashes from (p.n::int - 1) * 32 + 1 for 32)) as fits
        from ledger_batch b cross join lateral unnest(b.ids) with ordinality as p (id, n)
        join event_log e on e.id = p.id and e.policy = ${policy} and e.id >= ${low} and e.id < ${high}
        where b.epoch = ${epoch} and b.first_index between ${from} and ${to} and p.id >= ${low} and p.id < ${high}
        group by b.epoch, b.first_index order by b.first_index`,
    );
    for (const { first, places, hashes, fits } of found) {
      if (!fits) throw new RangeError(`rows of ${policy} ${month} are not what was sealed`);
      let at = 0;
      for (const place of places.split(",")) {
        yield { epoch, index: first + Number(place), hash: hashes.subarray(at, at + hashBytes) };
        at += hashBytes;
      }
    }
  }
}

export type ArchivedRow = { index: number; id: string; leaf: string; details: string | null; salt: Uint8Array | null };

/** The rows of a month that have their place in one epoch, in order. */
export async function* readMonthRows(
  db: Database,
  { policy, month, epoch }: Month & { epoch: number },
): AsyncGenerator<ArchivedRow> {
  const { low, high } = bounds(month);
  for (const span of await readSpans(db, month)) {
    if (span.epoch !== epoch) continue;
    yield* await inSpan(
      db,
      (tx) => tx.sql<ArchivedRow[]>`
        select (b.first_index + p.n - 1)::float8 as index, e.id, e.leaf, e.details, e.salt
        from ledger_batch b cross join lateral unnest(b.ids) with ordinality as p (id, n)
        join event_log e on e.id = p.id and e.policy = ${policy} and e.id >= ${low} and e.id < ${high}
        where b.epoch = ${epoch} and b.first_index between ${span.from} and ${span.to} and p.id >= ${low} and p.id < ${high}
        order by 1`,
    );
  }
}
