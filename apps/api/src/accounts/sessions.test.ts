import { createTestDatabase, type TestDatabase } from "@countersign/db/testing";
import { inTransaction } from "@countersign/db/transaction";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createSessions, type SessionsOptions } from "./sessions.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.admin.sql.unsafe(`
    insert into roles (name, name_folded) values ('Officer', 'officer'), ('Clerk', 'clerk');
    insert into role_features (role_id, feature)
      select r.id, f.feature from roles r, (values ('permits.read'), ('permits.update'), ('no.such')) f (feature);
    delete from role_features where feature = 'permits.update' and role_id = (select id from roles where name = 'Clerk');
  `);
});
afterAll(() => database.drop());

const signIn = async (options: Partial<SessionsOptions> = {}) => {
  const [user] = await database.admin.sql`
    insert into users (username, username_folded, name) values ('ann', gen_random_uuid()::text, 'Ann') returning id::int as id`;
  const userId = user?.id as number;
  await database.admin
    .sql`insert into user_roles (user_id, role_id) select ${userId}, id from roles where name in ('Officer', 'Clerk')`;
  let time = 0;
  const sessions = createSessions({
    db: database.api,
    idleMinutes: () => 15,
    absoluteHours: () => 12,
    cacheMs: 0,
    now: () => time,
    ...options,
  });
  const opened = await inTransaction(database.api, (tx) =>
    sessions.create(tx, { userId, ip: "192.0.2.1", userAgent: "test" }),
  );
  const wait = (ms: number) => {
    time += ms;
  };
  return { sessions, userId, wait, ...opened };
};

/** Moves a session into the past, as the clock of the database would. */
const age = (userId: number, column: "last_seen_at" | "expires_at", by: string) =>
  database.admin
    .sql`update sessions set ${database.admin.sql(column)} = ${database.admin.sql(column)} - ${by}::interval where user_id = ${userId}`;

test("a token opens the session of its user with roles and features, and is stored nowhere", async () => {
  const { sessions, token, userId, expiresAt } = await signIn();
  expect(Buffer.from(token, "base64url")).toHaveLength(32);
  expect(await sessions.find(token)).toMatchObject({
    expiresAt,
    account: { id: userId, username: "ann", roles: ["Clerk", "Officer"], features: ["permits.read", "permits.update"] },
  });
  expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(11.9 * 3_600_000);
  const [row] = await database.admin
    .sql`select s::text as text, encode(token_hash, 'escape') as hash from sessions s where user_id = ${userId}`;
  expect(JSON.stringify(row)).not.toContain(token);
  expect(await sessions.find("A".repeat(43))).toBeUndefined();
});

test("a session ends when idle for 15 minutes and not before", async () => {
  const { sessions, token, userId } = await signIn();
  await age(userId, "last_seen_at", "14 minutes 50 seconds");
  expect(await sessions.find(token)).toBeDefined();
  // Having been seen set the idle clock back.
  await age(userId, "last_seen_at", "14 minutes 50 seconds");
  expect(await sessions.find(token)).toBeDefined();
  await age(userId, "last_seen_at", "15 minutes");
  expect(await sessions.find(token)).toBeUndefined();
});

test("being seen is noted at most every 30 seconds", async () => {
  const { sessions, token, userId } = await signIn();
  const seen = async () => (await database.admin.sql`select last_seen_at from sessions where user_id = ${userId}`)[0];
  const first = await seen();
  await sessions.find(token);
  expect(await seen()).toEqual(first);
  await age(userId, "last_seen_at", "31 seconds");
  const aged = await seen();
  await sessions.find(token);
  expect(await seen()).not.toEqual(aged);
});

test("a session ends after 12 hours however busy it is, and the next sign-in clears it away", async () => {
  const { sessions, token, userId } = await signIn();
  await age(userId, "expires_at", "12 hours");
  expect(await sessions.find(token)).toBeUndefined();
  await sessions.create(database.api, { userId, ip: undefined, userAgent: undefined });
  expect(await database.admin.sql`select from sessions where user_id = ${userId}`).toHaveLength(1);
});

test("a session that was ended cannot be used again, from memory neither", async () => {
  const { sessions, token } = await signIn({ cacheMs: 2000 });
  expect(await sessions.find(token)).toBeDefined();
  expect(await sessions.end(database.api, token)).toBe(true);
  expect(await sessions.find(token)).toBeUndefined();
  expect(await sessions.end(database.api, token)).toBe(false);
});

test("what is read while an end is not yet committed is not remembered", async () => {
  const { sessions, token, wait } = await signIn({ cacheMs: 2000 });
  await inTransaction(database.api, async (tx) => {
    await sessions.end(tx, token);
    wait(100);
    expect(await sessions.find(token)).toBeDefined();
  });
  expect(await sessions.find(token)).toBeUndefined();
});

test("all sessions of a user can be ended but one, and a disabled user has none", async () => {
  const { sessions, token, userId } = await signIn();
  const other = await sessions.create(database.api, { userId, ip: undefined, userAgent: undefined });
  const kept = await sessions.find(token);
  expect(await inTransaction(database.api, (tx) => sessions.endAllOf(tx, userId, kept?.sessionId))).toBe(1);
  expect(await sessions.find(other.token)).toBeUndefined();
  expect(await sessions.find(token)).toBeDefined();
  await database.admin.sql`update users set status = 'inactive' where id = ${userId}`;
  expect(await sessions.find(token)).toBeUndefined();
});

test("a right taken away is gone when memory has run out, at once when told", async () => {
  const { sessions, token, userId, wait } = await signIn({ cacheMs: 2000 });
  const features = async () => (await sessions.find(token))?.account.features.length;
  expect(await features()).toBe(2);
  await database.admin
    .sql`delete from user_roles where user_id = ${userId} and role_id = (select id from roles where name = 'Officer')`;
  expect(await features()).toBe(2);
  wait(2000);
  expect(await features()).toBe(1);
  await database.admin.sql`delete from user_roles where user_id = ${userId}`;
  sessions.forget();
  expect(await features()).toBe(0);
});
