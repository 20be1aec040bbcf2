import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sha256 } from "../testing/node-crypto.ts";
import { randomBytes, sequence } from "../testing/sequence.ts";
import { levelsOf, sourceOf } from "../testing/tree.ts";
import { toHex } from "../utf8.ts";
import { browserCrypto } from "./browser-crypto.ts";
import { createRange } from "./compact-range.ts";
import { emptyRoot, type Hash, nodeHash, rootOf } from "./merkle.ts";
import { edgeFrom, edgeNodes } from "./proof-nodes.ts";

const vectors = JSON.parse(readFileSync(new URL("../testing/vectors/rfc6962.json", import.meta.url), "utf8")) as {
  leafInputs: string[];
  nodes: string[][];
  roots: string[];
};
const leafOf = (hex: string): Hash => sha256(Uint8Array.from([0, ...Buffer.from(hex, "hex")]));
const leaves = vectors.leafInputs.map(leafOf);

describe("the reference tree of RFC 6962", () => {
  test.each(vectors.roots.map((root, size) => [size, root] as const))("has at size %i the root %s", (size, root) => {
    expect(toHex(rootOf(leaves.slice(0, size), sha256))).toBe(root);
    expect(toHex(rootOf(leaves.slice(0, size), browserCrypto.sha256))).toBe(root);
    const range = createRange(sha256);
    for (const leaf of leaves.slice(0, size)) range.append(leaf);
    expect(toHex(range.root())).toBe(root);
  });
  test("has each of its inner nodes, and a range tells of each once", () => {
    const told: string[][] = [];
    const range = createRange(sha256);
    for (const leaf of leaves) {
      range.append(leaf, (level, index, hash) => {
        told[level] ??= [];
        expect(told[level].length).toBe(index);
        told[level].push(toHex(hash));
      });
    }
    expect(told).toEqual(vectors.nodes);
  });
});

const pick = sequence(1);
const many = Array.from({ length: 5000 }, () => randomBytes(pick, 32));
const levels = levelsOf(many);

test("a range has the root of the list at every size up to 300 and at sampled ones up to 5000", () => {
  const range = createRange(sha256);
  for (const leaf of many) {
    range.append(leaf);
    const size = range.size();
    if (size > 300 && pick(100) > 0) continue;
    expect(toHex(range.root())).toBe(toHex(rootOf(many.slice(0, size), sha256)));
  }
});

test("a range goes on from its own edge and from the edge read out of stored hashes", () => {
  for (let round = 0; round < 60; round++) {
    const size = pick(700);
    const first = createRange(sha256);
    for (const leaf of many.slice(0, size)) first.append(leaf);
    const read = edgeFrom(size, sourceOf(levels));
    expect(read.hashes.map(toHex)).toEqual(first.edge().hashes.map(toHex));
    const second = createRange(sha256, read);
    const more = pick(300);
    for (const leaf of many.slice(size, size + more)) second.append(leaf);
    expect(toHex(second.root())).toBe(toHex(rootOf(many.slice(0, size + more), sha256)));
  }
});

test("whole subtrees make the tree that their leaves make", () => {
  for (const size of [1, 2, 3, 255, 256, 257, 1000, 4097, 5000]) {
    const range = createRange(sha256);
    for (const { level, index } of edgeNodes(size)) range.appendSubtree(level, levels[level]?.[index] as Hash);
    expect(range.size()).toBe(size);
    expect(toHex(range.root())).toBe(toHex(rootOf(many.slice(0, size), sha256)));
  }
});

test("what is handed out does not change when the range grows", () => {
  const range = createRange(sha256);
  for (const leaf of leaves.slice(0, 3)) range.append(leaf);
  const edge = range.edge();
  range.append(leaves[3] as Hash);
  expect(edge.size).toBe(3);
  expect(edge.hashes.length).toBe(2);
});

test("the empty tree has the hash of nothing", () => {
  expect(toHex(emptyRoot(sha256))).toBe(vectors.roots[0]);
  expect(toHex(createRange(sha256).root())).toBe(vectors.roots[0]);
});

test("hashes of another length, an edge of another size and a subtree in the wrong place are refused", () => {
  const hash = leaves[0] as Hash;
  expect(() => nodeHash(hash.subarray(1), hash, sha256)).toThrow(RangeError);
  expect(() => nodeHash(hash, hash.subarray(1), sha256)).toThrow(RangeError);
  expect(() => nodeHash(hash, Uint8Array.of(...hash, 0), sha256)).toThrow(RangeError);
  expect(() => createRange(sha256).append(hash.subarray(1))).toThrow(RangeError);
  expect(() => createRange(sha256, { size: 3, hashes: [hash] })).toThrow(RangeError);
  expect(() => createRange(sha256, { size: 1, hashes: [hash.subarray(1)] })).toThrow(RangeError);
  expect(() => createRange(sha256, { size: 1, hashes: [hash] }).appendSubtree(1, hash)).toThrow(RangeError);
  expect(() => createRange(sha256, { size: -1, hashes: [] })).toThrow(RangeError);
});
