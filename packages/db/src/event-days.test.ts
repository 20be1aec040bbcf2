import { afterAll, beforeAll, expect, test } from "vitest";
import { countCodeDays, countSuppressed, lastDayOfCodes } from "./event-days.ts";
import { syncEventTypes } from "./event-types.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await syncEventTypes(database.admin, false, async () => undefined);
  const { sql } = database.admin;
  const rows = [
    ["2026-11-01", "permit_create", "low", "success", 0, 4],
    ["2026-11-20", "permit_create", "low", "success", 0, 2],
    ["2026-11-20", "permit_create", "low", "success", 5, 3],
    ["2026-11-20", "permit_create", "medium", "failed", 0, 1],
    ["2026-11-21", "user_login", "info", "success", 1, 7],
    ["2025-01-05", "role_delete", "critical", "success", 1, 1],
  ] as const;
  for (const [day, code, severity, status, shard, count] of rows) {
    await sql`insert into event_day ${sql({ day, code, severity, status, shard, count })}`;
  }
  await sql`insert into suppressed_day values ('2026-11-20', 'permit_read', 5), ('2026-11-22', 'permit_read', 1), ('2026-10-01', 'permit_read', 90)`;
});
afterAll(() => database.drop());

test("shards, severities and outcomes of a day are added up, and earlier days left out", async () => {
  expect(await countCodeDays(database.api, "2026-11-02")).toEqual([
    { code: "permit_create", day: "2026-11-20", count: 6 },
    { code: "user_login", day: "2026-11-21", count: 7 },
  ]);
});

test("the last day of a type is found however long ago it was", async () => {
  const last = await lastDayOfCodes(database.api);
  expect(Object.fromEntries(last)).toEqual({
    permit_create: "2026-11-20",
    user_login: "2026-11-21",
    role_delete: "2025-01-05",
  });
});

test("acts that were not kept are counted within the days asked for", async () => {
  expect(Object.fromEntries(await countSuppressed(database.api, "2026-11-20"))).toEqual({ permit_read: 6 });
});
