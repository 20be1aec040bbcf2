import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestDatabase, type TestDatabase } from "@countersign/db/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seed } from "../apps/api/src/setup.ts";
import { fillOffice } from "./demo/fill.ts";

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "countersign-demo-"));
  process.env.DATA_DIR = folder;
});
afterAll(async () => {
  delete process.env.DATA_DIR;
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});

const extent = { permits: 25, days: 160 };

test("the demo office holds half a year of acts, each told by the operation that did it, and none twice", async () => {
  await seed(database.adminUrl, { adminPassword: undefined });
  const filled = await fillOffice(database.adminUrl, extent);
  const { sql } = database.admin;
  expect(filled).toMatchObject({ permits: 27, users: 13 });
  expect(filled.documents).toBeGreaterThan(10);
  const codes = (await sql`select distinct code from event_log`).map((row) => String(row.code));
  expect(codes).toEqual(
    expect.arrayContaining([
      "permit_create",
      "permit_read",
      "permit_approve",
      "permit_assign",
      "permit_delete",
      "permit_export",
      "document_upload",
      "document_verify",
      "user_create",
      "user_deactivate",
      "user_delete",
      "role_create",
      "role_delete",
      "system_config_change",
      "audit_view_logs",
      "user_login",
      "user_change_password",
      "sys_approval_requested",
      "sys_approval_decided",
    ]),
  );
  const [span] = await sql`select extract(day from max(received_at) - min(received_at))::int as days from event_log`;
  expect(span?.days).toBeGreaterThanOrEqual(extent.days - 3);
  const [created] = await sql`
    select count(*)::int as events, count(distinct object_id)::int as permits from event_log where code = 'permit_create'`;
  expect(created).toEqual({ events: 28, permits: 28 });
  const requests = await sql`select state, count(*)::int as count from approval_request group by state order by state`;
  expect(Object.fromEntries(requests.map(({ state, count }) => [state, count]))).toEqual({
    approved: 3,
    pending: 2,
    refused: 1,
  });
  const apart = await sql`
    select p.id from permits p join event_log e on e.code = 'permit_create' and e.object_id = p.id::text
    where abs(extract(epoch from p.created_at - e.received_at)) > 1`;
  expect(apart).toEqual([]);
  expect(await sql`select from audit_outbox`).toHaveLength(0);
}, 120_000);

test("an office where people work already is left as it is", async () => {
  await expect(fillOffice(database.adminUrl, extent)).rejects.toThrow("The demo fills only a new one");
});
