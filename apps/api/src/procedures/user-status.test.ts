import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let boss: Person;
beforeAll(async () => {
  api = await createTestApi();
  admin = api.database.admin.sql;
  boss = await api.person(["users.activate", "users.delete", "permits.read"], "Boss");
});
afterAll(() => api.close());

type Users = Person["trpc"]["users"];
const deactivate = (userId: number, by = boss) =>
  by.trpc.users.deactivate.mutate({ userId, reason: "left the office" });
const activate = (input: Parameters<Users["activate"]["mutate"]>[0]) => boss.trpc.users.activate.mutate(input);
const remove = (userId: number, by = boss) => by.trpc.users.delete.mutate({ userId, reason: "entered twice" });
const eventsOf = (userId: number) => api.stored({ objectType: "user", objectId: String(userId) });
const statusOf = async (who: Person) => (await who.get("/trpc/auth.me")).status;

test("deactivating ends every session at once; the same again changes nothing; activating lets the user in again", async () => {
  const ann = await api.person(["permits.read"], "Ann");
  await api.services.accounts.sessions.create(api.database.api, {
    userId: ann.id,
    ip: undefined,
    userAgent: undefined,
  });
  expect(await statusOf(ann)).toBe(200);
  expect(await deactivate(ann.id)).toMatchObject({ outcome: "done", user: { status: "inactive", version: 2 } });
  expect(await statusOf(ann)).toBe(401);
  expect(await deactivate(ann.id)).toMatchObject({ outcome: "no_change", receipt: null, user: { version: 2 } });
  expect(await activate({ userId: ann.id, version: 2 })).toMatchObject({ outcome: "done", user: { status: "active" } });
  expect(await activate({ userId: ann.id })).toMatchObject({ outcome: "no_change" });
  expect(await statusOf(ann)).toBe(401);
  expect(await eventsOf(ann.id)).toMatchObject([
    {
      code: "user_deactivate",
      status: "success",
      object: { label: "Ann" },
      notes: "left the office",
      changes: { status: { old: "active", new: "inactive" } },
      metadata: { sessionsEnded: 2 },
    },
    { code: "user_activate", status: "success", changes: { status: { old: "inactive", new: "active" } } },
  ]);
});

test("a stale version, a missing reason and a user that is not there are refused and recorded", async () => {
  const ben = await api.person([], "Ben");
  const { deactivate } = boss.trpc.users;
  expect(await refusalOf(deactivate.mutate({ userId: ben.id, version: 7, reason: "x" }))).toMatchObject({
    httpStatus: 409,
    reason: "stale_version",
  });
  for (const reason of [undefined, "", " "]) {
    expect(await refusalOf(deactivate.mutate({ userId: ben.id, reason } as never))).toMatchObject({
      httpStatus: 422,
      fields: expect.arrayContaining([expect.objectContaining({ path: "reason" })]),
    });
  }
  expect(await refusalOf(deactivate.mutate({ userId: 999_999, reason: "x" }))).toMatchObject({ httpStatus: 404 });
  expect(await statusOf(ben)).toBe(200);
  const events = (await api.stored({ actorId: String(boss.id) })).slice(-5);
  expect(events.map(({ code, status }) => [code, status])).toEqual(Array(5).fill(["user_deactivate", "failed"]));
});

test("nobody deactivates or removes somebody with rights that they lack", async () => {
  const chief = await api.person(["permits.read", "system.keys"], "Chief");
  for (const act of [deactivate, remove]) {
    expect(await refusalOf(act(chief.id))).toMatchObject({
      httpStatus: 403,
      reason: "more_powerful",
      message: "Nothing was changed: Chief has rights that you lack, such as system.keys.",
    });
  }
  expect(await eventsOf(chief.id)).toMatchObject([
    { code: "user_deactivate", status: "denied", object: { label: "Chief" } },
    { code: "user_delete", status: "denied", object: { label: "Chief" } },
  ]);
  expect(await statusOf(chief)).toBe(200);
});

test("nobody switches an account on again that may do more", async () => {
  const chief = await api.person(["permits.read", "system.keys"], "Former Chief");
  await admin`update users set status = 'inactive' where id = ${chief.id}`;
  expect(await refusalOf(activate({ userId: chief.id }))).toMatchObject({ httpStatus: 403, reason: "more_powerful" });
  expect(await statusOf(chief)).toBe(401);
  expect(await eventsOf(chief.id)).toMatchObject([{ code: "user_activate", status: "denied" }]);
});

test("nobody removes their own account", async () => {
  expect(await refusalOf(remove(boss.id))).toMatchObject({ httpStatus: 409, reason: "own_account" });
  expect(await eventsOf(boss.id)).toMatchObject([{ code: "user_delete", status: "failed" }]);
  expect(await statusOf(boss)).toBe(200);
});

test("a user who works on permits is not removed until they are given to somebody else", async () => {
  const cleo = await api.person(["permits.read"], "Cleo");
  const officer = await api.person(["permits.read", "permits.create", "permits.assign"], "Officer");
  const { permit } = await officer.trpc.permits.create.mutate({ type: "building", holderName: "Ada" });
  await officer.trpc.permits.assign.mutate({ permitId: permit.id, userId: cleo.id });
  expect(await refusalOf(remove(cleo.id))).toMatchObject({
    httpStatus: 409,
    reason: "has_permits",
    message: "Nothing was changed: Cleo works on 1 permit; give them to somebody else first.",
  });
  await officer.trpc.permits.unassign.mutate({ permitId: permit.id });
  expect(await remove(cleo.id)).toMatchObject({ outcome: "done" });
});

test("who was removed is out at once, and what they did stays readable under the name of the time", async () => {
  const dora = await api.person(["permits.read", "permits.create"], "Dora Departing");
  const giver = await api.person(["users.delete", "permits.read", "permits.create"], "Giver");
  const { permit } = await dora.trpc.permits.create.mutate({ type: "building", holderName: "Ada" });
  expect(await remove(dora.id, giver)).toMatchObject({ outcome: "done" });
  expect(await statusOf(dora)).toBe(401);
  expect(await admin`select from users where id = ${dora.id}`).toHaveLength(0);
  expect(await api.stored({ actorId: String(dora.id) })).toMatchObject([
    { code: "permit_create", actor: { id: String(dora.id), label: "Dora Departing", roles: [dora.role] } },
  ]);
  expect(await eventsOf(dora.id)).toMatchObject([
    {
      code: "user_delete",
      status: "success",
      object: { label: "Dora Departing" },
      notes: "entered twice",
      changes: { name: { old: "Dora Departing", new: null }, status: { old: "active", new: null } },
      metadata: { roles: [dora.role] },
    },
  ]);
  expect(await giver.trpc.permits.read.query({ permitId: permit.id })).toMatchObject({ permit: { createdBy: null } });
  expect(await refusalOf(remove(dora.id, giver))).toMatchObject({ httpStatus: 404 });
});

test("removing needs a reason", async () => {
  const eve = await api.person([], "Eve");
  expect(await refusalOf(boss.trpc.users.delete.mutate({ userId: eve.id } as never))).toMatchObject({
    httpStatus: 422,
  });
  expect(await admin`select from users where id = ${eve.id}`).toHaveLength(1);
});
