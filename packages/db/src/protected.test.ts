import type { TransactionSql } from "postgres";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Database, Sql } from "./client.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
let sql: Sql;
/** The protected administrator, two that are not, and somebody without a role. */
let ids: { role: number; other: number; boss: number; ann: number; bob: number; carl: number };

const insertUser = async (name: string) =>
  Number(
    (await sql`insert into users (username, username_folded, name) values (${name}, ${name}, ${name}) returning id`)[0]
      ?.id,
  );
const insertRole = async (name: string, shipped: string | null) =>
  Number(
    (await sql`insert into roles (name, name_folded, shipped) values (${name}, ${name}, ${shipped}) returning id`)[0]
      ?.id,
  );
const promote = (db: Database, ...users: number[]) =>
  db.sql`insert into user_roles select id, ${ids.role} from unnest(${`{${users.join(",")}}`}::text::bigint[]) as id on conflict do nothing`;
const protect = (db: Database, users: number[]) =>
  db.sql`insert into system_config (key, value) values ('protected_users', ${JSON.stringify(users)}::text::jsonb)
    on conflict (key) do update set value = excluded.value`;
/** Takes the guards off for as long as something is put back. */
const unguarded = (work: (tx: TransactionSql) => Promise<unknown>) =>
  sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await work(tx);
  });

beforeAll(async () => {
  database = await createTestDatabase();
  sql = database.admin.sql;
  const role = await insertRole("Administrator", "administrator");
  const other = await insertRole("Clerk", "clerk");
  await sql`insert into role_features values (${role}, 'users.read'), (${other}, 'permits.read')`;
  const [boss, ann, bob, carl] = [
    await insertUser("boss"),
    await insertUser("ann"),
    await insertUser("bob"),
    await insertUser("carl"),
  ];
  ids = { role, other, boss, ann, bob, carl };
});
beforeEach(async () => {
  await unguarded(async (tx) => {
    await tx`update users set status = 'active', password_hash = 'hash'`;
    await tx`delete from system_config`;
  });
  await promote(database.admin, ids.boss, ids.ann, ids.bob);
  await protect(database.admin, [ids.boss]);
});
afterAll(() => database.drop());

const state = async () => ({
  users: await sql`select id, username, username_folded, status, password_hash from users order by id`,
  roles: await sql`select id, name, name_folded, shipped from roles order by id`,
  holders: await sql`select user_id, role_id from user_roles order by 1, 2`,
  features: await sql`select role_id, feature from role_features order by 1, 2`,
  config: await sql`select key, value from system_config order by key`,
});

const onAccount: [string, () => string][] = [
  ["deletes the protected account", () => `delete from users where id = ${ids.boss}`],
  ["deletes every account", () => "delete from users"],
  ["deactivates it", () => `update users set status = 'inactive' where id = ${ids.boss}`],
  ["gives it a state that there is not", () => `update users set status = 'gone' where id = ${ids.boss}`],
  ["renames it", () => `update users set username = 'chief' where id = ${ids.boss}`],
  ["makes another name of it", () => `update users set username_folded = 'chief' where id = ${ids.boss}`],
  ["leaves it without a password", () => `update users set password_hash = null where id = ${ids.boss}`],
  ["takes its role", () => `delete from user_roles where user_id = ${ids.boss}`],
  ["takes the role from everybody", () => `delete from user_roles where role_id = ${ids.role}`],
  ["gives it another role instead", () => `update user_roles set role_id = ${ids.other} where user_id = ${ids.boss}`],
  ["gives its role to another", () => `update user_roles set user_id = ${ids.carl} where user_id = ${ids.boss}`],
];
const onRole: [string, () => string][] = [
  ["deletes the Administrator role", () => `delete from roles where id = ${ids.role}`],
  ["renames the role", () => `update roles set name = 'Chief' where id = ${ids.role}`],
  ["makes another role of it", () => `update roles set shipped = null where id = ${ids.role}`],
  ["removes a feature", () => `delete from role_features where role_id = ${ids.role}`],
  ["makes another feature of one", () => `update role_features set feature = 'x' where role_id = ${ids.role}`],
  ["moves a feature", () => `update role_features set role_id = ${ids.other} where role_id = ${ids.role}`],
];
const setProtected = (value: string) => `update system_config set value = '${value}' where key = 'protected_users'`;
const onList: [string, () => string][] = [
  ["removes the list of the protected", () => "delete from system_config where key = 'protected_users'"],
  ["calls it something else", () => "update system_config set key = 'x' where key = 'protected_users'"],
  ["empties it", () => setProtected("[]")],
  ["makes no list of it", () => setProtected("null")],
  ["puts an object there", () => setProtected("{}")],
  ["protects nobody that exists", () => setProtected("[999999]")],
  ["protects a text", () => setProtected(`["${ids.boss}"]`)],
  ["protects somebody who is no administrator", () => setProtected(`[${ids.boss}, ${ids.carl}]`)],
];
const truncations: [string, () => string][] = [
  ["truncates users", () => "truncate users cascade"],
  ["truncates roles", () => "truncate roles cascade"],
  ["truncates user_roles", () => "truncate user_roles"],
  ["truncates role_features", () => "truncate role_features"],
  ["truncates system_config", () => "truncate system_config"],
];

test.each([...onAccount, ...onRole, ...onList, ...truncations])(
  "a superuser who %s is refused",
  async (_, statement) => {
    const before = await state();
    await expect(sql.unsafe(statement())).rejects.toMatchObject({ code: "CS403" });
    expect(await state()).toEqual(before);
  },
);

/** What the api's role has no right to at all never comes to a guard. */
const withoutRight = new Set(["removes the list of the protected", ...truncations.map(([name]) => name)]);

test.each([...onAccount, ...onRole, ...onList, ...truncations])(
  "the api's own role that %s is refused",
  async (name, statement) => {
    const before = await state();
    const code = withoutRight.has(name) ? "42501" : "CS403";
    await expect(database.api.sql.unsafe(statement())).rejects.toMatchObject({ code });
    expect(await state()).toEqual(before);
  },
);

test("an inactive administrator cannot be protected", async () => {
  await sql`update users set status = 'inactive' where id = ${ids.ann}`;
  await expect(protect(database.api, [ids.boss, ids.ann])).rejects.toMatchObject({ code: "CS403" });
});

test("all else about a protected account and the Administrator role can be changed", async () => {
  await sql`update users set name = 'The Boss', email = 'boss@office.example', password_hash = 'new' where id = ${ids.boss}`;
  await sql`update roles set description = 'May do everything.', version = version + 1 where id = ${ids.role}`;
  await sql`insert into role_features values (${ids.role}, 'users.create')`;
  await sql`insert into user_roles values (${ids.boss}, ${ids.other})`;
  await sql`delete from user_roles where user_id = ${ids.boss} and role_id = ${ids.other}`;
  await sql`delete from user_roles where user_id = ${ids.ann}`;
  await protect(database.api, [ids.boss, ids.bob]);
  await protect(database.api, [ids.bob]);
  await sql`update users set status = 'inactive' where id = ${ids.boss}`;
});

test("the last active administrator stays, with nobody protected", async () => {
  await unguarded((tx) => tx`delete from system_config`);
  await sql`update users set status = 'inactive' where id = ${ids.ann}`;
  await sql`delete from user_roles where user_id = ${ids.boss}`;
  for (const statement of [
    `delete from users where id = ${ids.bob}`,
    `update users set status = 'inactive' where id = ${ids.bob}`,
    `delete from user_roles where user_id = ${ids.bob}`,
    `update user_roles set user_id = ${ids.carl} where user_id = ${ids.ann}; delete from user_roles where user_id in (${ids.bob}, ${ids.carl})`,
  ]) {
    await expect(sql.unsafe(statement)).rejects.toMatchObject({ code: "CS403" });
  }
  expect(await sql`select from users where status = 'active' and id = ${ids.bob}`).toHaveLength(1);
});

const administrators = async () =>
  (await sql`select from users join user_roles on user_id = id where role_id = ${ids.role} and status = 'active'`)
    .length;
const ways = [
  (id: number) => `delete from user_roles where user_id = ${id} and role_id = ${ids.role}`,
  (id: number) => `update users set status = 'inactive' where id = ${id}`,
];

test.each(["read committed", "repeatable read"])(
  "of two administrators who remove each other a hundred times at once, %s, one stays",
  async (level) => {
    await unguarded((tx) => tx`delete from system_config`);
    await sql`delete from user_roles where user_id = ${ids.boss}`;
    const remove = (id: number, way: (id: number) => string) =>
      database.api.sql.begin(`isolation level ${level}`, async (tx) => {
        await tx`select count(*) from user_roles`;
        await tx.unsafe(way(id));
      });
    for (let round = 0; round < 100; round += 1) {
      const ends = await Promise.allSettled([
        remove(ids.ann, ways[round % 2]!),
        remove(ids.bob, ways[(round >> 1) % 2]!),
      ]);
      expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const refusal = ends.find((end) => end.status === "rejected");
      expect(["CS403", "40001"]).toContain(refusal?.reason.code);
      expect(await administrators()).toBe(1);
      await sql`update users set status = 'active' where status <> 'active'`;
      await promote(database.admin, ids.ann, ids.bob);
    }
  },
  60_000,
);

test.each(["read committed", "repeatable read"])(
  "whoever is protected while being demoted, %s, is either protected or demoted",
  async (level) => {
    for (let round = 0; round < 50; round += 1) {
      const act = (work: (tx: Database) => Promise<unknown>) =>
        database.api.sql.begin(`isolation level ${level}`, (tx) =>
          work({ ...database.api, sql: tx as unknown as Sql }),
        );
      const ends = await Promise.allSettled([
        act((tx) => protect(tx, [ids.boss, ids.ann])),
        act((tx) => tx.sql.unsafe(ways[round % 2]!(ids.ann))),
      ]);
      expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      const [demoted] =
        await sql`select status <> 'active' or not exists (select from user_roles where user_id = u.id) as gone,
        is_protected_user(id) as kept from users u where id = ${ids.ann}`;
      expect(demoted?.gone).toBe(!demoted?.kept);
      await unguarded(async (tx) => {
        await tx`update system_config set value = ${JSON.stringify([ids.boss])}::text::jsonb where key = 'protected_users'`;
        await tx`update users set status = 'active'`;
      });
      await promote(database.admin, ids.ann);
    }
  },
  60_000,
);
