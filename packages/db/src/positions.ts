import type { Finding } from "@countersign/audit/ledger/findings";
import { type Hash, hashBytes } from "@countersign/audit/ledger/merkle";
import type { Transaction } from "./transaction.ts";

/** What was sealed at an index; null where the positions do not say. */
export type Position = { index: number; id: string | null; hash: Hash | null };

type Batch = { firstIndex: number; count: number; minId: string; maxId: string; ids: string; hashes: Uint8Array };

const batchesAtOnce = 1000;
const leavesAtOnce = 20_000;
/** Eight tiles. */
const pieceLeaves = 2048;
/** A hole wider than this is told once, and the walk ends there. */
const widestHole = 100_000;

/** The next batches from a first index on, as many as hold about 20 000 leaves, the first of them in any case. */
const readBatches = (tx: Transaction, epoch: number, from: number, to: number): Promise<Batch[]> =>
  tx.sql<Batch[]>`
    select b.first_index::float8 as "firstIndex", b.count, b.min_id as "minId", b.max_id as "maxId",
      array_to_string(b.ids, ',') as ids, b.hashes
    from (
      select first_index, sum(greatest(count, 0)) over (order by first_index) - greatest(count, 0) as before
      from (select first_index, count from ledger_batch where epoch = ${epoch} and first_index >= ${from} and first_index < ${to}
        order by first_index limit ${batchesAtOnce}) as few
    ) as f join ledger_batch b on b.epoch = ${epoch} and b.first_index = f.first_index
    where f.before < ${leavesAtOnce} order by b.first_index`;

const batchOver = async (tx: Transaction, epoch: number, index: number): Promise<number> =>
  Number(
    (
      await tx.sql`select coalesce(max(first_index), 0)::float8 as first from ledger_batch where epoch = ${epoch} and first_index <= ${index}`
    )[0]?.first,
  );

/** The smallest and the largest of some ids; empty texts of none. */
export const spanOf = (ids: readonly string[]): { minId: string; maxId: string } => {
  let [minId = "", maxId = ""] = [ids[0], ids[0]];
  for (const id of ids) {
    if (id < minId) minId = id;
    if (id > maxId) maxId = id;
  }
  return { minId, maxId };
};

const isSound = ({ count, minId, maxId, hashes }: Batch, ids: readonly string[]): boolean => {
  const span = spanOf(ids);
  return ids.length === count && hashes.length === count * hashBytes && span.minId === minId && span.maxId === maxId;
};

/** The positions from one index to another in order; one that no batch gives comes with nulls. */
async function* readRuns(
  tx: Transaction,
  epoch: number,
  from: number,
  to: number,
  report: (finding: Finding) => void,
): AsyncGenerator<Position[]> {
  let next = from;
  let place = await batchOver(tx, epoch, from);
  let end: number | null = null;
  const isTooWide = (until: number): boolean => {
    if (until - next <= widestHole) return false;
    report({ code: "MISSING", index: next, id: null, part: `positions ${next} to ${until - 1}` });
    return true;
  };
  const hole = (until: number): Position[] =>
    Array.from({ length: Math.max(until - next, 0) }, (_, n) => ({ index: next + n, id: null, hash: null }));
  for (;;) {
    const batches = await readBatches(tx, epoch, place, to);
    if (batches.length === 0) break;
    for (const batch of batches) {
      const { firstIndex, count, hashes } = batch;
      const ids = batch.ids === "" ? [] : batch.ids.split(",");
      if ((end !== null && firstIndex < end) || !isSound(batch, ids)) {
        report({ code: "ALTERED", index: firstIndex, id: null, part: "batch" });
      }
      place = firstIndex + 1;
      end = firstIndex + count;
      if (isTooWide(firstIndex)) return;
      const missing = hole(firstIndex);
      next += missing.length;
      const given = Math.min(count, Math.max(ids.length, Math.floor(hashes.length / hashBytes)), to - firstIndex);
      const positions = Array.from({ length: Math.max(firstIndex + given - next, 0) }, (_, n): Position => {
        const at = next + n - firstIndex;
        const hash = hashes.subarray(at * hashBytes, (at + 1) * hashBytes);
        return { index: next + n, id: ids[at] ?? null, hash: hash.length === hashBytes ? hash : null };
      });
      next += positions.length;
      yield [...missing, ...positions];
    }
  }
  if (!isTooWide(to) && to > next) yield hole(to);
}

/**
 * The same in pieces that end at multiples of 2048. Batches that contradict themselves or each other are told of; at a
 * hole of more than 100 000 positions the walk ends.
 */
export async function* readPositions(...range: Parameters<typeof readRuns>): AsyncGenerator<Position[]> {
  let piece: Position[] = [];
  for await (const run of readRuns(...range)) {
    for (const position of run) {
      piece.push(position);
      if ((position.index + 1) % pieceLeaves !== 0) continue;
      yield piece;
      piece = [];
    }
  }
  if (piece.length > 0) yield piece;
}
