import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestApi, type Person, type TestApi } from "../testing.ts";

/** Longer than any test takes. */
const cacheMs = 60_000;

let api: TestApi;
let boss: Person;
let ann: Person;
let roleId: number;
beforeAll(async () => {
  api = await createTestApi({ cacheMs, settings: { "session.reauth_minutes": 60 } });
  boss = await api.person(
    [
      "roles.manage",
      "roles.assign",
      "roles.features",
      "users.activate",
      "users.delete",
      "users.update",
      "users.sessions",
      "permits.read",
    ],
    "Boss",
  );
});
beforeEach(async () => {
  // What was forgotten is not remembered again before this is over.
  api.clock.move(cacheMs);
  ann = await api.person(["permits.read"]);
  const [role] = await api.database.admin.sql`select id::int as id from roles where name = ${ann.role}`;
  roleId = Number(role?.id);
});
afterAll(() => api.close());

const statusOf = async () => (await ann.get("/api/permits")).status;

test("without being told, a session is answered from memory", async () => {
  expect(await statusOf()).toBe(200);
  await api.database.admin.sql`update users set status = 'inactive' where id = ${ann.id}`;
  expect(await statusOf()).toBe(200);
});

type Act = (trpc: Person["trpc"]) => Promise<unknown>;
const acts: [string, number, Act][] = [
  ["deactivating", 401, ({ users }) => users.deactivate.mutate({ userId: ann.id, reason: "x" })],
  ["deleting", 401, ({ users }) => users.delete.mutate({ userId: ann.id, reason: "x" })],
  ["a new password", 401, ({ users }) => users.resetPassword.mutate({ userId: ann.id })],
  ["ending the sessions", 401, ({ users }) => users.endSessions.mutate({ userId: ann.id })],
  ["taking the role", 403, ({ roles }) => roles.revokeUser.mutate({ roleId, userId: ann.id })],
  ["deleting the role", 403, ({ roles }) => roles.delete.mutate({ roleId, reason: "x" })],
  ["taking the feature", 403, ({ roles }) => roles.revokeFeature.mutate({ roleId, feature: "permits.read" })],
];

test.each(acts)("%s counts at the next request of a session that is remembered: %i", async (_, status, act) => {
  expect([await statusOf(), await statusOf()]).toEqual([200, 200]);
  await act(boss.trpc);
  expect(await statusOf()).toBe(status);
});

test("a session that was ended by its owner, or whose token was replaced, is not remembered", async () => {
  expect(await statusOf()).toBe(200);
  const { token } = await api.services.accounts.sessions.create(api.database.api, {
    userId: ann.id,
    ip: undefined,
    userAgent: undefined,
  });
  await api.caller({ token }).trpc.users.endOwnSessions.mutate({});
  expect(await statusOf()).toBe(401);
});

test("the password of whoever has one's former name is not one's own", async () => {
  const { sql } = api.database.admin;
  const other = await api.person([]);
  const hash = await api.services.accounts.passwords.hash("gravel-lantern-orbit-42");
  expect(await statusOf()).toBe(200);
  await sql`update users set username = 'former', username_folded = 'former' where id = ${ann.id}`;
  await sql`update users set username = ${ann.name}, username_folded = lower(${ann.name}), password_hash = ${hash} where id = ${other.id}`;
  const answer = await ann.post("/api/auth/reauthenticate", { password: "gravel-lantern-orbit-42" });
  expect([answer.status, answer.headers.get("set-cookie")]).toEqual([401, null]);
});
