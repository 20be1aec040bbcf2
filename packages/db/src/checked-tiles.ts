import type { Finding } from "@countersign/audit/ledger/findings";
import { type Hash, hashBytes, isSameHash } from "@countersign/audit/ledger/merkle";
import { tileHashes } from "@countersign/audit/ledger/tiles";
import type { Transaction } from "./transaction.ts";

type StoredTile = { level: number; index: number; hashes: Uint8Array };

/** The hash of a complete subtree of `2^level` leaves, as the leaves make it. */
export type TreeNode = { level: number; index: number; hash: Hash };

/** How many whole tiles each level has, the leaves' own first. */
export type TileCounts = readonly number[];

/** The tiles over some leaves, each of 256 hashes of its level. */
export type Tiles = {
  /** What the tile of level 0 says of a leaf; null where there is none. */
  leafHash: (index: number) => Hash | null;
  /** Tiles that should be there and are not whole. */
  missing: () => Finding[];
  /** What a tile of a higher level says otherwise of a subtree; null when it agrees or says nothing. */
  check: (node: TreeNode) => Finding | null;
};

const tileLevels = 8;

const fault = (level: number, index: number, firstLeaf: number): Finding => ({
  code: "ALTERED",
  index: firstLeaf,
  id: null,
  part: `tile ${level}/${index}`,
});

/** Leaves under one tile of a level. */
const leavesOf = (level: number): number => tileHashes ** (level + 1);

/** The tiles over leaves `first` to `end` (exclusive) in a log that has so many of them. */
export const readTiles = async (
  tx: Transaction,
  epoch: number,
  counts: TileCounts,
  first: number,
  end: number,
): Promise<Tiles> => {
  const spans = counts.map((count, level) => {
    const from = Math.floor(first / leavesOf(level));
    return { level, from, to: Math.min(Math.ceil(end / leavesOf(level)), count) - 1 };
  });
  const values = spans.map(({ level, from, to }) => `(${level}, ${from}, ${to})`).join(", ");
  const stored =
    spans.length === 0
      ? []
      : await tx.sql<StoredTile[]>`
          select t.level, t.index::float8 as index, t.hashes from (values ${tx.sql.unsafe(values)}) as span (level, first, last)
          join ledger_tile t on t.epoch = ${epoch} and t.level = span.level and t.index between span.first and span.last`;
  const whole = new Map(
    stored
      .filter(({ hashes }) => hashes.length === tileHashes * hashBytes)
      .map(({ level, index, hashes }) => [`${level}/${index}`, hashes]),
  );
  const hashAt = (level: number, place: number): Hash | null => {
    const at = (place % tileHashes) * hashBytes;
    return whole.get(`${level}/${Math.floor(place / tileHashes)}`)?.subarray(at, at + hashBytes) ?? null;
  };
  let last: { tile: number; hashes: Uint8Array | undefined } = { tile: -1, hashes: undefined };
  return {
    leafHash: (index) => {
      const tile = Math.floor(index / tileHashes);
      if (tile !== last.tile) last = { tile, hashes: whole.get(`0/${tile}`) };
      const at = (index % tileHashes) * hashBytes;
      return last.hashes?.subarray(at, at + hashBytes) ?? null;
    },
    missing: () =>
      spans.flatMap(({ level, from, to }) =>
        Array.from({ length: Math.max(to - from + 1, 0) }, (_, n) => from + n)
          // Each tile is looked for where it ends, so that it is told of once.
          .filter((index) => (index + 1) * leavesOf(level) <= end && !whole.has(`${level}/${index}`))
          .map((index) => fault(level, index, index * leavesOf(level))),
      ),
    check: ({ level, index, hash }) => {
      if (level === 0 || level % tileLevels !== 0) return null;
      const said = hashAt(level / tileLevels, index);
      if (said === null || isSameHash(said, hash)) return null;
      return fault(level / tileLevels, Math.floor(index / tileHashes), index * 2 ** level);
    },
  };
};
