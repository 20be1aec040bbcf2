import type { Feature } from "@countersign/audit/features";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

const password = "gravel-lantern-orbit-42";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let boss: Person;
beforeAll(async () => {
  api = await createTestApi({ settings: { "signin.per_minute_per_network": 500 } });
  admin = api.database.admin.sql;
  boss = await api.person(["users.sessions"], "Boss");
});
afterAll(() => api.close());

const open = async (userId: number, ip = "192.0.2.9") => {
  const { token } = await api.services.accounts.sessions.create(api.database.api, { userId, ip, userAgent: "other" });
  return api.caller({ token });
};
const personWith = async (features: Feature[], name: string): Promise<Person> => {
  const person = await api.person(features, name);
  const hash = await api.services.accounts.passwords.hash(password);
  await admin`update users set password_hash = ${hash} where id = ${person.id}`;
  return person;
};
const statusOf = async (who: Pick<Person, "get">) => (await who.get("/trpc/auth.me")).status;
const eventsOf = (userId: number) => api.stored({ objectType: "user", objectId: String(userId) });
const tokenIn = (answer: Response) =>
  /countersign_sid=([\w-]{43})/.exec(answer.headers.get("set-cookie") ?? "")?.[1] ?? "";

test("everybody sees their own open sessions, ends one of them, then all others", async () => {
  const ann = await api.person([], "Ann");
  const others = [await open(ann.id), await open(ann.id), await open(ann.id)];
  await admin`update sessions set expires_at = now() where user_id = ${ann.id} and id = (select max(id) from sessions)`;
  const { items } = await ann.trpc.users.ownSessions.query();
  expect(items).toHaveLength(3);
  expect(items.filter(({ isThisOne }) => isThisOne)).toHaveLength(1);
  expect(items.find(({ isThisOne }) => !isThisOne)).toMatchObject({ ip: "192.0.2.9", userAgent: "other" });
  expect(JSON.stringify(items)).not.toContain(ann.token);
  const own = items.find(({ isThisOne }) => isThisOne)?.id;
  const { endOwnSessions } = ann.trpc.users;
  const one = Math.min(...items.filter(({ isThisOne }) => !isThisOne).map(({ id }) => id));
  expect(await endOwnSessions.mutate({ sessionId: one })).toMatchObject({ outcome: "done", sessionsEnded: 1 });
  expect(await statusOf(others[0]!)).toBe(401);
  expect(await refusalOf(endOwnSessions.mutate({ sessionId: one }))).toMatchObject({ httpStatus: 404 });
  expect(await endOwnSessions.mutate({})).toMatchObject({ outcome: "done", sessionsEnded: 2 });
  expect(await endOwnSessions.mutate({})).toMatchObject({ outcome: "no_change", receipt: null, sessionsEnded: 0 });
  expect([await statusOf(ann), await statusOf(others[1]!)]).toEqual([200, 401]);
  expect(await eventsOf(ann.id)).toMatchObject([
    { code: "sys_session_revoked", status: "success", metadata: { session: one, count: 1 } },
    { code: "sys_session_revoked", status: "failed", metadata: { session: one } },
    { code: "sys_session_revoked", status: "success", metadata: { count: 2, keptSession: own } },
  ]);
});

test("nobody ends a session of another as their own, and sees none without the right", async () => {
  const [ben, carl] = [await api.person([], "Ben"), await api.person([], "Carl")];
  const id = (await carl.trpc.users.ownSessions.query()).items[0]?.id ?? 0;
  expect(await refusalOf(ben.trpc.users.endOwnSessions.mutate({ sessionId: id }))).toMatchObject({ httpStatus: 404 });
  expect(await refusalOf(ben.trpc.users.sessions.query({ userId: carl.id }))).toMatchObject({ httpStatus: 403 });
  expect(await refusalOf(boss.trpc.users.endSessions.mutate({ userId: ben.id, sessionId: id }))).toMatchObject({
    httpStatus: 404,
  });
  expect(await statusOf(carl)).toBe(200);
});

test("who may end sessions of others sees them and ends one or all, each recorded", async () => {
  const dora = await api.person([], "Dora");
  const second = await open(dora.id);
  const { items } = await boss.trpc.users.sessions.query({ userId: dora.id });
  expect(items).toHaveLength(2);
  expect(items.every(({ isThisOne }) => !isThisOne)).toBe(true);
  const sessionId = Math.min(...items.map(({ id }) => id));
  const { endSessions } = boss.trpc.users;
  await endSessions.mutate({ userId: dora.id, sessionId });
  expect([await statusOf(dora), await statusOf(second)]).toEqual([401, 200]);
  expect(await endSessions.mutate({ userId: dora.id, reason: "lost laptop" })).toMatchObject({ sessionsEnded: 1 });
  expect(await statusOf(second)).toBe(401);
  expect(await endSessions.mutate({ userId: dora.id })).toMatchObject({ outcome: "no_change" });
  expect(await eventsOf(dora.id)).toMatchObject([
    { code: "sys_session_revoked", actor: { label: "Boss" }, object: { label: "Dora" }, metadata: { count: 1 } },
    { code: "sys_session_revoked", notes: "lost laptop", metadata: { count: 1 } },
  ]);
  for (const call of [boss.trpc.users.sessions.query, endSessions.mutate]) {
    expect(await refusalOf(call({ userId: 999_999 }))).toMatchObject({ httpStatus: 404 });
  }
});

test("nobody keeps somebody out who may do more by ending their sessions again and again", async () => {
  const chief = await api.person(["users.sessions", "system.keys"], "Chief");
  const { items } = await chief.trpc.users.ownSessions.query();
  for (const sessionId of [undefined, items[0]?.id]) {
    const refusal = await refusalOf(boss.trpc.users.endSessions.mutate({ userId: chief.id, sessionId }));
    expect(refusal).toMatchObject({ httpStatus: 403, reason: "more_powerful" });
  }
  expect(await statusOf(chief)).toBe(200);
  const denied = { code: "sys_session_revoked", status: "denied", actor: { label: "Boss" } };
  expect(await eventsOf(chief.id)).toMatchObject([denied, denied]);
});

const makeRole = (who: Pick<Person, "trpc">, name: string) => who.trpc.roles.create.mutate({ name });
const age = (who: Person, minutes: number) =>
  admin`update sessions set authenticated_at = now() - make_interval(secs => ${minutes * 60}) where user_id = ${who.id}`;

test("what needs a fresh password is refused once it is old, and allowed when it was given again", async () => {
  const eve = await personWith(["roles.manage"], "Eve");
  await age(eve, 4.9);
  await makeRole(eve, "first");
  await age(eve, 5.1);
  expect(await refusalOf(makeRole(eve, "second"))).toMatchObject({
    httpStatus: 403,
    reason: "reauthentication_required",
    message: "Nothing was changed: this needs your password again, since you gave it more than 5 min ago.",
  });
  expect((await api.stored({ codes: ["role_create"] })).at(-1)).toMatchObject({
    status: "denied",
    actor: { label: "Eve" },
  });
  api.settings["session.reauth_minutes"] = 10;
  await makeRole(eve, "by another setting");
  delete api.settings["session.reauth_minutes"];

  const answer = await eve.post("/api/auth/reauthenticate", { password });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("set-cookie")).toMatch(/HttpOnly; SameSite=Lax/);
  expect(await statusOf(eve)).toBe(401);
  const renewed = api.caller({ token: tokenIn(answer) });
  expect(await makeRole(renewed, "second")).toMatchObject({ outcome: "done" });
  expect((await eventsOf(eve.id)).at(-1)).toMatchObject({
    code: "user_login",
    status: "success",
    actor: { label: "Eve" },
    metadata: { again: true },
  });
});

type Trpc = Person["trpc"];
const [roleId, userId] = [999_999, 999_999];
const freshActs: [string, string, (trpc: Trpc) => Promise<unknown>][] = [
  [
    "making a user with roles",
    "user_create",
    ({ users }) => users.create.mutate({ username: "gil", name: "Gil", roleIds: [roleId] }),
  ],
  ["setting a password", "user_change_password", ({ users }) => users.resetPassword.mutate({ userId })],
  ["making a role", "role_create", ({ roles }) => roles.create.mutate({ name: "x" })],
  ["changing a role", "role_update", ({ roles }) => roles.update.mutate({ roleId, version: 1, name: "x" })],
  ["removing a role", "role_delete", ({ roles }) => roles.delete.mutate({ roleId, reason: "x" })],
  ["giving a role", "role_assign_user", ({ roles }) => roles.assignUser.mutate({ roleId, userId })],
  ["taking a role", "role_revoke_user", ({ roles }) => roles.revokeUser.mutate({ roleId, userId })],
  [
    "giving a feature",
    "role_assign_feature",
    ({ roles }) => roles.assignFeature.mutate({ roleId, feature: "permits.read" }),
  ],
  [
    "taking a feature",
    "role_revoke_feature",
    ({ roles }) => roles.revokeFeature.mutate({ roleId, feature: "permits.read" }),
  ],
];

test.each(freshActs)("%s needs a fresh password", async (_, code, act) => {
  const gil = await api.person([
    "users.create",
    "users.update",
    "roles.manage",
    "roles.assign",
    "roles.features",
    "permits.read",
  ]);
  await age(gil, 6);
  expect(await refusalOf(act(gil.trpc))).toMatchObject({ httpStatus: 403, reason: "reauthentication_required" });
  expect(await api.stored({ actorId: String(gil.id) })).toMatchObject([{ code, status: "denied" }]);
  await age(gil, 0);
  await act(gil.trpc).catch(({ data }) => expect(data.reason).toBe("not_found"));
});

test("a wrong password given again is counted and recorded as that user's, and the session goes on", async () => {
  const finn = await personWith(["roles.manage"], "Finn");
  await age(finn, 6);
  for (let guess = 0; guess < 5; guess += 1) {
    const answer = await finn.post("/api/auth/reauthenticate", { password: `wrong ${guess}` });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: { code: "sign_in_failed" } });
    expect(answer.headers.get("set-cookie")).toBeNull();
  }
  expect((await finn.post("/api/auth/reauthenticate", { password })).status).toBe(429);
  expect(await statusOf(finn)).toBe(200);
  expect(await refusalOf(makeRole(finn, "third"))).toMatchObject({ reason: "reauthentication_required" });
  const events = await eventsOf(finn.id);
  expect(events).toHaveLength(5);
  expect(events[0]).toMatchObject({
    code: "user_login",
    status: "failed",
    actor: { type: "user", id: String(finn.id), label: "Finn" },
    objectDescription: "Username: Finn",
  });
  expect(JSON.stringify(events)).not.toContain("wrong 0");
});
