import { sha256 } from "@countersign/audit/testing/node-crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readTiles } from "./checked-tiles.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { inTransaction } from "./transaction.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const hashAt = (place: number): Uint8Array => sha256(Uint8Array.of(place % 256, Math.floor(place / 256)));
const tile = (index: number): Buffer =>
  Buffer.concat(Array.from({ length: 256 }, (_, place) => hashAt(index * 256 + place)));

test("tiles of every level are compared, and one that should be there is told where it ends", async () => {
  const { sql } = database.admin;
  await sql`insert into ledger_tile (epoch, level, index, hashes) values (1, 0, 254, ${tile(254)}), (1, 0, 255, ${tile(255).subarray(32)}), (1, 1, 0, ${tile(0)})`;
  await inTransaction(database.admin, async (tx) => {
    const tiles = await readTiles(tx, 1, [256, 1], 65_024, 65_536);
    expect(tiles.leafHash(65_030)).toEqual(Buffer.from(hashAt(65_030)));
    expect(tiles.leafHash(65_290)).toBe(null);
    expect(tiles.missing()).toEqual([{ code: "ALTERED", index: 65_280, id: null, part: "tile 0/255" }]);
    expect(tiles.check({ level: 8, index: 255, hash: hashAt(255) })).toBe(null);
    expect(tiles.check({ level: 8, index: 255, hash: hashAt(254) })).toEqual({
      code: "ALTERED",
      index: 65_280,
      id: null,
      part: "tile 1/0",
    });
    expect(tiles.check({ level: 9, index: 127, hash: hashAt(0) })).toBe(null);
    expect((await readTiles(tx, 1, [256, 0], 0, 512)).missing()).toHaveLength(2);
    expect((await readTiles(tx, 1, [], 0, 512)).missing()).toEqual([]);
  });
});
