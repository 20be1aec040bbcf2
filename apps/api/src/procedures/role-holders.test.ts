import type { Feature } from "@countersign/audit/features";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Caller, createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let boss: Person;
let readers: number;
beforeAll(async () => {
  api = await createTestApi();
  admin = api.database.admin.sql;
  boss = await api.person(["roles.assign", "permits.read"], "Boss");
  readers = await roleWith("Readers", "permits.read");
});
afterAll(() => api.close());

const roleWith = async (name: string, feature: Feature): Promise<number> => {
  const [role] =
    await admin`insert into roles (name, name_folded) values (${name}, lower(${name})) returning id::int as id`;
  await admin`insert into role_features values (${role?.id}, ${feature})`;
  return Number(role?.id);
};
const assign = (userId: number, roleId = readers, by = boss) =>
  by.trpc.roles.assignUser.mutate({ roleId, userId, reason: "new task" });
const revoke = (userId: number, roleId = readers, by = boss) => by.trpc.roles.revokeUser.mutate({ roleId, userId });
const eventsOf = (roleId: number) => api.stored({ objectType: "role", objectId: String(roleId) });
const list = (who: Caller) => who.get("/api/permits");
const tokenIn = (answer: Response) => /countersign_sid=([\w-]{43})/.exec(answer.headers.get("set-cookie") ?? "")?.[1];

test("a role counts from the next request of an open session on, given and taken; the same again changes nothing", async () => {
  const ann = await api.person([], "Ann");
  const before = (await eventsOf(readers)).length;
  expect((await list(ann)).status).toBe(403);
  expect(await assign(ann.id)).toMatchObject({ outcome: "done", role: { userCount: 1 } });
  expect((await list(ann)).status).toBe(200);
  expect(await assign(ann.id)).toMatchObject({ outcome: "no_change", receipt: null });
  expect(await revoke(ann.id)).toMatchObject({ outcome: "done", role: { userCount: 0 } });
  expect((await list(ann)).status).toBe(403);
  expect(await revoke(ann.id)).toMatchObject({ outcome: "no_change" });
  const item = { id: String(ann.id), label: "Ann" };
  expect((await eventsOf(readers)).slice(before)).toMatchObject([
    {
      code: "role_assign_user",
      status: "success",
      object: { label: "Readers" },
      target: { type: "user", id: String(ann.id), label: "Ann" },
      notes: "new task",
      changes: { users: { old: null, new: item } },
    },
    { code: "role_revoke_user", status: "success", changes: { users: { old: item, new: null } } },
  ]);
});

test("nobody changes their own roles", async () => {
  const [own] = await admin`select role_id::int as id from user_roles where user_id = ${boss.id}`;
  for (const call of [() => assign(boss.id), () => revoke(boss.id, Number(own?.id))]) {
    expect(await refusalOf(call())).toMatchObject({ httpStatus: 403, reason: "own_roles" });
  }
  expect((await eventsOf(readers)).at(-1)).toMatchObject({
    code: "role_assign_user",
    status: "denied",
    target: { id: String(boss.id) },
  });
  expect((await eventsOf(Number(own?.id))).at(-1)).toMatchObject({ code: "role_revoke_user", status: "denied" });
});

test("nobody gives a role with a feature that they lack, or takes one from somebody who may do more", async () => {
  const keepers = await roleWith("Keepers", "system.keys");
  const ben = await api.person(["system.keys"], "Ben");
  expect(await refusalOf(assign(ben.id, keepers))).toMatchObject({ httpStatus: 403, reason: "feature_lacking" });
  expect((await eventsOf(keepers)).at(-1)).toMatchObject({ code: "role_assign_user", status: "denied" });
  await admin`insert into user_roles values (${ben.id}, ${readers})`;
  expect(await refusalOf(revoke(ben.id))).toMatchObject({ httpStatus: 403, reason: "more_powerful" });
  expect(await admin`select from user_roles where user_id = ${ben.id} and role_id = ${readers}`).toHaveLength(1);
});

test("a role or a user that is not there is 404, and recorded as failed", async () => {
  const ann = await api.person([]);
  for (const [userId, roleId] of [
    [999_999, readers],
    [ann.id, 999_999],
  ] as const) {
    for (const act of [assign, revoke]) {
      expect(await refusalOf(act(userId, roleId))).toMatchObject({ httpStatus: 404 });
      const [event] = (await api.stored({ actorId: String(boss.id) })).slice(-1);
      expect(event).toMatchObject({ status: "failed" });
    }
  }
});

test("a session whose roles changed gets a new token, and the old one works a minute longer", async () => {
  const cleo = await api.person([], "Cleo");
  await assign(cleo.id);
  const first = await list(cleo);
  const token = tokenIn(first);
  expect(first.headers.get("set-cookie")).toMatch(
    /^countersign_sid=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/,
  );
  expect(token).not.toBe(cleo.token);
  const renewed = api.caller({ token: token ?? "" });
  for (const who of [cleo, renewed]) {
    const answer = await list(who);
    expect([answer.status, answer.headers.get("set-cookie")]).toEqual([200, null]);
  }
  await admin`update sessions set renewed_at = now() - interval '61 seconds' where user_id = ${cleo.id}`;
  expect((await list(cleo)).status).toBe(401);
  expect((await list(renewed)).status).toBe(200);
});

test("over tRPC the new token comes too, also with a refusal", async () => {
  const dora = await api.person(["permits.read"], "Dora");
  const [role] = await admin`select role_id::int as id from user_roles where user_id = ${dora.id}`;
  await revoke(dora.id, Number(role?.id));
  const answer = await dora.get("/trpc/permits.list?input=%7B%22json%22:%7B%7D%7D");
  expect(answer.status).toBe(403);
  expect((await api.caller({ token: tokenIn(answer) ?? "" }).get("/api/auth/me")).status).toBe(200);
});

test("of many requests at once one gets the new token, and all are answered", async () => {
  const eve = await api.person([], "Eve");
  await assign(eve.id);
  const answers = await Promise.all(Array.from({ length: 20 }, () => list(eve)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(answers.filter((answer) => tokenIn(answer) !== undefined)).toHaveLength(1);
});

test("signing out with the token of before ends the session under its new one, too", async () => {
  const finn = await api.person([], "Finn");
  await assign(finn.id);
  const token = tokenIn(await list(finn)) ?? "";
  const answer = await finn.post("/api/auth/logout", {});
  expect(answer.headers.get("set-cookie")).toMatch(/^countersign_sid=; Max-Age=0/);
  expect((await list(api.caller({ token }))).status).toBe(401);
  const both = await api.person([], "Gil");
  await assign(both.id);
  const cookies = (await both.post("/api/auth/logout", {})).headers.getSetCookie();
  expect(cookies.at(-1)).toMatch(/^countersign_sid=; Max-Age=0/);
  expect((await list(both)).status).toBe(401);
});

test("two who give the same roles in another order do not keep each other waiting", async () => {
  const others = [await roleWith("One", "permits.read"), await roleWith("Two", "permits.read")];
  const giver = await api.person(["users.create", "roles.assign", "users.activate", "permits.read"], "Giver");
  const create = (username: string, roleIds: number[]) =>
    giver.trpc.users.create.mutate({ username, name: username, roleIds });
  for (let round = 0; round < 5; round += 1) {
    const { user } = await create(`base${round}`, [readers]);
    await Promise.all([
      create(`a${round}`, others),
      create(`b${round}`, others.toReversed()),
      assign(user.id, others[0]),
      giver.trpc.users.deactivate.mutate({ userId: user.id, reason: "x" }),
    ]);
  }
});
