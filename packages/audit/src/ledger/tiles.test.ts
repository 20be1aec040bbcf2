import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sha256 } from "../testing/node-crypto.ts";
import { randomBytes, sequence } from "../testing/sequence.ts";
import { levelsOf, sourceOf, tileBytes } from "../testing/tree.ts";
import { toHex } from "../utf8.ts";
import { consistencyProof, edgeFrom, inclusionProof } from "./proof-nodes.ts";
import {
  parseTilePath,
  type Tile,
  tileHashes,
  tileOf,
  tilePath,
  tileShape,
  tileSource,
  tilesFor,
  tilesForConsistency,
  tilesForEdge,
  tilesForInclusion,
} from "./tiles.ts";

const vectors = JSON.parse(readFileSync(new URL("../testing/vectors/tiles.json", import.meta.url), "utf8")) as {
  paths: { index: number; path: string }[];
  shapes: { size: number; levels: { level: number; full: number; partial: number }[] }[];
};

describe("C2SP tlog-tiles", () => {
  test.each(vectors.paths)("tile $index is at $path", ({ index, path }) => {
    const full = { level: 3, index, width: tileHashes };
    expect(tilePath(full)).toBe(`tile/3/${path}`);
    expect(tilePath({ ...full, width: 7 })).toBe(`tile/3/${path}.p/7`);
    expect(parseTilePath(`tile/3/${path}`)).toEqual(full);
    expect(parseTilePath(`tile/3/${path}.p/7`)).toEqual({ ...full, width: 7 });
  });
  test.each(vectors.shapes)("a tree of $size has these tiles", ({ size, levels }) => {
    expect(tileShape(size)).toEqual(levels);
  });
});

test.each([
  "tile/0/1",
  "tile/0/0001",
  "tile/0/x000/001",
  "tile/0/001/002",
  "tile/0/x001",
  "tile/0/001.p/0",
  "tile/0/001.p/256",
  "tile/0/001.p/07",
  "tile/6/000",
  "tile/00/000",
  "tile/-1/000",
  "/tile/0/000",
  "tile/0/000/",
  "tile/0/../000",
  "tile/0/x999/x999/x999/x999/x999/999",
])("the path %s is refused", (path) => {
  expect(parseTilePath(path)).toBeNull();
});

const pick = sequence(3);
const leaves = Array.from({ length: 70_000 }, () => randomBytes(pick, 32));
const levels = levelsOf(leaves);
const stored = (tiles: readonly Tile[]) =>
  tiles.map(({ level, index, width }) => tileBytes(levels, level, index, width));

test("proofs out of tiles are the proofs out of leaves", () => {
  for (let round = 0; round < 400; round++) {
    const size = 1 + pick(round % 4 === 0 ? 70_000 : 2000);
    const index = pick(size);
    const size1 = 1 + pick(size);
    const inclusion = tileSource(stored(tilesForInclusion(index, size)), sha256);
    expect(inclusionProof(index, size, inclusion, sha256)).toEqual(
      inclusionProof(index, size, sourceOf(levels), sha256),
    );
    const consistency = tileSource(stored(tilesForConsistency(size1, size)), sha256);
    expect(consistencyProof(size1, size, consistency, sha256)).toEqual(
      consistencyProof(size1, size, sourceOf(levels), sha256),
    );
    const edge = tileSource(stored(tilesForEdge(size)), sha256);
    expect(edgeFrom(size, edge)).toEqual(edgeFrom(size, sourceOf(levels)));
  }
});
test("tiles that were complete later serve an earlier size", () => {
  const full = [tileBytes(levels, 0, 0, 256), tileBytes(levels, 0, 1, 256), tileBytes(levels, 1, 0, 17)];
  const source = tileSource([tileBytes(levels, 0, 1, 3), ...full, tileBytes(levels, 0, 0, 9)], sha256);
  expect(inclusionProof(3, 259, source, sha256)).toEqual(inclusionProof(3, 259, sourceOf(levels), sha256));
});
test("a tile that tells several hashes is named once", () => {
  const nodes = [0, 1, 255, 256].map((index) => ({ level: 0, index }));
  expect(tilesFor(nodes, 300)).toEqual([
    { level: 0, index: 0, width: 256 },
    { level: 0, index: 1, width: 44 },
  ]);
});
test("every subtree is told by its tile alone, and by no narrower one", () => {
  for (let round = 0; round < 300; round++) {
    const size = 1 + pick(70_000);
    const level = pick(Math.floor(Math.log2(size)) + 1);
    const index = pick(Math.floor(size / 2 ** level));
    const tile = tileOf({ level, index }, size);
    expect(tile.width).toBeGreaterThan(0);
    const hash = tileSource(stored([tile]), sha256)(level, index);
    expect(toHex(hash ?? new Uint8Array(0))).toBe(toHex(levels[level]?.[index] ?? new Uint8Array(1)));
  }
});
test("what a tile does not hold is not made up", () => {
  const source = tileSource([tileBytes(levels, 0, 0, 5)], sha256);
  expect(source(0, 4)).not.toBeNull();
  expect(source(0, 5)).toBeNull();
  expect(source(2, 1)).toBeNull();
  expect(source(8, 0)).toBeNull();
  expect(() => tileOf({ level: 3, index: 0 }, 7)).toThrow(RangeError);
});
test.each([0, 31, 33, 8224])("a tile of %i bytes is refused", (length) => {
  expect(() => tileSource([{ level: 0, index: 0, hashes: new Uint8Array(length) }], sha256)).toThrow(RangeError);
});
