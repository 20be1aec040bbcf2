import type { Sha256 } from "@countersign/audit/json";
import { createRange, type Edge } from "@countersign/audit/ledger/compact-range";
import type { Hash } from "@countersign/audit/ledger/merkle";
import { rootOf } from "@countersign/audit/ledger/merkle";
import { consistencyProof, edgeFrom, inclusionProof } from "@countersign/audit/ledger/proof-nodes";
import {
  type Tile,
  type TileBytes,
  tileHashes,
  tileShape,
  tileSource,
  tilesForConsistency,
  tilesForEdge,
  tilesForInclusion,
} from "@countersign/audit/ledger/tiles";
import type { Database } from "./client.ts";
import { findTile, insertTiles } from "./sealing.ts";

const hashBytes = 32;

export type LogTree = {
  /** The right edge of the tree of the first `size` leaves, from which it can be folded on. */
  edge: (size: number) => Promise<Edge>;
  /** Root of the tree of the first `size` leaves. */
  root: (size: number) => Promise<Hash>;
  inclusion: (index: number, size: number) => Promise<Hash[]>;
  /** From a size of at least 1 to a larger one. */
  consistency: (size1: number, size2: number) => Promise<Hash[]>;
  /** Writes the whole tiles of a tree of `size` that are missing. */
  writeTiles: (size: number) => Promise<void>;
};

/** Leaf hashes `from` to `to` (exclusive), one after the other; throws when the log does not reach so far. */
const readLeaves = async (db: Database, epoch: number, from: number, to: number): Promise<Uint8Array> => {
  // Of a batch of thousands a tile wants a part: PostgreSQL cuts it out without reading the rest.
  const parts = await db.sql<{ first: number; hashes: Uint8Array }[]>`
    select greatest(first_index, ${from})::float8 as first,
      substring(hashes from (greatest(${from} - first_index, 0) * ${hashBytes} + 1)::int
        for ((least(first_index + count, ${to}) - greatest(first_index, ${from})) * ${hashBytes})::int) as hashes
    from ledger_batch
    where epoch = ${epoch} and first_index + count > ${from} and first_index < ${to} and first_index >= coalesce(
      (select max(first_index) from ledger_batch where epoch = ${epoch} and first_index <= ${from}), 0)
    order by first_index`;
  const leaves = new Uint8Array((to - from) * hashBytes);
  let next = from;
  for (const { first, hashes } of parts) {
    if (first !== next) break;
    leaves.set(hashes, (next - from) * hashBytes);
    next += hashes.length / hashBytes;
  }
  if (next < to) throw new Error(`the log ends at leaf ${next}, before ${to}`);
  return leaves;
};

const split = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: bytes.length / hashBytes }, (_, place) =>
    bytes.subarray(place * hashBytes, (place + 1) * hashBytes),
  );

/** The tree of one epoch, read from tiles and, where those are not whole yet, from the leaves themselves. */
export const openLogTree = (db: Database, epoch: number, sha256: Sha256): LogTree => {
  /** Roots of whole tiles, which never change; the upper levels are made of them. */
  const roots = new Map<string, Uint8Array>();

  const wholeTile = async (level: number, index: number): Promise<Uint8Array> => {
    const stored = await findTile(db, epoch, { level, index });
    return stored ?? makeTile({ level, index, width: tileHashes });
  };
  const rootOfTile = async (level: number, index: number): Promise<Uint8Array> => {
    const key = `${level}/${index}`;
    const known = roots.get(key);
    if (known !== undefined) return known;
    const root = rootOf(split(await wholeTile(level, index)), sha256);
    if (roots.size > 100_000) roots.clear();
    roots.set(key, root);
    return root;
  };
  const makeTile = async ({ level, index, width }: Tile): Promise<Uint8Array> => {
    const first = index * tileHashes;
    if (level === 0) return readLeaves(db, epoch, first, first + width);
    const hashes = new Uint8Array(width * hashBytes);
    for (let place = 0; place < width; place++)
      hashes.set(await rootOfTile(level - 1, first + place), place * hashBytes);
    return hashes;
  };
  const read = async (tiles: readonly Tile[]): Promise<TileBytes[]> => {
    const found: TileBytes[] = [];
    for (const tile of tiles) {
      const { level, index, width } = tile;
      found.push({ level, index, hashes: width === tileHashes ? await wholeTile(level, index) : await makeTile(tile) });
    }
    return found;
  };
  const source = async (tiles: readonly Tile[]) => tileSource(await read(tiles), sha256);

  const edge: LogTree["edge"] = async (size) => edgeFrom(size, await source(tilesForEdge(size)));

  return {
    edge,
    root: async (size) => createRange(sha256, await edge(size)).root(),
    inclusion: async (index, size) => inclusionProof(index, size, await source(tilesForInclusion(index, size)), sha256),
    consistency: async (size1, size2) =>
      consistencyProof(size1, size2, await source(tilesForConsistency(size1, size2)), sha256),
    writeTiles: async (size) => {
      for (const { level, full } of tileShape(size)) {
        const [row] = await db.sql`
          select coalesce((select index::float8 + 1 from ledger_tile where epoch = ${epoch} and level = ${level} order by index desc limit 1), 0) as next`;
        for (let index = Number(row?.next); index < full; index++) {
          await insertTiles(db, epoch, [{ level, index, hashes: await makeTile({ level, index, width: tileHashes }) }]);
        }
      }
    },
  };
};
