import type { Sha256 } from "../json.ts";
import { isCount } from "./decimal.ts";
import { emptyRoot, type Hash, hashBytes, isHash, nodeHash } from "./merkle.ts";

/** The right edge of a tree: the hashes of its complete subtrees, largest first, one for each 1 in the binary size. */
export type Edge = { size: number; hashes: readonly Hash[] };

/** Hears of a complete subtree of 2^level leaves that begins at leaf `index * 2^level`. */
export type OnNode = (level: number, index: number, hash: Hash) => void;

export type CompactRange = {
  size: () => number;
  /** Adds a leaf; `onNode` hears of each subtree that it completes, from the leaf itself (level 0) upwards. */
  append: (leafHash: Hash, onNode?: OnNode) => void;
  /** Adds a complete subtree of 2^level leaves; RangeError unless the size is a multiple of that. */
  appendSubtree: (level: number, hash: Hash, onNode?: OnNode) => void;
  root: () => Hash;
  edge: () => Edge;
};

/** How many 1s a size has in binary. */
const onesOf = (size: number): number => {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
};

/** A tree that only grows, in as many hashes as its size has 1s; `start` is where an earlier one stood. */
export const createRange = (sha256: Sha256, start: Edge = { size: 0, hashes: [] }): CompactRange => {
  if (!isCount(start.size) || start.hashes.length !== onesOf(start.size) || !start.hashes.every(isHash)) {
    throw new RangeError("these hashes are not the edge of a tree of that size");
  }
  let size = start.size;
  const edge: Hash[] = [...start.hashes];

  const appendSubtree: CompactRange["appendSubtree"] = (level, hash, onNode) => {
    const width = 2 ** level;
    if (!isHash(hash)) throw new RangeError(`a hash has ${hashBytes} bytes`);
    if (!isCount(level) || !isCount(size + width)) throw new RangeError("beyond the largest size");
    if (size % width !== 0) throw new RangeError("a subtree begins at a multiple of its width");
    let top = hash;
    let height = level;
    let index = size / width;
    onNode?.(height, index, top);
    while (index % 2 === 1) {
      const left = edge.pop();
      if (left === undefined) throw new RangeError("the edge is shorter than the size");
      top = nodeHash(left, top, sha256);
      height += 1;
      index = (index - 1) / 2;
      onNode?.(height, index, top);
    }
    edge.push(top);
    size += width;
  };

  return {
    size: () => size,
    append: (leafHash, onNode) => appendSubtree(0, leafHash, onNode),
    appendSubtree,
    root: () =>
      edge.length === 0 ? emptyRoot(sha256) : edge.reduceRight((right, left) => nodeHash(left, right, sha256)),
    edge: () => ({ size, hashes: [...edge] }),
  };
};
