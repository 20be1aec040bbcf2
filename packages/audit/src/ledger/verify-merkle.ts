import type { Sha256 } from "../json.ts";
import { isCount } from "./decimal.ts";
import { type Hash, isHash, isSameHash, nodeHash } from "./merkle.ts";

export type Inclusion = { index: number; size: number; leafHash: Hash; root: Hash; proof: readonly Hash[] };
export type InclusionResult =
  | "ok"
  | "unsafe_number"
  | "index_outside"
  | "hash_length"
  | "proof_length"
  | "root_differs";

export type Consistency = { size1: number; size2: number; root1: Hash; root2: Hash; proof: readonly Hash[] };
export type ConsistencyResult =
  | "ok"
  | "unsafe_number"
  | "size_zero"
  | "sizes_reversed"
  | "hash_length"
  | "proof_length"
  | "old_root_differs"
  | "new_root_differs";

const isOdd = (value: number): boolean => value % 2 === 1;
const half = (value: number): number => Math.floor(value / 2);

/** Whether the proof leads from the leaf at `index` to the root (RFC 9162 §2.1.3.2). */
export const verifyInclusion = (claim: Inclusion, sha256: Sha256): InclusionResult => {
  const { index, size, leafHash, root, proof } = claim;
  if (!isCount(index) || !isCount(size)) return "unsafe_number";
  if (index >= size) return "index_outside";
  if (![leafHash, root, ...proof].every(isHash)) return "hash_length";
  let node = index;
  let last = size - 1;
  let hash = leafHash;
  for (const sibling of proof) {
    if (last === 0) return "proof_length";
    if (isOdd(node) || node === last) {
      hash = nodeHash(sibling, hash, sha256);
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      hash = nodeHash(hash, sibling, sha256);
    }
    node = half(node);
    last = half(last);
  }
  if (last !== 0) return "proof_length";
  return isSameHash(hash, root) ? "ok" : "root_differs";
};

/**
 * Whether the tree of `size2` begins with the tree of `size1` (RFC 9162 §2.1.4.2). A tree of size 0 begins every tree, so
 * nothing would be proven: refused.
 */
export const verifyConsistency = (claim: Consistency, sha256: Sha256): ConsistencyResult => {
  const { size1, size2, root1, root2, proof } = claim;
  if (!isCount(size1) || !isCount(size2)) return "unsafe_number";
  if (size1 === 0) return "size_zero";
  if (size1 > size2) return "sizes_reversed";
  if (size1 === size2) {
    if (proof.length > 0) return "proof_length";
    // The public vectors take any two equal texts here; a checkpoint's root is known to have 32 bytes.
    return isSameHash(root1, root2) ? "ok" : "new_root_differs";
  }
  if (![root1, root2, ...proof].every(isHash)) return "hash_length";
  let node = size1 - 1;
  let last = size2 - 1;
  while (isOdd(node)) {
    node = half(node);
    last = half(last);
  }
  // A complete old tree is the first hash of the way itself.
  const [first, ...rest] = node === 0 ? [root1, ...proof] : proof;
  if (first === undefined) return "proof_length";
  let older = first;
  let newer = first;
  for (const hash of rest) {
    if (last === 0) return "proof_length";
    if (isOdd(node) || node === last) {
      older = nodeHash(hash, older, sha256);
      newer = nodeHash(hash, newer, sha256);
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      newer = nodeHash(newer, hash, sha256);
    }
    node = half(node);
    last = half(last);
  }
  if (last !== 0) return "proof_length";
  if (!isSameHash(older, root1)) return "old_root_differs";
  return isSameHash(newer, root2) ? "ok" : "new_root_differs";
};
