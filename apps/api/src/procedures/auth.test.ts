import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

const password = "gravel-lantern-orbit-42";
const wrong = "gravel-lantern-orbit-43";

let api: TestApi;
let clerk: Person;
beforeAll(async () => {
  api = await createTestApi({ settings: { "signin.per_minute_per_network": 200 } });
  clerk = await api.person(["permits.read"], "Clara Clerk");
  const hash = await api.services.accounts.passwords.hash(password);
  await api.database.admin.sql`update users set password_hash = ${hash} where id = ${clerk.id}`;
});
afterAll(() => api.close());

const login = (username: string, secret: string, headers: Record<string, string> = {}, ip = "192.0.2.7") =>
  api
    .caller({ ip })
    .send("/api/auth/login", { method: "POST", headers, body: JSON.stringify({ username, password: secret }) });
const loginsOf = async () =>
  (await api.stored({ codes: ["user_login"] })).filter((entry) => entry.code === "user_login");

test("signing in opens a session, sets a guarded cookie and records who, from where", async () => {
  const answer = await login("clara clerk", password);
  expect(answer.status).toBe(200);
  const cookie = answer.headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/^countersign_sid=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/);
  const last = (await loginsOf()).at(-1);
  expect(last).toMatchObject({
    status: "success",
    actor: { label: "Clara Clerk" },
    object: { id: String(clerk.id) },
    ip: "192.0.2.7",
  });
  const token = /=([\w-]{43})/.exec(cookie)?.[1] ?? "";
  expect((await api.caller({ token }).trpc.auth.me.query()).user).toMatchObject({
    id: clerk.id,
    features: ["permits.read"],
  });
});

test("unknown, wrong and inactive are told apart by nobody, and an unknown name is not kept", async () => {
  const idle = await api.person([], "Ivo Inactive");
  const hash = await api.services.accounts.passwords.hash(password);
  await api.database.admin.sql`update users set password_hash = ${hash}, status = 'inactive' where id = ${idle.id}`;
  const answers = [
    await login("Clara Clerk", wrong),
    await login("Ivo Inactive", password),
    await login("hunter2hunter2", password),
  ];
  const bodies = await Promise.all(
    answers.map(async (answer) => [
      answer.status,
      ((await answer.json()) as { error: { code: string; message: string } }).error,
    ]),
  );
  expect(bodies.map(([status, error]) => [status, (error as { message: string }).message])).toEqual(
    Array.from({ length: 3 }, () => [401, "The name or the password is wrong."]),
  );
  const failed = (await loginsOf()).filter((entry) => entry.status === "failed").slice(-3);
  expect(
    failed.map(({ actor, object, objectDescription, severity }) => [
      actor.type,
      object?.label ?? null,
      objectDescription,
      severity,
    ]),
  ).toEqual([
    ["anonymous", "Clara Clerk", "Username: Clara Clerk", "low"],
    ["anonymous", "Ivo Inactive", "Username: Ivo Inactive", "low"],
    ["anonymous", null, "Username: (unknown)", "low"],
  ]);
  const [kept] = await api.database.admin.sql`select count(*)::int as n from event_log where details like '%hunter2%'`;
  expect(kept?.n).toBe(0);
});

test("twenty wrong passwords: five are looked at, then 429 with a time, and the refusals are one counted event", async () => {
  await api.person([], "Gus Guessed");
  const statuses: number[] = [];
  for (let guess = 0; guess < 20; guess++) {
    const answer = await login("Gus Guessed", wrong, {}, "192.0.2.20");
    statuses.push(answer.status);
    if (answer.status === 429) expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  }
  expect(statuses.filter((status) => status === 401)).toHaveLength(5);
  expect(statuses.filter((status) => status === 429)).toHaveLength(15);
  const entries = (await loginsOf()).filter((entry) => entry.ip === "192.0.2.20");
  expect(entries).toHaveLength(6);
  const [window] = await api.database.admin
    .sql`select repeats from collapsed_read where draft->'request'->>'ip' = '192.0.2.20'`;
  expect(window?.repeats).toBe(14);
});

test("neighbours in one IPv6 network are one guesser, whatever address each try comes from", async () => {
  const from = (host: number) => login("Vic Victim", wrong, {}, `2001:db8:0:7::${host}`);
  for (let host = 1; host <= 5; host++) expect((await from(host)).status).toBe(401);
  for (let host = 6; host <= 9; host++) expect((await from(host)).status).toBe(429);
  const refused = (await loginsOf()).filter((entry) => entry.ip?.startsWith("2001:db8:0:7:"));
  expect(refused).toHaveLength(6);
});

test("a forged X-Forwarded-For changes neither the recorded address nor the limits", async () => {
  await login("Clara Clerk", wrong, { "x-forwarded-for": "203.0.113.9" }, "192.0.2.30");
  expect((await loginsOf()).at(-1)?.ip).toBe("192.0.2.30");
});

test("a page of another site can sign nobody in or out", async () => {
  const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  expect((await login("Clara Clerk", password, foreign)).status).toBe(403);
  const answer = await clerk.send("/trpc/auth.signOut", { method: "POST", headers: foreign, body: "{}" });
  expect(answer.status).toBe(403);
  expect((await clerk.trpc.auth.me.query()).user.id).toBe(clerk.id);
});

test("a session ends when it was idle too long and when its time is over", async () => {
  for (const over of ["last_seen_at = now() - interval '16 minutes'", "expires_at = now() - interval '1 second'"]) {
    const somebody = await api.person([]);
    expect((await somebody.trpc.auth.me.query()).user.id).toBe(somebody.id);
    await api.database.admin.sql.unsafe(`update sessions set ${over} where user_id = ${somebody.id}`);
    expect(await refusalOf(somebody.trpc.auth.me.query())).toMatchObject({
      httpStatus: 401,
      reason: "unauthenticated",
    });
  }
});

test("signing out ends the session, takes the cookie back and is recorded once", async () => {
  const somebody = await api.person([], "Lea Leaving");
  const answer = await somebody.post("/trpc/auth.signOut", {});
  expect(answer.headers.get("set-cookie")).toMatch(/^countersign_sid=; Max-Age=0;/);
  expect((await somebody.get("/trpc/auth.me")).status).toBe(401);
  expect((await somebody.post("/trpc/auth.signOut", {})).status).toBe(401);
  const events = await api.stored({ actorId: String(somebody.id) });
  expect(events.map((entry) => entry.code)).toEqual(["user_logout"]);
});

test("the events of a session carry its number, and a new password tells which one goes on", async () => {
  const person = await api.person([], "Nora Numbered");
  const hash = await api.services.accounts.passwords.hash(password);
  await api.database.admin.sql`update users set password_hash = ${hash} where id = ${person.id}`;
  const signIn = async () => {
    const answer = await login("Nora Numbered", password);
    return api.caller({ token: /=([\w-]{43})/.exec(answer.headers.get("set-cookie") ?? "")?.[1] ?? "" });
  };
  const [one, two] = [await signIn(), await signIn()];
  await one.post("/trpc/auth.signOut", {});
  await two.post("/api/auth/password", { currentPassword: password, newPassword: "copper-walrus-tundra-17" });
  const events = await api.stored({ objectType: "user", objectId: String(person.id) });
  const [first, second] = events.map(({ metadata }) => metadata?.session);
  expect([typeof first, typeof second, first === second]).toEqual(["number", "number", false]);
  expect(events.slice(2)).toMatchObject([
    { code: "user_logout", metadata: { session: first } },
    { code: "user_change_password", metadata: { keptSession: second } },
  ]);
});

test("a cookie that was planted before signing in is not the session afterwards", async () => {
  const planted = "A".repeat(43);
  const answer = await login("Clara Clerk", password, { cookie: `countersign_sid=${planted}` });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("set-cookie")).not.toContain(planted);
  expect(await refusalOf(api.caller({ token: planted }).trpc.auth.me.query())).toMatchObject({ httpStatus: 401 });
});

test.each([
  [{ username: "x" }],
  [{ username: "x", password: { $ne: 1 } }],
  [{ username: "x", password: "y", admin: true }],
  [{ username: "", password: "y" }],
  [{ username: "x", password: "y".repeat(1025) }],
  [{ username: "x\u0000", password: "y" }],
])("%j is refused with 422 before anything is hashed", async (body) => {
  expect((await api.caller().post("/api/auth/login", body)).status).toBe(422);
});
