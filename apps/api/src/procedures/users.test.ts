import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let boss: Person;
let clerkRole: number;
let readerRole: number;
beforeAll(async () => {
  api = await createTestApi({ settings: { "signin.per_minute_per_network": 500 } });
  admin = api.database.admin.sql;
  boss = await api.person(
    ["users.read", "users.create", "users.update", "roles.assign", "permits.read", "audit.read"],
    "Boss",
  );
  clerkRole = await roleWith("Clerk", "permits.read");
  readerRole = await roleWith("Reader", "audit.read");
});
afterAll(() => api.close());

const roleWith = async (name: string, feature: string): Promise<number> => {
  const [role] =
    await admin`insert into roles (name, name_folded) values (${name}, lower(${name})) returning id::int as id`;
  await admin`insert into role_features values (${role?.id}, ${feature})`;
  return Number(role?.id);
};
type Users = Person["trpc"]["users"];
type NewUser = Parameters<Users["create"]["mutate"]>[0];
let made = 0;
const create = (fields: Partial<NewUser> = {}, by = boss) =>
  by.trpc.users.create.mutate({ username: `user${++made}`, name: "Ada Lovelace", ...fields });
const update = (input: Parameters<Users["update"]["mutate"]>[0]) => boss.trpc.users.update.mutate(input);
const login = (username: string, password: string) => api.caller().post("/api/auth/login", { username, password });
const eventsOf = (userId: number) => api.stored({ objectType: "user", objectId: String(userId) });
const last = async (code: string) => (await api.stored({ codes: [code as never] })).at(-1);
const countUsers = async () => (await admin`select from users`).length;

test("a user gets a password that is shown once, must be changed, and is kept nowhere", async () => {
  const { user, password, outcome, receipt } = await create({ username: "ada", email: "ada@office.example" });
  expect(outcome).toBe("done");
  expect(password).toMatch(/^[\w-]{20}$/);
  expect(user).toMatchObject({
    username: "ada",
    name: "Ada Lovelace",
    email: "ada@office.example",
    status: "active",
    mustChangePassword: true,
    roles: [],
    version: 1,
  });
  expect(await (await login("ADA", password ?? "")).json()).toMatchObject({ user: { mustChangePassword: true } });
  const events = await eventsOf(user.id);
  expect(events.map(({ code }) => code)).toEqual(["user_create", "user_login"]);
  expect(events[0]).toMatchObject({
    id: receipt?.id,
    status: "success",
    object: { label: "Ada Lovelace" },
    changes: {
      username: { old: null, new: "ada" },
      name: { old: null, new: "Ada Lovelace" },
      email: { old: null, new: "ada@office.example" },
      status: { old: null, new: "active" },
      must_change_password: { old: null, new: true },
    },
  });
  expect(JSON.stringify(events)).not.toContain(password);
  const rows =
    await admin`select u::text as row from users u union all select e::text from event_log e union all select o::text from audit_outbox o`;
  expect(JSON.stringify(rows)).not.toContain(password);
});

test("a given password is judged, must be changed too, and is not said again", async () => {
  const given = "gravel-lantern-orbit-42";
  for (const [password, rule] of [
    ["short", "too_short"],
    ["passwordpassword", "common"],
    ["gwendolin-gwendolin", "like_name"],
    ["x".repeat(129), "too_long"],
  ] as const) {
    const refusal = await refusalOf(create({ username: "gwendolin", password }));
    expect(refusal).toMatchObject({ httpStatus: 422, reason: "weak_password", fields: [{ path: "password", rule }] });
    expect(await last("user_create")).toMatchObject({
      status: "failed",
      metadata: { fields: [{ path: "password", rule }] },
    });
  }
  const answer = await create({ username: "gwendolin", password: given });
  expect(answer).toMatchObject({ password: null, user: { mustChangePassword: true } });
  expect((await login("gwendolin", given)).status).toBe(200);
  expect(JSON.stringify(await api.stored())).not.toContain(given);
});

test("roles given with the account have events of their own, of the same request", async () => {
  const { user } = await create({ roleIds: [readerRole, clerkRole, readerRole] });
  expect(user.roles.map(({ name }) => name)).toEqual(["Clerk", "Reader"]);
  const events = (await api.stored({ actorId: String(boss.id) })).slice(-3);
  expect(events.map(({ code, object, target }) => [code, object?.id, target?.id])).toEqual([
    ["user_create", String(user.id), undefined],
    ["role_assign_user", String(clerkRole), String(user.id)],
    ["role_assign_user", String(readerRole), String(user.id)],
  ]);
  expect(events[1]).toMatchObject({
    object: { label: "Clerk" },
    target: { label: "Ada Lovelace" },
    changes: { users: { old: null, new: { id: String(user.id), label: "Ada Lovelace" } } },
  });
  expect(new Set(events.map(({ requestId }) => requestId)).size).toBe(1);
});

test("who may not give roles, or lacks what they hold, makes no user with them, and that is recorded as denied", async () => {
  const creator = await api.person(["users.create"], "Creator");
  const giver = await api.person(["users.create", "roles.assign"], "Giver");
  for (const [by, reason] of [
    [creator, "forbidden"],
    [giver, "feature_lacking"],
  ] as const) {
    const before = await countUsers();
    expect(await refusalOf(create({ username: "mallory", roleIds: [clerkRole] }, by))).toMatchObject({
      httpStatus: 403,
      reason,
    });
    expect(await countUsers()).toBe(before);
    expect(await api.stored({ actorId: String(by.id) })).toMatchObject([{ code: "user_create", status: "denied" }]);
  }
  await expect(create({ username: "mallory" }, creator)).resolves.toMatchObject({ outcome: "done" });
});

test("a role that there is not makes no user", async () => {
  const before = await countUsers();
  expect(await refusalOf(create({ roleIds: [clerkRole, 999_999] }))).toMatchObject({ httpStatus: 404 });
  expect(await countUsers()).toBe(before);
});

test("an update tells exactly what differs, down to nothing", async () => {
  const { user } = await create({ username: "grace", email: "grace@office.example" });
  const renamed = await update({ userId: user.id, version: 1, username: "Grace", reason: "as she writes it" });
  expect(renamed).toMatchObject({ outcome: "done", user: { username: "Grace", version: 2 } });
  const emptied = await update({ userId: user.id, version: 2, email: null, name: "Grace Hopper" });
  expect(emptied).toMatchObject({ outcome: "done", user: { email: null, version: 3 } });
  const again = await update({ userId: user.id, version: 3, email: null, name: "Grace Hopper", username: "Grace" });
  expect(again).toMatchObject({ outcome: "no_change", receipt: null, user: { version: 3 } });
  const events = (await eventsOf(user.id)).slice(1);
  expect(events).toMatchObject([
    { code: "user_update", object: { label: "Ada Lovelace" }, notes: "as she writes it" },
    { code: "user_update", status: "success" },
  ]);
  expect(events.map(({ changes }) => changes)).toEqual([
    { username: { old: "grace", new: "Grace" } },
    { name: { old: "Ada Lovelace", new: "Grace Hopper" }, email: { old: "grace@office.example", new: null } },
  ]);
});

test("the address that alerts go to is changed only by a peer", async () => {
  const chief = await api.person(["system.keys"], "Chief");
  const diverted = update({ userId: chief.id, version: 1, email: "eve@elsewhere.example" });
  expect(await refusalOf(diverted)).toMatchObject({ httpStatus: 403, reason: "more_powerful" });
  expect(await eventsOf(chief.id)).toMatchObject([{ code: "user_update", status: "denied", changes: null }]);
  expect(await update({ userId: chief.id, version: 1, name: "The Chief" })).toMatchObject({ outcome: "done" });
});

test("an update of what was changed meanwhile is refused, and so is a taken name", async () => {
  const [one, other] = [(await create()).user, (await create()).user];
  await update({ userId: one.id, version: 1, name: "First" });
  expect(await refusalOf(update({ userId: one.id, version: 1, name: "Second" }))).toMatchObject({
    httpStatus: 409,
    reason: "stale_version",
  });
  expect((await eventsOf(one.id)).at(-1)).toMatchObject({
    code: "user_update",
    status: "failed",
    object: { label: "First" },
  });
  expect(await refusalOf(update({ userId: other.id, version: 1, username: one.username }))).toMatchObject({
    reason: "name_taken",
  });
  expect(await refusalOf(update({ userId: 999_999, version: 1, name: "x" }))).toMatchObject({ httpStatus: 404 });
  expect(await boss.trpc.users.get.query({ userId: other.id })).toMatchObject({ user: { version: 1 } });
});

test("of two who take a name at the same moment one gets it, and the other is told", async () => {
  for (let round = 0; round < 20; round += 1) {
    const [one, other] = [(await create()).user, (await create()).user];
    const ends = await Promise.allSettled(
      [one, other].map(({ id }) => update({ userId: id, version: 1, username: `wanted${round}` })),
    );
    expect(ends.filter((end) => end.status === "rejected")).toMatchObject([
      { reason: { data: { httpStatus: 409, reason: "name_taken" } } },
    ]);
  }
});

test("users are listed in pages, by status, role and any part of a name", async () => {
  const { user } = await create({ username: "needle_%", name: "Nina Needle", roleIds: [clerkRole] });
  const ids = async (input: Parameters<Users["list"]["query"]>[0]) =>
    (await boss.trpc.users.list.query(input)).items.map(({ id }) => id);
  expect(await ids({ search: "E_%" })).toEqual([user.id]);
  expect(await ids({ search: "NEEDLE", roleId: clerkRole, status: "active" })).toEqual([user.id]);
  expect(await ids({ search: "needle", status: "inactive" })).toEqual([]);
  const seen: number[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await boss.trpc.users.list.query({ limit: 3, ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  expect(seen).toHaveLength(await countUsers());
  expect(seen).toEqual([...new Set(seen)].sort((one, other) => one - other));
});
