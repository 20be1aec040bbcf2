import { afterAll, beforeAll, expect, test } from "vitest";
import { thinCheckpoints } from "./sealing.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const sizes = async () =>
  (await database.admin.sql`select size::int as size from ledger_checkpoint order by size`).map(({ size }) => size);

test("of checkpoints older than a week the last of each hour stays, and the last in it that a witness signed; younger ones all stay", async () => {
  const { sql } = database.admin;
  const add = (size: number, at: string) =>
    sql`insert into ledger_checkpoint (epoch, size, root, note, signed_at) values (1, ${size}, '\\x00', 'n',
      date_trunc('hour', now()) + ${at}::interval)`;
  for (const [size, at] of [
    [1, "-9 days"],
    [2, "-9 days +10 minutes"],
    [3, "-9 days +59 minutes"],
    [4, "-9 days +61 minutes"],
    [5, "-9 days +70 minutes"],
    [6, "-3 days"],
    [7, "-3 days +1 minute"],
  ] as const) {
    await add(size, at);
  }
  await sql`insert into ledger_cosignature (epoch, size, witness, line, cosigned_at) values (1, 2, 'w', 'l', now())`;
  expect(await thinCheckpoints(database.worker)).toBe(2);
  expect(await sizes()).toEqual([2, 3, 5, 6, 7]);
  expect(await thinCheckpoints(database.worker)).toBe(0);
});

test.each([
  ["ledger_batch", "update ledger_batch set count = 1"],
  ["ledger_batch", "delete from ledger_batch"],
  ["ledger_tile", "update ledger_tile set hashes = ''"],
  ["ledger_tile", "delete from ledger_tile"],
  ["ledger_checkpoint", "update ledger_checkpoint set note = ''"],
  ["ledger_checkpoint", "delete from ledger_checkpoint"],
  ["ledger_cosignature", "delete from ledger_cosignature"],
  ["ledger_key", "update ledger_key set vkey = 'x'"],
  ["ledger_key", "delete from ledger_key"],
])("%s is append-only even for a superuser: %s is refused", async (_, statement) => {
  const { sql } = database.admin;
  await sql`insert into ledger_batch (epoch, first_index, count, min_id, max_id, ids, hashes, sealed_at)
    values (1, 0, 1, gen_random_uuid(), gen_random_uuid(), '{}', '', now()) on conflict do nothing`;
  await sql`insert into ledger_tile (epoch, level, index, hashes) values (1, 0, 0, '\\x00') on conflict do nothing`;
  await sql`insert into ledger_key (vkey, kind, added_at) values ('k', 'log', now()) on conflict do nothing`;
  await expect(sql.unsafe(statement)).rejects.toMatchObject({ code: "42501" });
  for (const role of ["api", "worker"] as const) {
    await expect(database[role].sql.unsafe(statement)).rejects.toMatchObject({ code: "42501" });
  }
});

test("a key is retired once, and nobody truncates what proves the log", async () => {
  const { sql } = database.admin;
  await sql`insert into ledger_key (vkey, kind, added_at) values ('r', 'log', now())`;
  await sql`update ledger_key set retired_at = now() where vkey = 'r'`;
  await expect(sql`update ledger_key set retired_at = null where vkey = 'r'`).rejects.toMatchObject({ code: "42501" });
  for (const table of ["ledger_batch", "ledger_tile", "ledger_checkpoint", "ledger_cosignature", "ledger_key"]) {
    await expect(sql.unsafe(`truncate ${table}`)).rejects.toMatchObject({ code: "42501" });
  }
});
