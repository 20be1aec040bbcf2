import type { Hash } from "../ledger/merkle.ts";
import { nodeHash } from "../ledger/merkle.ts";
import type { HashSource } from "../ledger/proof-nodes.ts";
import type { TileBytes } from "../ledger/tiles.ts";
import { sha256 } from "./node-crypto.ts";

/** Every complete subtree of a list of leaf hashes, by level. */
export const levelsOf = (leaves: readonly Hash[]): Hash[][] => {
  const levels: Hash[][] = [[...leaves]];
  for (let level = levels[0] ?? []; level.length > 1; levels.push(level)) {
    const below = level;
    level = Array.from({ length: Math.floor(below.length / 2) }, (_, index) =>
      nodeHash(below[2 * index] as Hash, below[2 * index + 1] as Hash, sha256),
    );
  }
  return levels;
};

export const sourceOf =
  (levels: readonly Hash[][]): HashSource =>
  (level, index) =>
    levels[level]?.[index] ?? null;

/** The tiles that a tree of `levels` shows to one who asks for the whole. */
export const tileBytes = (levels: readonly Hash[][], level: number, index: number, width: number): TileBytes => {
  const hashes = (levels[level * 8] ?? []).slice(index * 256, index * 256 + width);
  return { level, index, hashes: new Uint8Array(Buffer.concat(hashes)) };
};
