import type { Sha256 } from "../json.ts";
import type { Edge } from "./compact-range.ts";
import { isCount } from "./decimal.ts";
import { type Hash, isHash, nodeHash } from "./merkle.ts";

/** A complete subtree: 2^level leaves from leaf `index * 2^level` on. */
export type NodeAt = { level: number; index: number };

/** The hash of a complete subtree; null when it is not at hand. */
export type HashSource = (level: number, index: number) => Hash | null;

/** The complete subtrees that leaves `from` to `to` (exclusive) fall into, left to right; `from` begins one that holds them all. */
const coverOf = (from: number, to: number): NodeAt[] => {
  const nodes: NodeAt[] = [];
  let start = from;
  while (start < to) {
    let level = 0;
    while (start + 2 ** (level + 1) <= to && (start / 2 ** level) % 2 === 0) level += 1;
    nodes.push({ level, index: start / 2 ** level });
    start += 2 ** level;
  }
  return nodes;
};

/** The largest power of two below a size of at least 2. */
const splitOf = (size: number): number => {
  let width = 1;
  while (width * 2 < size) width *= 2;
  return width;
};

/** The subtrees whose hashes are the right edge of a tree. */
export const edgeNodes = (size: number): NodeAt[] => {
  if (!isCount(size)) throw new RangeError("not a size");
  return coverOf(0, size);
};

/** What each hash of an inclusion proof is made of, leaf's sibling first (RFC 9162 §2.1.3.1): one subtree, or several joined. */
export const inclusionNodes = (index: number, size: number): NodeAt[][] => {
  if (!isCount(index) || !isCount(size) || index >= size) throw new RangeError("no such leaf in a tree of that size");
  const proof: NodeAt[][] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      proof.push(coverOf(middle, to));
      to = middle;
    } else {
      proof.push(coverOf(from, middle));
      from = middle;
    }
  }
  return proof.reverse();
};

/** What each hash of a consistency proof is made of (RFC 9162 §2.1.4.1); none for equal sizes, the old size is at least 1. */
export const consistencyNodes = (size1: number, size2: number): NodeAt[][] => {
  if (!isCount(size1) || !isCount(size2) || size1 < 1 || size1 > size2)
    throw new RangeError("no proof between these sizes");
  const proof: NodeAt[][] = [];
  let [from, to] = [0, size2];
  while (to !== size1) {
    const middle = from + splitOf(to - from);
    if (size1 <= middle) {
      proof.push(coverOf(middle, to));
      to = middle;
    } else {
      proof.push(coverOf(from, middle));
      from = middle;
    }
  }
  // The old tree itself is known to whoever checks; a part of it is not.
  if (from > 0) proof.push(coverOf(from, to));
  return proof.reverse();
};

const hashOf = ({ level, index }: NodeAt, source: HashSource): Hash => {
  const hash = source(level, index);
  if (hash === null || !isHash(hash)) throw new RangeError(`no hash at level ${level}, index ${index}`);
  return hash;
};

const joined = (nodes: readonly NodeAt[], source: HashSource, sha256: Sha256): Hash =>
  nodes.map((node) => hashOf(node, source)).reduceRight((right, left) => nodeHash(left, right, sha256));

/** The right edge of a tree of that size; RangeError when the source lacks a hash. */
export const edgeFrom = (size: number, source: HashSource): Edge => ({
  size,
  hashes: edgeNodes(size).map((node) => hashOf(node, source)),
});

/** Proof that the leaf at `index` is in the tree of `size`; RangeError when the source lacks a hash. */
export const inclusionProof = (index: number, size: number, source: HashSource, sha256: Sha256): Hash[] =>
  inclusionNodes(index, size).map((nodes) => joined(nodes, source, sha256));

/** Proof that the tree of `size2` begins with the tree of `size1` ≥ 1; RangeError when the source lacks a hash. */
export const consistencyProof = (size1: number, size2: number, source: HashSource, sha256: Sha256): Hash[] =>
  consistencyNodes(size1, size2).map((nodes) => joined(nodes, source, sha256));
