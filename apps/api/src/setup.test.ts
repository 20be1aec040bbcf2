import { features } from "@countersign/audit/features";
import { connect } from "@countersign/db/client";
import { createTestDatabase, type TestDatabase } from "@countersign/db/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { initEvents, SetupError, seed } from "./setup.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const typeOf = async (code: string) =>
  (
    await database.admin
      .sql`select severity, enabled, retired_at is not null as retired from event_types where code = ${code}`
  )[0];

test("a weak first password is refused in a sentence, and nothing is made", async () => {
  for (const adminPassword of ["short", "passwordpassword1", "admin-admin-admin"]) {
    await expect(seed(database.adminUrl, { adminPassword })).rejects.toThrow(SetupError);
  }
  expect(await database.admin.sql`select from users`).toHaveLength(0);
});

test("seeding makes 39 types of the office, the first administrator with every feature, and their events; again it does nothing", async () => {
  const first = await seed(database.adminUrl, { adminPassword: undefined });
  expect(first.createdAdmin).toBe(true);
  expect(first.generatedPassword).toMatch(/^[\w-]{20}$/);
  const outbox = await database.admin.sql`select leaves from audit_outbox`;
  expect(outbox).toHaveLength(2);
  expect(JSON.stringify(outbox)).not.toContain(first.generatedPassword);
  const [types] = await database.admin
    .sql`select count(*) filter (where id <= 39)::int as office, count(*)::int as all from event_types`;
  expect(types).toMatchObject({ office: 39 });
  const [held] = await database.admin.sql`select count(*)::int as n from role_features`;
  expect(held?.n).toBe(Object.keys(features).length);
  const [admin] = await database.admin.sql`select username, must_change_password from users`;
  expect(admin).toEqual({ username: "admin", must_change_password: true });

  expect(await seed(database.adminUrl, { adminPassword: "gravel-lantern-orbit-42" })).toEqual({
    createdAdmin: false,
    generatedPassword: null,
  });
  expect(await database.admin.sql`select from users`).toHaveLength(1);
  expect(await database.admin.sql`select from audit_outbox`).toHaveLength(2);
});

test("two seedings at once make one administrator", async () => {
  const other = await createTestDatabase();
  try {
    const runs = await Promise.all([1, 2, 3].map(() => seed(other.adminUrl, { adminPassword: undefined })));
    expect(runs.filter((run) => run.createdAdmin)).toHaveLength(1);
    expect(await other.admin.sql`select from users`).toHaveLength(1);
  } finally {
    await other.drop();
  }
});

test("what an administrator edited survives init-events, unless it is forced; a locked type is always on", async () => {
  const db = connect(database.adminUrl, { name: "test init", max: 2 });
  await db.sql`update event_types set severity = 'critical', enabled = false where code = 'permit_update'`;
  await db.sql`update event_types set enabled = false where code = 'user_login'`;
  const kept = await initEvents(db, false);
  expect(kept.kept).toEqual(["permit_update"]);
  expect(await typeOf("permit_update")).toMatchObject({ severity: "critical", enabled: false });
  expect(await typeOf("user_login")).toMatchObject({ enabled: true });
  expect(await initEvents(db, false)).toMatchObject({ created: [], updated: [], retired: [] });
  await initEvents(db, true);
  expect(await typeOf("permit_update")).toMatchObject({ severity: "medium", enabled: true });
  await db.end(1);
});

test("a type that left the catalogue is retired, not deleted, and comes back when the catalogue has it again", async () => {
  const db = connect(database.adminUrl, { name: "test init", max: 2 });
  await db.sql`insert into event_types select 'old_event', 9999, name, category, severity, policy, approval, notify, enabled, locked, seed
    from event_types where code = 'permit_read'`;
  expect((await initEvents(db, false)).retired).toEqual(["old_event"]);
  expect(await typeOf("old_event")).toMatchObject({ retired: true });
  expect((await initEvents(db, false)).retired).toEqual([]);
  await db.sql`update event_types set retired_at = now() where code = 'permit_read'`;
  expect((await initEvents(db, false)).updated).toEqual(["permit_read"]);
  expect(await typeOf("permit_read")).toMatchObject({ retired: false });
  await db.end(1);
});
