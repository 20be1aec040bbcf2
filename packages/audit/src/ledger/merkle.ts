import type { Sha256 } from "../json.ts";

/** 32 bytes of SHA-256. */
export type Hash = Uint8Array;

export const hashBytes = 32;

export const isHash = (bytes: Uint8Array): boolean => bytes.length === hashBytes;

export const isSameHash = (left: Hash, right: Hash): boolean => {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
};

/** What is hashed is needed no longer than that, so one buffer serves every node. */
const scratch = new Uint8Array(1 + 2 * hashBytes);

/** The hash of an inner node: SHA-256 of a byte 1 and both hashes below it (RFC 6962 §2.1). */
export const nodeHash = (left: Hash, right: Hash, sha256: Sha256): Hash => {
  if (!isHash(left) || !isHash(right)) throw new RangeError(`a hash has ${hashBytes} bytes`);
  scratch[0] = 1;
  scratch.set(left, 1);
  scratch.set(right, 1 + hashBytes);
  return sha256(scratch);
};

/** The root of a tree without leaves. */
export const emptyRoot = (sha256: Sha256): Hash => sha256(new Uint8Array(0));

/** One level up: pairs are joined, and what stands alone at the right goes up as it is. */
export const levelAbove = (hashes: readonly Hash[], sha256: Sha256): Hash[] => {
  const above: Hash[] = [];
  for (let index = 0; index < hashes.length; index += 2) {
    const [left, right] = [hashes[index], hashes[index + 1]];
    if (left !== undefined) above.push(right === undefined ? left : nodeHash(left, right, sha256));
  }
  return above;
};

/** The root over leaf hashes in their order. */
export const rootOf = (leafHashes: readonly Hash[], sha256: Sha256): Hash => {
  let level = leafHashes;
  while (level.length > 1) level = levelAbove(level, sha256);
  return level[0] ?? emptyRoot(sha256);
};
