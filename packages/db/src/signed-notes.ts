import { readCheckpoint } from "@countersign/audit/ledger/checkpoint";
import { tileHashes } from "@countersign/audit/ledger/tiles";
import type { TileCounts } from "./checked-tiles.ts";
import type { Transaction } from "./transaction.ts";

/** What a walk ends with, as of one moment: leaves with a position, the size of the newest checkpoint, whole tiles. */
export type Extent = { total: number; published: number; tiles: TileCounts };

const readExtent = async (tx: Transaction, epoch: number): Promise<Extent> => {
  const [row] = await tx.sql<{ total: number; published: number; tiles: { level: number; count: number }[] }[]>`
    select
      coalesce((select first_index + count from ledger_batch where epoch = ${epoch} order by first_index desc limit 1), 0)::float8 as total,
      coalesce((select max(size) from ledger_checkpoint where epoch = ${epoch}), 0)::float8 as published,
      (select coalesce(json_agg(t order by level), '[]') from (select level, max(index) + 1 as count from ledger_tile
        where epoch = ${epoch} and level between 0 and 5 group by level) as t) as tiles`;
  const { total = 0, published = 0, tiles = [] } = row ?? {};
  const counts: number[] = [];
  // A tile over leaves that do not exist says nothing.
  for (const { level, count } of tiles) counts[level] = Math.min(count, Math.floor(total / tileHashes ** (level + 1)));
  return { total, published, tiles: Array.from(counts, (count) => count ?? 0) };
};

const sizeOf = (note: string): number => {
  const read = readCheckpoint(note);
  return read.ok ? read.value.checkpoint.size : 0;
};

const patienceMs = 5000;
const pauseMs = 250;

/**
 * What is kept outside of the database, then how far the log goes: in this order the log is never behind. An anchor is
 * written a moment before its checkpoint is published, so one that is ahead of the checkpoints is read again for 5 s.
 */
export const readOutside = async (
  tx: Transaction,
  epoch: number,
  readAnchors: () => Promise<readonly string[]>,
  sleep: (ms: number) => Promise<unknown>,
): Promise<Extent & { anchors: readonly string[] }> => {
  for (let waited = 0; ; waited += pauseMs) {
    const anchors = await readAnchors();
    const extent = await readExtent(tx, epoch);
    const isUnpublished = anchors.map(sizeOf).some((size) => size > extent.published && size <= extent.total);
    if (!isUnpublished || waited >= patienceMs) return { anchors, ...extent };
    await sleep(pauseMs);
  }
};

/** A checkpoint as the log keeps it, with what witnesses signed of it below. */
export type KeptNote = { size: number; root: Uint8Array; note: string };

/** Checkpoints of more than `after` and at most `to` leaves, in order. */
export const readNotes = (tx: Transaction, epoch: number, after: number, to: number): Promise<KeptNote[]> =>
  tx.sql<KeptNote[]>`
    select c.size::float8 as size, c.root, c.note || coalesce((select string_agg(s.line || e'\n', '' order by s.witness)
      from ledger_cosignature s where s.epoch = c.epoch and s.size = c.size), '') as note
    from ledger_checkpoint c where c.epoch = ${epoch} and c.size > ${after} and c.size <= ${to} order by c.size`;
