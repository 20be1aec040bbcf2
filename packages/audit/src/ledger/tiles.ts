import type { Sha256 } from "../json.ts";
import { isCount, parseDecimal } from "./decimal.ts";
import { type Hash, hashBytes, levelAbove } from "./merkle.ts";
import { consistencyNodes, edgeNodes, type HashSource, inclusionNodes, type NodeAt } from "./proof-nodes.ts";

/** Hashes of a full tile (C2SP tlog-tiles): eight levels of the tree. */
export const tileHashes = 256;
const tileHeight = 8;
const lastLevel = 5;

/** `width` hashes (1 to 256) from hash `index * 256` of tree level `level * 8` on. */
export type Tile = { level: number; index: number; width: number };

const pathElements = (index: number): string => {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/\d{3}/g) ?? [];
  return groups.map((group, place) => (place < groups.length - 1 ? `x${group}` : group)).join("/");
};

/** Where a tile is found, `tile/0/x001/234/067`, with `.p/<width>` when it is not full. */
export const tilePath = ({ level, index, width }: Tile): string =>
  `tile/${level}/${pathElements(index)}${width === tileHashes ? "" : `.p/${width}`}`;

/** The tile that a path names; null unless it is just what `tilePath` writes. */
export const parseTilePath = (path: string): Tile | null => {
  const parts = /^tile\/(\d)\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (parts === null) return null;
  const [, level = "", elements = "", width] = parts;
  const index = parseDecimal(elements.replace(/[x/]/g, "").replace(/^0+(?=\d)/, ""));
  if (index === null) return null;
  const tile = { level: Number(level), index, width: width === undefined ? tileHashes : Number(width) };
  return tile.level <= lastLevel && tile.width >= 1 && tilePath(tile) === path ? tile : null;
};

/** How many full tiles each level of a tree has, and how wide the one after them is (0: there is none). */
export const tileShape = (size: number): { level: number; full: number; partial: number }[] => {
  if (!isCount(size)) throw new RangeError("not a size");
  const shape: { level: number; full: number; partial: number }[] = [];
  for (let [level, hashes] = [0, size]; hashes > 0; level += 1, hashes = Math.floor(hashes / tileHashes)) {
    shape.push({ level, full: Math.floor(hashes / tileHashes), partial: hashes % tileHashes });
  }
  return shape;
};

/** The tile of a tree of that size which tells the hash of a complete subtree. */
export const tileOf = ({ level, index }: NodeAt, size: number): Tile => {
  const tileLevel = Math.floor(level / tileHeight);
  const first = index * 2 ** (level % tileHeight);
  const place = Math.floor(first / tileHashes);
  const hashes = Math.floor(size / 2 ** (tileLevel * tileHeight)) - place * tileHashes;
  if ((index + 1) * 2 ** level > size) throw new RangeError("no such subtree in a tree of that size");
  return { level: tileLevel, index: place, width: Math.min(hashes, tileHashes) };
};

/** The tiles that tell all these hashes, each once. */
export const tilesFor = (nodes: readonly NodeAt[], size: number): Tile[] => [
  ...new Map(nodes.map((node) => tileOf(node, size)).map((tile) => [tilePath(tile), tile])).values(),
];

export const tilesForInclusion = (index: number, size: number): Tile[] =>
  tilesFor(inclusionNodes(index, size).flat(), size);

export const tilesForConsistency = (size1: number, size2: number): Tile[] =>
  tilesFor(consistencyNodes(size1, size2).flat(), size2);

export const tilesForEdge = (size: number): Tile[] => tilesFor(edgeNodes(size), size);

/** A tile's content: 1 to 256 hashes one after the other. */
export type TileBytes = { level: number; index: number; hashes: Uint8Array };

/** The hashes that these tiles tell; a full tile serves where a partial one would do. */
export const tileSource = (tiles: readonly TileBytes[], sha256: Sha256): HashSource => {
  const known = new Map<string, Uint8Array>();
  for (const { level, index, hashes } of tiles) {
    if (hashes.length === 0 || hashes.length % hashBytes !== 0 || hashes.length > tileHashes * hashBytes) {
      throw new RangeError(`a tile has 1 to ${tileHashes} hashes of ${hashBytes} bytes`);
    }
    const key = `${level}/${index}`;
    if (hashes.length > (known.get(key)?.length ?? 0)) known.set(key, hashes);
  }
  return (level, index) => {
    const width = 2 ** (level % tileHeight);
    const first = index * width;
    const bytes = known.get(`${Math.floor(level / tileHeight)}/${Math.floor(first / tileHashes)}`);
    const start = (first % tileHashes) * hashBytes;
    if (bytes === undefined || start + width * hashBytes > bytes.length) return null;
    let hashes: Hash[] = Array.from({ length: width }, (_, place) =>
      bytes.subarray(start + place * hashBytes, start + (place + 1) * hashBytes),
    );
    while (hashes.length > 1) hashes = levelAbove(hashes, sha256);
    return hashes[0] ?? null;
  };
};
