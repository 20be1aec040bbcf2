import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sha256 } from "../testing/node-crypto.ts";
import { flipBit, randomBytes, sequence } from "../testing/sequence.ts";
import { levelsOf, sourceOf } from "../testing/tree.ts";
import { fromBase64, toHex } from "../utf8.ts";
import { type Hash, rootOf } from "./merkle.ts";
import { consistencyProof, inclusionProof } from "./proof-nodes.ts";
import { type Consistency, type Inclusion, verifyConsistency, verifyInclusion } from "./verify-merkle.ts";

type Case = { name: string; wantErr: boolean; proof: string[] | null; desc: string };
type InclusionCase = Case & { leafIdx: number; treeSize: number; root: string; leafHash: string };
type ConsistencyCase = Case & { size1: number; size2: number; root1: string; root2: string };

const casesIn = <Kind extends Case>(kind: string): Kind[] => {
  const folder = new URL(`../testing/vectors/merkle/${kind}/`, import.meta.url);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => ({ ...(JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Kind), name }));
};
const bytes = (text: string): Uint8Array => fromBase64(text) as Uint8Array;
const proofOf = (proof: string[] | null) => (proof ?? []).map(bytes);

const inclusionCases = casesIn<InclusionCase>("inclusion");
const consistencyCases = casesIn<ConsistencyCase>("consistency");

describe("the public vectors", () => {
  test("are all there, and both kinds of answer are among them", () => {
    expect(inclusionCases.length).toBe(98);
    expect(consistencyCases.length).toBe(98);
    for (const cases of [inclusionCases, consistencyCases]) {
      expect(new Set(cases.map(({ wantErr }) => wantErr))).toEqual(new Set([true, false]));
    }
  });
  test.each(inclusionCases)("inclusion/$name", ({ leafIdx, treeSize, root, leafHash, proof, wantErr }) => {
    const claim = {
      index: leafIdx,
      size: treeSize,
      root: bytes(root),
      leafHash: bytes(leafHash),
      proof: proofOf(proof),
    };
    expect(verifyInclusion(claim, sha256) !== "ok").toBe(wantErr);
  });
  test.each(consistencyCases)("consistency/$name", ({ size1, size2, root1, root2, proof, wantErr }) => {
    const claim = { size1, size2, root1: bytes(root1), root2: bytes(root2), proof: proofOf(proof) };
    expect(verifyConsistency(claim, sha256) !== "ok").toBe(wantErr || size1 === 0);
    if (size1 === 0) expect(verifyConsistency(claim, sha256)).toBe("size_zero");
  });
});

const pick = sequence(2);
const leaves = Array.from({ length: 5000 }, () => randomBytes(pick, 32));
const levels = levelsOf(leaves);
const source = sourceOf(levels);
const roots = new Map<number, Hash>();
const rootAt = (size: number): Hash => {
  const root = roots.get(size) ?? rootOf(leaves.slice(0, size), sha256);
  roots.set(size, root);
  return root;
};
const inclusion = (index: number, size: number): Inclusion => ({
  index,
  size,
  leafHash: leaves[index] as Hash,
  root: rootAt(size),
  proof: inclusionProof(index, size, source, sha256),
});
const consistency = (size1: number, size2: number): Consistency => ({
  size1,
  size2,
  root1: rootAt(size1),
  root2: rootAt(size2),
  proof: consistencyProof(size1, size2, source, sha256),
});

/** RFC 9162 §2.1.3.1 and §2.1.4.1 word for word, over slices of the leaves. */
const half = (size: number): number => 2 ** Math.ceil(Math.log2(size) - 1);
const path = (index: number, list: readonly Hash[]): Hash[] => {
  if (list.length === 1) return [];
  const k = half(list.length);
  return index < k
    ? [...path(index, list.slice(0, k)), rootOf(list.slice(k), sha256)]
    : [...path(index - k, list.slice(k)), rootOf(list.slice(0, k), sha256)];
};
const subproof = (size: number, list: readonly Hash[], whole: boolean): Hash[] => {
  if (size === list.length) return whole ? [] : [rootOf(list, sha256)];
  const k = half(list.length);
  return size <= k
    ? [...subproof(size, list.slice(0, k), whole), rootOf(list.slice(k), sha256)]
    : [...subproof(size - k, list.slice(k), false), rootOf(list.slice(0, k), sha256)];
};

test("every inclusion in every tree up to 70 is as the RFC builds it, and verifies", () => {
  for (let size = 1; size <= 70; size++) {
    for (let index = 0; index < size; index++) {
      const claim = inclusion(index, size);
      expect(claim.proof.map(toHex)).toEqual(path(index, leaves.slice(0, size)).map(toHex));
      if (verifyInclusion(claim, sha256) !== "ok") expect.fail(`leaf ${index} of ${size}`);
    }
  }
});
test("every consistency between trees up to 70 is as the RFC builds it, and verifies", () => {
  for (let size2 = 1; size2 <= 70; size2++) {
    for (let size1 = 1; size1 <= size2; size1++) {
      const claim = consistency(size1, size2);
      expect(claim.proof.map(toHex)).toEqual(subproof(size1, leaves.slice(0, size2), true).map(toHex));
      if (verifyConsistency(claim, sha256) !== "ok") expect.fail(`${size1} in ${size2}`);
    }
  }
});
test("sampled proofs in trees up to 5000 verify", () => {
  for (let round = 0; round < 150; round++) {
    const size = 1 + pick(5000);
    expect(verifyInclusion(inclusion(pick(size), size), sha256)).toBe("ok");
    expect(verifyConsistency(consistency(1 + pick(size), size), sha256)).toBe("ok");
  }
});

const withHash = (proof: readonly Hash[], place: number, hash: Hash): Hash[] =>
  proof.map((old, index) => (index === place ? hash : old));

test("one flipped bit anywhere in an inclusion is refused", () => {
  for (const [index, size] of [
    [0, 1],
    [3, 7],
    [6, 7],
    [pick(300), 300],
    [4999, 5000],
  ] as const) {
    const claim = inclusion(index, size);
    for (let bit = 0; bit < 256; bit++) {
      expect(verifyInclusion({ ...claim, root: flipBit(claim.root, bit) }, sha256)).toBe("root_differs");
      expect(verifyInclusion({ ...claim, leafHash: flipBit(claim.leafHash, bit) }, sha256)).toBe("root_differs");
      for (const [place, hash] of claim.proof.entries()) {
        const proof = withHash(claim.proof, place, flipBit(hash, bit));
        if (verifyInclusion({ ...claim, proof }, sha256) !== "root_differs") expect.fail(`hash ${place}, bit ${bit}`);
      }
    }
    for (let bit = 0; bit < 20; bit++) {
      const turned = (value: number) => value ^ (1 << bit);
      expect(verifyInclusion({ ...claim, index: turned(index) }, sha256)).not.toBe("ok");
    }
  }
});
test("one flipped bit anywhere in a consistency is refused", () => {
  for (const [size1, size2] of [
    [1, 2],
    [4, 7],
    [7, 8],
    [255, 300],
    [4096, 5000],
  ] as const) {
    const claim = consistency(size1, size2);
    for (let bit = 0; bit < 256; bit++) {
      expect(verifyConsistency({ ...claim, root1: flipBit(claim.root1, bit) }, sha256)).not.toBe("ok");
      expect(verifyConsistency({ ...claim, root2: flipBit(claim.root2, bit) }, sha256)).not.toBe("ok");
      for (const [place, hash] of claim.proof.entries()) {
        const proof = withHash(claim.proof, place, flipBit(hash, bit));
        if (verifyConsistency({ ...claim, proof }, sha256) === "ok") expect.fail(`hash ${place}, bit ${bit}`);
      }
    }
    for (let bit = 0; bit < 20; bit++) {
      expect(verifyConsistency({ ...claim, size1: size1 ^ (1 << bit) }, sha256)).not.toBe("ok");
    }
  }
});

test("proofs that are too short or too long are refused by name", () => {
  const claim = inclusion(5, 300);
  const between = consistency(100, 300);
  const more = leaves[0] as Hash;
  expect(verifyInclusion({ ...claim, proof: claim.proof.slice(1) }, sha256)).toBe("proof_length");
  expect(verifyInclusion({ ...claim, proof: [...claim.proof, more] }, sha256)).toBe("proof_length");
  expect(verifyConsistency({ ...between, proof: between.proof.slice(0, -1) }, sha256)).toBe("proof_length");
  expect(verifyConsistency({ ...between, proof: [...between.proof, more] }, sha256)).toBe("proof_length");
  expect(verifyConsistency({ ...between, proof: [] }, sha256)).toBe("proof_length");
  expect(verifyConsistency({ ...consistency(9, 9), proof: [more] }, sha256)).toBe("proof_length");
});
test.each([2 ** 53, 2 ** 64, -1, 1.5, Number.NaN])("a size or an index of %d is refused", (value) => {
  const claim = inclusion(5, 300);
  expect(verifyInclusion({ ...claim, index: value }, sha256)).toBe("unsafe_number");
  expect(verifyInclusion({ ...claim, size: value }, sha256)).toBe("unsafe_number");
  expect(verifyConsistency({ ...consistency(3, 7), size1: value }, sha256)).toBe("unsafe_number");
  expect(verifyConsistency({ ...consistency(3, 7), size2: value }, sha256)).toBe("unsafe_number");
  expect(() => inclusionProof(value, 9, source, sha256)).toThrow(RangeError);
  expect(() => consistencyProof(1, value, source, sha256)).toThrow(RangeError);
});
test("a hash of another length is refused, never padded", () => {
  const claim = inclusion(5, 300);
  const short = (claim.proof[0] as Hash).subarray(1);
  const between = consistency(3, 7);
  expect(verifyInclusion({ ...claim, proof: [short, ...claim.proof.slice(1)] }, sha256)).toBe("hash_length");
  expect(verifyInclusion({ ...claim, root: Uint8Array.of(...claim.root, 0) }, sha256)).toBe("hash_length");
  expect(verifyConsistency({ ...between, proof: [short, ...between.proof.slice(1)] }, sha256)).toBe("hash_length");
  expect(verifyConsistency({ ...between, root1: between.root1.subarray(1) }, sha256)).toBe("hash_length");
  expect(verifyConsistency({ ...between, root2: Uint8Array.of(...between.root2, 0) }, sha256)).toBe("hash_length");
});
test("the last leaf of the largest tree takes 53 hashes at most and ends", () => {
  const size = Number.MAX_SAFE_INTEGER;
  const proof = Array.from({ length: 60 }, () => leaves[0] as Hash);
  expect(
    verifyInclusion({ index: size - 1, size, leafHash: proof[0] as Hash, root: proof[0] as Hash, proof }, sha256),
  ).toBe("proof_length");
});
test("no proof is made of hashes that are not at hand, nor for sizes that allow none", () => {
  expect(() => inclusionProof(5, 6000, source, sha256)).toThrow(RangeError);
  expect(() => inclusionProof(5, 5, source, sha256)).toThrow(RangeError);
  expect(() => consistencyProof(0, 5, source, sha256)).toThrow(RangeError);
  expect(() => consistencyProof(6, 5, source, sha256)).toThrow(RangeError);
});
