import type { Feature } from "@countersign/audit/features";
import { afterAll, beforeAll, expect, test } from "vitest";
import { doneOf } from "../approvals/done-of.ts";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let boss: Person;
beforeAll(async () => {
  api = await createTestApi();
  admin = api.database.admin.sql;
  boss = await api.person(
    ["roles.read", "roles.manage", "roles.assign", "roles.features", "permits.read", "permits.create"],
    "Boss",
  );
});
afterAll(() => api.close());

type Roles = Person["trpc"]["roles"];
let made = 0;
const create = async (fields: Partial<Parameters<Roles["create"]["mutate"]>[0]> = {}, by = boss) =>
  doneOf(await by.trpc.roles.create.mutate({ name: `Role ${++made}`, ...fields }));
const eventsOf = (roleId: number) => api.stored({ objectType: "role", objectId: String(roleId) });
const roleOf = async ({ role }: Person) => Number((await admin`select id from roles where name = ${role}`)[0]?.id);
const listStatus = async (who: Person) => (await who.get("/api/permits")).status;

test("a role is made with features, and its event names them", async () => {
  const answer = await create({
    name: "Counter",
    description: "Sits at the counter.",
    features: ["permits.read", "permits.create", "permits.read"],
  });
  expect(answer).toMatchObject({
    outcome: "done",
    role: { name: "Counter", shipped: null, features: ["permits.create", "permits.read"], userCount: 0, version: 1 },
  });
  expect(await eventsOf(answer.role.id)).toMatchObject([
    {
      code: "role_create",
      status: "success",
      object: { label: "Counter" },
      changes: {
        name: { old: null, new: "Counter" },
        description: { old: null, new: "Sits at the counter." },
        features: { old: null, new: ["permits.create", "permits.read"], added: ["permits.create", "permits.read"] },
      },
    },
  ]);
});

test("nobody makes a role with a feature that they lack", async () => {
  const refusal = await refusalOf(create({ name: "Escalation", features: ["permits.read", "system.keys"] }));
  expect(refusal).toMatchObject({
    httpStatus: 403,
    reason: "feature_lacking",
    message: "Nothing was changed: nobody gives a feature they lack, and you lack system.keys.",
  });
  expect(await admin`select from roles where name = 'Escalation'`).toHaveLength(0);
  expect((await api.stored({ codes: ["role_create"] })).at(-1)).toMatchObject({ status: "denied", changes: null });
});

test.each([
  ["a feature that there is not", { features: ["everything"] }, "features.0", "unknown_feature"],
  ["a blank name", { name: "\t" }, "name", "blank"],
  ["an outer space", { name: "Clerk " }, "name", "forbidden_character"],
  ["a line break", { name: "a\nb" }, "name", "forbidden_character"],
  ["an invisible sign", { name: "Admin\u200Bistrator" }, "name", "forbidden_character"],
  ["101 characters", { name: "n".repeat(101) }, "name", "too_big"],
  ["a description of 1001 characters", { description: "d".repeat(1001) }, "description", "too_big"],
  ["a claim to be a shipped one", { shipped: "administrator" }, "shipped", "unknown_field"],
])("%s is refused, and the event names the field", async (_, fields, path, rule) => {
  expect(await refusalOf(create(fields as never))).toMatchObject({
    httpStatus: 422,
    fields: expect.arrayContaining([{ path, rule }]),
  });
  expect((await api.stored({ codes: ["role_create"] })).at(-1)).toMatchObject({
    status: "failed",
    metadata: { fields: expect.arrayContaining([{ path, rule }]) },
  });
});

test("a role's name is taken in every spelling, and two who take one at once do not both get it", async () => {
  const { role } = await create({ name: "Größe" });
  for (const name of ["GRÖSSE", "ｇröße"]) {
    expect(await refusalOf(create({ name }))).toMatchObject({ httpStatus: 409, reason: "name_taken" });
  }
  const { update } = boss.trpc.roles;
  for (let round = 0; round < 10; round += 1) {
    const { version } = (await boss.trpc.roles.get.query({ roleId: role.id })).role;
    const ends = await Promise.allSettled([
      update.mutate({ roleId: role.id, version, name: `wanted ${round}` }),
      create({ name: `Wanted ${round}` }),
    ]);
    expect(ends.filter((end) => end.status === "rejected")).toMatchObject([
      { reason: { data: { httpStatus: 409, reason: "name_taken" } } },
    ]);
  }
});

test("an update tells what differs; the same again and a stale version change nothing", async () => {
  const { role } = await create({ name: "Draft" });
  const { update } = boss.trpc.roles;
  const input = { roleId: role.id, version: 1, name: "Final", description: "Done." };
  expect(await update.mutate({ ...input, reason: "settled" })).toMatchObject({
    outcome: "done",
    role: { name: "Final", version: 2 },
  });
  expect(await update.mutate({ ...input, version: 2 })).toMatchObject({ outcome: "no_change", receipt: null });
  expect(await refusalOf(update.mutate({ ...input, name: "Late" }))).toMatchObject({ reason: "stale_version" });
  expect(await refusalOf(update.mutate({ ...input, roleId: 999_999 }))).toMatchObject({ httpStatus: 404 });
  expect((await eventsOf(role.id)).slice(1)).toMatchObject([
    {
      code: "role_update",
      object: { label: "Draft" },
      notes: "settled",
      changes: { name: { old: "Draft", new: "Final" }, description: { old: "", new: "Done." } },
    },
    { code: "role_update", status: "failed", object: { label: "Final" } },
  ]);
});

test("a removed role takes its rights along at the next request of an open session, which goes on", async () => {
  const ann = await api.person(["permits.read"], "Ann");
  const ben = await api.person([], "Ben");
  const roleId = await roleOf(ann);
  await boss.trpc.roles.assignUser.mutate({ roleId, userId: ben.id });
  expect([await listStatus(ann), await listStatus(ben)]).toEqual([200, 200]);
  await boss.trpc.roles.delete.mutate({ roleId, reason: "nobody needs it" });
  expect([await listStatus(ann), await listStatus(ben)]).toEqual([403, 403]);
  expect((await ann.get("/api/auth/me")).status).toBe(200);
  expect((await eventsOf(roleId)).at(-1)).toMatchObject({
    code: "role_delete",
    status: "success",
    object: { label: ann.role },
    notes: "nobody needs it",
    changes: {
      name: { old: ann.role, new: null },
      features: { old: ["permits.read"], new: null },
      users: {
        old: [
          { id: String(ann.id), label: "Ann" },
          { id: String(ben.id), label: "Ben" },
        ],
        new: null,
      },
    },
  });
});

test("removing needs a reason, an unchanged role, and every feature that the role has", async () => {
  const remove = boss.trpc.roles.delete;
  const { role } = await create();
  const [chiefs] =
    await admin`insert into roles (name, name_folded) values ('Chiefs', 'chiefs') returning id::int as id`;
  await admin`insert into role_features values (${chiefs?.id}, 'system.keys')`;
  expect(await refusalOf(remove.mutate({ roleId: role.id } as never))).toMatchObject({ httpStatus: 422 });
  for (const [input, reason] of [
    [{ roleId: role.id, version: 7 }, "stale_version"],
    [{ roleId: 999_999 }, "not_found"],
    [{ roleId: Number(chiefs?.id) }, "feature_lacking"],
  ] as const) {
    expect(await refusalOf(remove.mutate({ ...input, reason: "x" }))).toMatchObject({ reason });
  }
  expect(await eventsOf(Number(chiefs?.id))).toMatchObject([{ code: "role_delete", status: "denied" }]);
});

test("a feature counts for every holder from the next request on, given and taken", async () => {
  const cleo = await api.person([], "Cleo");
  const roleId = await roleOf(cleo);
  const { assignFeature, revokeFeature } = boss.trpc.roles;
  const input = { roleId, feature: "permits.read" } as const;
  expect(await listStatus(cleo)).toBe(403);
  expect(await assignFeature.mutate({ ...input, reason: "asked for" })).toMatchObject({
    outcome: "done",
    role: { features: ["permits.read"], version: 2 },
  });
  expect(await listStatus(cleo)).toBe(200);
  expect(await assignFeature.mutate(input)).toMatchObject({
    outcome: "no_change",
    receipt: null,
    role: { version: 2 },
  });
  expect(await revokeFeature.mutate(input)).toMatchObject({ outcome: "done", role: { features: [], version: 3 } });
  expect(await listStatus(cleo)).toBe(403);
  expect(await revokeFeature.mutate(input)).toMatchObject({ outcome: "no_change", role: { version: 3 } });
  const target = { type: "feature", id: "permits.read", label: "permits.read" };
  expect(await eventsOf(roleId)).toMatchObject([
    {
      code: "role_assign_feature",
      target,
      notes: "asked for",
      changes: { features: { old: null, new: "permits.read" } },
    },
    { code: "role_revoke_feature", target, changes: { features: { old: "permits.read", new: null } } },
  ]);
});

test("nobody adds to a role of their own what another role gives them for a while", async () => {
  const mallory = await api.person(["roles.features"], "Mallory");
  const [own] = await admin`select role_id::int as id from user_roles where user_id = ${mallory.id}`;
  const roleId = Number(own?.id);
  const [other] =
    await admin`insert into roles (name, name_folded) values ('Stand-in', 'stand-in') returning id::int as id`;
  await admin`insert into role_features values (${Number(other?.id)}, 'audit.read')`;
  await admin`insert into user_roles values (${mallory.id}, ${Number(other?.id)})`;
  const { assignFeature, revokeFeature } = mallory.trpc.roles;
  expect(await refusalOf(assignFeature.mutate({ roleId, feature: "audit.read" }))).toMatchObject({
    httpStatus: 403,
    reason: "own_roles",
  });
  expect((await api.stored({ codes: ["role_assign_feature"] })).at(-1)).toMatchObject({ status: "denied" });
  expect(await assignFeature.mutate({ roleId, feature: "roles.features" })).toMatchObject({ outcome: "no_change" });
  expect(await revokeFeature.mutate({ roleId, feature: "roles.features" })).toMatchObject({ outcome: "done" });
});

test.each(["assignFeature", "revokeFeature"] as const)("%s is refused for a feature that one lacks", async (act) => {
  const dora = await api.person(["system.keys"]);
  const roleId = act === "revokeFeature" ? await roleOf(dora) : (await create()).role.id;
  const call = boss.trpc.roles[act].mutate({ roleId, feature: "system.keys" });
  expect(await refusalOf(call)).toMatchObject({ httpStatus: 403, reason: "feature_lacking" });
  expect((await eventsOf(roleId)).at(-1)).toMatchObject({
    code: act === "assignFeature" ? "role_assign_feature" : "role_revoke_feature",
    status: "denied",
    target: { id: "system.keys" },
  });
  const unknown = boss.trpc.roles[act].mutate({ roleId, feature: "everything" as Feature });
  expect(await refusalOf(unknown)).toMatchObject({ httpStatus: 422, fields: [{ path: "feature" }] });
});

test("roles are found by name, and one is shown with who holds it", async () => {
  const eve = await api.person(["permits.read"], "Eve");
  const { items } = await boss.trpc.roles.list.query({ search: "OF EV" });
  expect(items).toMatchObject([{ name: "Role of Eve", userCount: 1, features: ["permits.read"] }]);
  expect(await boss.trpc.roles.get.query({ roleId: await roleOf(eve) })).toMatchObject({
    users: [{ id: eve.id, name: "Eve" }],
  });
  expect((await boss.trpc.roles.features.query()).items).toContainEqual({
    feature: "roles.assign",
    description: "Give roles to users and take them away",
  });
  expect(await refusalOf(boss.trpc.roles.get.query({ roleId: 999_999 }))).toMatchObject({ httpStatus: 404 });
});
