import { type Feature, features } from "@countersign/audit/features";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seed } from "../setup.ts";
import { type Caller, createTestApi, refusalOf, type TestApi } from "../testing.ts";

const password = "gravel-lantern-orbit-42";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
/** The protected administrator, and another one who is not. */
let chief: Caller;
let deputy: Caller;
let ids: { role: number; clerks: number; chief: number; deputy: number; clerk: number };

const sessionOf = async (userId: number): Promise<Caller> => {
  const { sessions } = api.services.accounts;
  const { token } = await sessions.create(api.database.api, { userId, ip: undefined, userAgent: undefined });
  return api.caller({ token });
};

beforeAll(async () => {
  api = await createTestApi({ settings: { "signin.per_minute_per_network": 500 } });
  admin = api.database.admin.sql;
  await seed(api.database.adminUrl, { adminPassword: password });
  const roles = await admin`select id::int as id, shipped from roles`;
  const idOf = (shipped: string) => Number(roles.find((role) => role.shipped === shipped)?.id);
  const [first] = await admin`select id::int as id from users`;
  chief = await sessionOf(Number(first?.id));
  const create = (username: string, role: string) =>
    chief.trpc.users.create.mutate({ username, name: username, roleIds: [idOf(role)] });
  const [one, other] = [await create("deputy", "administrator"), await create("clerk", "clerk")];
  await admin`update users set must_change_password = false`;
  deputy = await sessionOf(one.user.id);
  ids = {
    role: idOf("administrator"),
    clerks: idOf("clerk"),
    chief: Number(first?.id),
    deputy: one.user.id,
    clerk: other.user.id,
  };
});
afterAll(() => api.close());

const state = async () => [
  await admin`select id, username, name, status, password_hash, version from users order by id`,
  await admin`select id, name, shipped, version from roles order by id`,
  await admin`select user_id, role_id from user_roles order by 1, 2`,
  await admin`select role_id, feature from role_features order by 1, 2`,
  await admin`select key, value from system_config order by key`,
];

type Way = [string, string, (who: Caller) => Promise<unknown>];
const protect = (value: unknown) => (who: Caller) => who.trpc.settings.change.mutate({ key: "protected_users", value });
const ways: Way[] = [
  ["deletes", "user_delete", ({ trpc }) => trpc.users.delete.mutate({ userId: ids.chief, reason: "x" })],
  ["deactivates", "user_deactivate", ({ trpc }) => trpc.users.deactivate.mutate({ userId: ids.chief, reason: "x" })],
  [
    "renames",
    "user_update",
    ({ trpc }) => trpc.users.update.mutate({ userId: ids.chief, version: 1, username: "boss", name: "Boss" }),
  ],
  ["gives a password to", "user_change_password", ({ trpc }) => trpc.users.resetPassword.mutate({ userId: ids.chief })],
  ["demotes", "role_revoke_user", ({ trpc }) => trpc.roles.revokeUser.mutate({ roleId: ids.role, userId: ids.chief })],
  ["deletes the role of", "role_delete", ({ trpc }) => trpc.roles.delete.mutate({ roleId: ids.role, reason: "x" })],
  [
    "renames the role of",
    "role_update",
    ({ trpc }) => trpc.roles.update.mutate({ roleId: ids.role, version: 1, name: "Boss" }),
  ],
  [
    "strips the role of",
    "role_revoke_feature",
    ({ trpc }) => trpc.roles.revokeFeature.mutate({ roleId: ids.role, feature: "users.delete" }),
  ],
  ["empties the list that names", "system_config_change", protect([])],
  ["puts a clerk in the list instead of", "system_config_change", (who) => protect([ids.clerk])(who)],
  ["puts nobody that exists in the list besides", "system_config_change", (who) => protect([ids.chief, 999_999])(who)],
];

test.each(ways)(
  "whoever %s the protected administrator is refused, and that is recorded as denied",
  async (_, code, act) => {
    for (const who of [deputy, chief]) {
      const before = await state();
      const refusal = await refusalOf(act(who));
      expect(refusal).toMatchObject({ httpStatus: 403, reason: "protected" });
      // The database would refuse as well, in other words: it is not asked.
      expect(refusal.message).not.toContain("or the last active administrator");
      expect(await state()).toEqual(before);
      expect((await api.stored()).at(-1)).toMatchObject({ code, status: "denied", changes: null });
    }
  },
);

test("over plain HTTP it is 403, too", async () => {
  const path = `/api/users/${ids.chief}`;
  const answer = await deputy.send(path, { method: "DELETE", body: JSON.stringify({ reason: "x" }) });
  expect([answer.status, await answer.json()]).toMatchObject([403, { error: { code: "protected" } }]);
});

test("all else about the protected administrator can be changed, and the role can hold and grant", async () => {
  const { users, roles } = deputy.trpc;
  const [row] = await admin`select version from users where id = ${ids.chief}`;
  expect(
    await users.update.mutate({ userId: ids.chief, version: Number(row?.version), name: "The Chief" }),
  ).toMatchObject({ outcome: "done", user: { isProtected: true } });
  expect(await users.activate.mutate({ userId: ids.chief })).toMatchObject({ outcome: "no_change" });
  await roles.assignUser.mutate({ roleId: ids.clerks, userId: ids.chief });
  await roles.revokeUser.mutate({ roleId: ids.clerks, userId: ids.chief });
  expect(await roles.update.mutate({ roleId: ids.role, version: 1, description: "Does it all." })).toMatchObject({
    outcome: "done",
    role: { name: "Administrator", shipped: "administrator" },
  });
  const { token } = await api.services.accounts.sessions.create(api.database.api, {
    userId: ids.chief,
    ip: undefined,
    userAgent: undefined,
  });
  const answer = await api.caller({ token }).post("/api/auth/password", {
    currentPassword: password,
    newPassword: "meadow-compass-violet-17",
  });
  expect(answer.status).toBe(200);
  chief = await sessionOf(ids.chief);
});

test("somebody else can be protected instead, and then the first one can go", async () => {
  await protect([ids.chief, ids.deputy])(chief);
  expect(await refusalOf(chief.trpc.users.deactivate.mutate({ userId: ids.deputy, reason: "x" }))).toMatchObject({
    reason: "protected",
  });
  // Taking protection away is for two: the other administrator agrees.
  const asked = await chief.trpc.settings.change.mutate({
    key: "protected_users",
    value: [ids.chief],
    reason: "leaves",
  });
  if (asked.outcome !== "pending") throw new Error("the change did not wait");
  const { id: requestId } = asked.request;
  const { request } = await deputy.trpc.approvals.get.query({ requestId });
  await deputy.trpc.approvals.approve.mutate({ requestId, sha256: request.sha256 });
  await chief.trpc.users.deactivate.mutate({ userId: ids.deputy, reason: "x" });
  expect(await refusalOf(protect([ids.chief, ids.deputy])(chief))).toMatchObject({ reason: "protected" });
  await chief.trpc.users.activate.mutate({ userId: ids.deputy });
  deputy = await sessionOf(ids.deputy);
});

/** Two administrators whom nobody protects, in a second office. */
const twoAdministrators = async () => {
  const office = await createTestApi();
  const { sql } = office.database.admin;
  const all = Object.keys(features) as Feature[];
  const [ann, bob] = [await office.person(all, "Ann"), await office.person(all, "Bob")];
  const [role] = await sql`update roles set shipped = 'administrator' where name = ${ann.role} returning id::int as id`;
  const roleId = Number(role?.id);
  const restore = async () => {
    await sql`update users set status = 'active' where status <> 'active'`;
    await sql`insert into user_roles select id, ${roleId} from users on conflict do nothing`;
    const { sessions } = office.services.accounts;
    return Promise.all(
      [ann, bob].map(async ({ id }) => {
        const { token } = await sessions.create(office.database.api, {
          userId: id,
          ip: undefined,
          userAgent: undefined,
        });
        return { id, ...office.caller({ token }) };
      }),
    );
  };
  const left = async () =>
    (await sql`select from users join user_roles on user_id = id where role_id = ${roleId} and status = 'active'`)
      .length;
  return { office, roleId, restore, left };
};

test("of two administrators who remove each other a hundred times at once one stays", async () => {
  const { office, roleId, restore, left } = await twoAdministrators();
  const acts = [
    (who: Caller, userId: number) => who.trpc.roles.revokeUser.mutate({ roleId, userId }),
    (who: Caller, userId: number) => who.trpc.users.deactivate.mutate({ userId, reason: "x" }),
  ];
  try {
    for (let round = 0; round < 100; round += 1) {
      const [ann, bob] = await restore();
      if (ann === undefined || bob === undefined) throw new Error("there are two administrators");
      const [one, other] = [acts[round % 2], acts[(round >> 1) % 2]];
      const ends = await Promise.allSettled([one?.(ann, bob.id), other?.(bob, ann.id)]);
      expect(await left()).toBe(1);
      const refused = ends.filter((end) => end.status === "rejected");
      expect(refused).toHaveLength(1);
      expect([401, 403]).toContain(refused[0]?.reason.data.httpStatus);
    }
    const denied = (await office.stored()).filter(({ status }) => status === "denied");
    expect(denied.length).toBeGreaterThan(0);
  } finally {
    await office.close();
  }
}, 60_000);

test("the last administrator neither leaves nor is removed, with nobody protected", async () => {
  const { office, roleId, restore, left } = await twoAdministrators();
  try {
    const [ann, bob] = await restore();
    if (ann === undefined || bob === undefined) throw new Error("there are two administrators");
    await ann.trpc.users.deactivate.mutate({ userId: bob.id, reason: "x" });
    const person = await office.person(Object.keys(features) as Feature[], "Almost");
    for (const act of [
      () => ann.trpc.users.deactivate.mutate({ userId: ann.id, reason: "x" }),
      () => person.trpc.users.delete.mutate({ userId: ann.id, reason: "x" }),
      () => person.trpc.roles.revokeUser.mutate({ roleId, userId: ann.id }),
    ]) {
      expect(await refusalOf(act())).toMatchObject({ httpStatus: 403, reason: "protected" });
      expect((await office.stored()).at(-1)).toMatchObject({ status: "denied", object: { id: expect.any(String) } });
      expect(await left()).toBe(1);
    }
  } finally {
    await office.close();
  }
});
