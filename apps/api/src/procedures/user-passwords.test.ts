import { setTimeout as sleep } from "node:timers/promises";
import { type Feature, features } from "@countersign/audit/features";
import { afterAll, beforeAll, expect, test } from "vitest";
import { appRouter } from "../router.ts";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";
import type { ProcedureMeta } from "../trpc/init.ts";

const password = "gravel-lantern-orbit-42";
const next = "meadow-compass-violet-17";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let boss: Person;
let passwordHash: string;
beforeAll(async () => {
  api = await createTestApi({ settings: { "signin.per_minute_per_network": 500 } });
  admin = api.database.admin.sql;
  passwordHash = await api.services.accounts.passwords.hash(password);
  boss = await personWith(["users.update", "permits.read"], "Boss");
});
afterAll(() => api.close());

const personWith = async (features: Feature[], name?: string): Promise<Person> => {
  const person = await api.person(features, name);
  await admin`update users set password_hash = ${passwordHash} where id = ${person.id}`;
  return person;
};
const login = (username: string, secret: string) =>
  api.caller().post("/api/auth/login", { username, password: secret });
const change = (who: Pick<Person, "post">, currentPassword: string, newPassword: string) =>
  who.post("/api/auth/password", { currentPassword, newPassword });
const tokenIn = (answer: Response) =>
  /countersign_sid=([\w-]{43})/.exec(answer.headers.get("set-cookie") ?? "")?.[1] ?? "";
const statusOf = async (who: Pick<Person, "get">) => (await who.get("/trpc/auth.me")).status;
const eventsOf = async (userId: number) =>
  (await api.stored({ objectType: "user", objectId: String(userId) })).filter(({ code }) => code !== "user_login");
const isWaiting = async () =>
  (await admin`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).length >
  0;
const another = async (person: Person) => {
  const { token } = await api.services.accounts.sessions.create(api.database.api, {
    userId: person.id,
    ip: undefined,
    userAgent: undefined,
  });
  return api.caller({ token });
};

test("a changed password counts at once, ends every other session, and moves one's own to a new token", async () => {
  const ann = await personWith([], "Ann");
  const other = await another(ann);
  const answer = await change(ann, password, next);
  expect(await answer.json()).toMatchObject({ outcome: "done", sessionsEnded: 1 });
  expect(await statusOf(other)).toBe(401);
  expect(await statusOf(ann)).toBe(401);
  expect(await statusOf(api.caller({ token: tokenIn(answer) }))).toBe(200);
  expect((await login("Ann", password)).status).toBe(401);
  expect((await login("Ann", next)).status).toBe(200);
  const events = await eventsOf(ann.id);
  expect(events).toMatchObject([
    { code: "user_change_password", status: "success", changes: null, metadata: { sessionsEnded: 1 } },
  ]);
  expect(JSON.stringify(events)).not.toMatch(/gravel|meadow|argon/);
});

test("a wrong, weak or unchanged password changes nothing, and the events hold no value", async () => {
  const ben = await personWith([], "Ben");
  for (const [current, wanted, reason, field] of [
    ["gravel-lantern-orbit-43", next, "wrong_password", { path: "currentPassword", rule: "wrong" }],
    [password, "too short", "weak_password", { path: "newPassword", rule: "too_short" }],
    [password, "passwordpassword", "weak_password", { path: "newPassword", rule: "common" }],
    [password, password, "weak_password", { path: "newPassword", rule: "same" }],
  ] as const) {
    const answer = await change(ben, current, wanted);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ error: { code: reason, fields: [field] } });
    expect((await eventsOf(ben.id)).at(-1)).toMatchObject({ status: "failed", metadata: { fields: [field] } });
  }
  expect(JSON.stringify(await api.stored())).not.toMatch(/gravel-lantern|meadow|too short"|passwordpassword/);
  expect(await statusOf(ben)).toBe(200);
  expect((await login("Ben", password)).status).toBe(200);
});

test("guesses at the current password are counted like those at the door", async () => {
  const carl = await personWith([], "Carl");
  for (let guess = 0; guess < 5; guess += 1) expect((await change(carl, `wrong ${guess}`, next)).status).toBe(422);
  const stopped = await change(carl, password, next);
  expect([stopped.status, stopped.headers.get("retry-after")]).toEqual([429, "2"]);
  expect((await login("Carl", password)).status).toBe(429);
});

test("a password that was set anew while another change was under way stays", async () => {
  const dora = await personWith([], "Dora");
  const { answer } = await admin.begin(async (tx) => {
    await tx`update users set password_hash = 'set by somebody else' where id = ${dora.id}`;
    const answer = change(dora, password, next);
    while (!(await isWaiting())) await sleep(10);
    return { answer };
  });
  expect(await (await answer).json()).toMatchObject({ error: { code: "wrong_password" } });
  expect(await admin`select password_hash as hash from users where id = ${dora.id}`).toEqual([
    { hash: "set by somebody else" },
  ]);
});

test("a password set by an administrator is shown once, ends the sessions and must be changed", async () => {
  const eve = await personWith([], "Eve");
  for (let guess = 0; guess < 6; guess += 1) await login("Eve", "wrong");
  expect((await login("Eve", password)).status).toBe(429);
  const reset = await boss.trpc.users.resetPassword.mutate({ userId: eve.id, reason: "forgot it" });
  expect(reset).toMatchObject({ outcome: "done", sessionsEnded: 1 });
  expect(await statusOf(eve)).toBe(401);
  expect((await login("Eve", password)).status).toBe(401);
  expect(await (await login("Eve", reset.password)).json()).toMatchObject({ user: { mustChangePassword: true } });
  const events = await eventsOf(eve.id);
  expect(events).toMatchObject([
    {
      code: "user_change_password",
      status: "success",
      actor: { label: "Boss" },
      object: { label: "Eve" },
      notes: "forgot it",
      metadata: { sessionsEnded: 1, reset: true },
    },
  ]);
  expect(JSON.stringify(events)).not.toContain(reset.password);
});

test("nobody sets the password of somebody who may do more, or of a protected account", async () => {
  const chief = await personWith(["system.keys"], "Chief");
  const { resetPassword } = boss.trpc.users;
  expect(await refusalOf(resetPassword.mutate({ userId: chief.id }))).toMatchObject({
    httpStatus: 403,
    reason: "more_powerful",
  });
  expect((await eventsOf(chief.id)).at(-1)).toMatchObject({ status: "denied", object: { label: "Chief" } });
  expect(await statusOf(chief)).toBe(200);
  expect((await login("Chief", password)).status).toBe(200);
});

type Walked = { _def: { type: string; meta?: ProcedureMeta } };
const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Walked>);
const open = ["auth.me", "auth.signOut", "auth.changePassword", "auth.reauthenticate", "system.settings"];

test("with a password that must be changed nothing is open but what leads to a new one", async () => {
  const finn = await personWith(Object.keys(features) as Feature[], "Finn");
  await admin`update users set must_change_password = true where id = ${finn.id}`;
  for (const [name, { _def }] of procedures) {
    if (open.includes(name) || _def.meta?.access === "public") continue;
    const before = (await api.stored({ actorId: String(finn.id) })).length;
    const answer =
      _def.type === "mutation"
        ? await finn.post(`/trpc/${name}`, { json: {} })
        : await finn.get(`/trpc/${name}?input=%7B%22json%22:%7B%7D%7D`);
    // A stream is refused by what comes in it.
    expect([name, answer.status]).toEqual([name, _def.type === "subscription" ? 200 : 403]);
    expect([name, await answer.text()]).toEqual([name, expect.stringContaining('"reason":"password_change_required"')]);
    const events = await api.stored({ actorId: String(finn.id) });
    expect([name, events.slice(before).map(({ status }) => status)]).toEqual([name, ["denied"]]);
  }
  for (const name of ["auth.me", "system.settings"]) expect((await finn.get(`/trpc/${name}`)).status).toBe(200);
  expect((await finn.post("/api/auth/reauthenticate", { password: "wrong" })).status).toBe(401);
  const changed = await change(finn, password, next);
  const now = api.caller({ token: tokenIn(changed) });
  expect((await now.get("/api/permits")).status).toBe(200);
  expect(await (await now.get("/api/auth/me")).json()).toMatchObject({ user: { mustChangePassword: false } });
  expect((await now.post("/api/auth/logout", {})).status).toBe(200);
});

test("nobody resets their own password: it is changed with the one they have", async () => {
  const own = boss.trpc.users.resetPassword.mutate({ userId: boss.id });
  expect(await refusalOf(own)).toMatchObject({ httpStatus: 409, reason: "own_account" });
  expect(await statusOf(boss)).toBe(200);
});

test("nobody renames somebody who may do more", async () => {
  const chief = await personWith(["system.keys"], "Chief Keeper");
  const rename = boss.trpc.users.update.mutate({ userId: chief.id, version: 1, username: "nobody knows" });
  expect(await refusalOf(rename)).toMatchObject({ httpStatus: 403, reason: "more_powerful" });
  expect((await eventsOf(chief.id)).at(-1)).toMatchObject({ code: "user_update", status: "denied" });
});
