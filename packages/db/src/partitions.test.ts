import { afterAll, beforeAll, expect, test } from "vitest";
import { ensurePartitions } from "./partitions.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** Columns that ANALYZE samples although no query is planned by them, in any month of the log. */
const sampledInVain = (): Promise<{ part: string; column: string }[]> => database.admin.sql`
  select c.relname as part, a.attname as column
  from pg_partition_tree('event_log') t join pg_class c on c.oid = t.relid join pg_attribute a on a.attrelid = c.oid
  where t.isleaf and a.attname in ('leaf', 'leaf_hash', 'details', 'salt') and a.attstattarget is distinct from 0`;

test("making partitions again makes none", async () => {
  expect(await ensurePartitions(database.worker)).toEqual({ made: 0, dropped: 0 });
});

test("no month of the log spends statistics on its long texts, however it came to be", async () => {
  expect(await sampledInVain()).toEqual([]);
  const [made] = await database.worker.sql`select ensure_partition('change', '2031-05-01') as made`;
  expect(made).toEqual({ made: true });
  expect(await sampledInVain()).toEqual([]);
});
