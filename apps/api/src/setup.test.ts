import { features } from "@countersign/audit/features";
import { connect } from "@countersign/db/client";
import { createTestDatabase, type TestDatabase } from "@countersign/db/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPasswords } from "./accounts/passwords.ts";
import { initEvents, SetupError, seed, setPassword } from "./setup.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** The features of each role, by the role's name. */
const rolesOf = async ({ admin }: TestDatabase): Promise<Record<string, string[]>> =>
  Object.fromEntries(
    (
      await admin.sql`select name, array(select feature from role_features where role_id = id order by 1) as features
        from roles order by id`
    ).map(({ name, features }) => [name, features]),
  );
const settingOf = async ({ admin }: TestDatabase, key: string) =>
  (await admin.sql`select value from system_config where key = ${key}`)[0]?.value;
const seeded = async (work: (other: TestDatabase) => Promise<void>) => {
  const other = await createTestDatabase();
  try {
    await seed(other.adminUrl, { adminPassword: "gravel-lantern-orbit-42" });
    await work(other);
  } finally {
    await other.drop();
  }
};

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
  expect((await rolesOf(database)).Administrator).toEqual(Object.keys(features).sort());
  const [admin] = await database.admin.sql`select username, must_change_password from users`;
  expect(admin).toEqual({ username: "admin", must_change_password: true });

  expect(await seed(database.adminUrl, { adminPassword: "gravel-lantern-orbit-42" })).toEqual({
    createdAdmin: false,
    generatedPassword: null,
  });
  expect(await database.admin.sql`select from users`).toHaveLength(1);
  expect(await database.admin.sql`select from audit_outbox`).toHaveLength(2);
});

test("an office starts with six roles, and nobody but the first may do everything", async () => {
  const { Administrator, ...roles } = await rolesOf(database);
  expect(Administrator).toHaveLength(Object.keys(features).length);
  const reads = Object.keys(features).filter((feature) => feature.endsWith(".read"));
  expect(roles).toEqual({
    Auditor: [...reads, "audit.export", "audit.verify", "reports.export", "reports.generate"].sort(),
    Supervisor: Object.keys(features)
      .filter((feature) => /^(permits|documents|approvals)\./.test(feature))
      .concat("users.read", "roles.read", "reports.read", "reports.generate")
      .sort(),
    "Permit officer": [
      ...["activate", "approve", "assign", "cancel", "create", "export", "read", "renew", "update"].map(
        (act) => `permits.${act}`,
      ),
      "documents.read",
      "documents.upload",
      "documents.verify",
    ].sort(),
    Clerk: ["documents.read", "documents.upload", "permits.create", "permits.read", "permits.update"],
    Operator: [
      "alerts.manage",
      "alerts.read",
      "events.read",
      "queues.manage",
      "queues.read",
      "retention.read",
      "system.backup",
    ],
  });
});

test("the first administrator is protected and gets alerts and reports", async () => {
  const [admin] = await database.admin.sql`select id::int as id, is_protected_user(id) as kept from users`;
  expect(admin?.kept).toBe(true);
  for (const key of ["protected_users", "notification.recipients", "report.recipients"]) {
    expect(await settingOf(database, key)).toEqual([admin?.id]);
  }
});

test("a shipped role that was removed or changed stays so at the next start", async () => {
  await seeded(async (other) => {
    await other.admin.sql`delete from roles where shipped = 'clerk'`;
    await other.admin
      .sql`delete from role_features using roles where role_id = id and shipped = 'operator' and feature <> 'queues.read'`;
    await other.admin.sql`update roles set name = 'Reviewer', name_folded = 'reviewer' where shipped = 'auditor'`;
    const before = await rolesOf(other);
    await seed(other.adminUrl, { adminPassword: undefined });
    expect(await rolesOf(other)).toEqual(before);
    expect(Object.keys(before)).toEqual(["Administrator", "Reviewer", "Supervisor", "Permit officer", "Operator"]);
    expect(before.Operator).toEqual(["queues.read"]);
  });
});

test("a feature that a newer version brings goes to the Administrator role and to no other", async () => {
  await seeded(async (other) => {
    const before = await rolesOf(other);
    await other.admin.sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`delete from role_features where feature in ('queues.manage', 'audit.write')`;
    });
    await seed(other.adminUrl, { adminPassword: undefined });
    const after = await rolesOf(other);
    expect(after.Administrator).toEqual(before.Administrator);
    expect(after.Operator).not.toContain("queues.manage");
  });
});

test("an office of before the shipped roles gets those whose names are free, and keeps its people", async () => {
  const other = await createTestDatabase();
  try {
    const { sql } = other.admin;
    await sql`insert into roles (name, name_folded, shipped) values ('Administrator', 'administrator', 'administrator'), ('clerk', 'clerk', null)`;
    await sql`insert into users (username, username_folded, name) values ('ann', 'ann', 'Ann')`;
    await sql`insert into user_roles select u.id, r.id from users u, roles r`;
    expect(await seed(other.adminUrl, { adminPassword: undefined })).toMatchObject({ createdAdmin: false });
    const { Administrator, clerk, ...rest } = await rolesOf(other);
    expect([Administrator?.length, clerk]).toEqual([Object.keys(features).length, []]);
    expect(Object.keys(rest)).toEqual(["Auditor", "Supervisor", "Permit officer", "Operator"]);
    expect(await sql`select username from users`).toEqual([{ username: "ann" }]);
  } finally {
    await other.drop();
  }
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

test("a password set on the server opens a protected account again, must be changed, and stands in the log with its reason", async () => {
  const { admin } = database;
  const password = await setPassword(admin, "ADMIN", "the note was lost");
  const [user] =
    await admin.sql`select id::int as id, password_hash, must_change_password from users where username = 'admin'`;
  expect(user?.must_change_password).toBe(true);
  expect(await (await createPasswords()).verify(String(user?.password_hash), password)).toMatchObject({ right: true });
  expect(await admin.sql`select from sessions where user_id = ${user?.id}`).toHaveLength(0);
  const [envelope] = await admin.sql`select leaves from audit_outbox order by id desc limit 1`;
  const codes = String(envelope?.leaves)
    .split("\n")
    .map((leaf) => JSON.parse(leaf).code);
  expect(codes).toEqual(["sys_break_glass", "user_change_password"]);
  await expect(setPassword(admin, "nobody", "x")).rejects.toThrow("There is no user called nobody.");
});
