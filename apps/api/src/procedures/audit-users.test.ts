import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let boss: Person;
let reader: Person;
let adaId: number;
beforeAll(async () => {
  api = await createTestApi();
  boss = await api.person(
    ["users.read", "users.create", "users.update", "users.delete", "roles.assign", "permits.read"],
    "Boss",
  );
  reader = await api.person(["audit.read"], "Reader");
  const [role] = await api.database.admin.sql<{ id: number }[]>`
    select id::int as id from roles where name = ${boss.role}`;
  const { user, password } = await boss.trpc.users.create.mutate({ username: "ada", name: "Ada" });
  adaId = user.id;
  await api.caller().post("/api/auth/login", { username: "ada", password: "wrong" });
  await api.caller().post("/api/auth/login", { username: "ada", password });
  await boss.trpc.roles.assignUser.mutate({ roleId: Number(role?.id), userId: adaId });
  await boss.trpc.users.update.mutate({ userId: adaId, version: 1, name: "Ada Lovelace" });
  await boss.trpc.users.delete.mutate({ userId: adaId, reason: "Left" });
  await api.stored();
});
afterAll(() => api.close());

const codes = async (limit: number) => {
  const found: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: { entries: { code: string; status: string }[]; nextCursor: string | null } =
      await reader.trpc.audit.doneToUser.query({ userId: adaId, limit, cursor });
    found.push(...page.entries.map(({ code, status }) => `${code} ${status}`));
    cursor = page.nextCursor;
    if (cursor === null) return found;
  }
};

test("what others did to a user is told though the user is gone, as object and as target, page by page", async () => {
  const all = [
    "user_delete success",
    "user_update success",
    "role_assign_user success",
    "user_login failed",
    "user_create success",
  ];
  expect(await codes(50)).toEqual(all);
  expect(await codes(2)).toEqual(all);
});

test("first and last acts are told with the name of the time, and of nobody nothing", async () => {
  const { first, last } = await reader.trpc.audit.userSeen.query({ userId: adaId });
  expect([first?.name, last?.name]).toEqual(["Ada", "Ada"]);
  expect(await reader.trpc.audit.userSeen.query({ userId: 404_404 })).toEqual({ first: null, last: null });
  const span = await reader.trpc.audit.userSeen.query({ userId: boss.id });
  expect(Date.parse(span.last?.at ?? "")).toBeGreaterThan(Date.parse(span.first?.at ?? ""));
  expect((await reader.trpc.audit.doneToUser.query({ userId: 404_404 })).entries).toEqual([]);
});

test("each address is told with the first sign-in from there, the latest first, however many came since", async () => {
  const { user, password } = await boss.trpc.users.create.mutate({ username: "eva", name: "Eva" });
  const signIn = (ip: string, given = password) =>
    api.caller({ ip }).post("/api/auth/login", { username: "eva", password: given });
  for (const ip of ["192.0.2.10", "192.0.2.20", "192.0.2.10", "192.0.2.20"]) await signIn(ip);
  await signIn("192.0.2.30", "wrong");
  const logins = (await api.stored({ objectType: "user", objectId: String(user.id), codes: ["user_login"] })).slice(
    0,
    2,
  );
  const { items } = await reader.trpc.audit.userAddresses.query({ userId: user.id });
  expect(items).toEqual(logins.map(({ id, ip }) => ({ ip, eventId: id })).reverse());
  expect((await reader.trpc.audit.userAddresses.query({ userId: 404_404 })).items).toEqual([]);
});

test("to look is an event, to look without the right is a refused one, and bad input is refused", async () => {
  const stranger = await api.person(["users.read"]);
  const { doneToUser, userSeen, userAddresses } = stranger.trpc.audit;
  for (const call of [doneToUser, userSeen, userAddresses]) {
    expect(await refusalOf(call.query({ userId: adaId }))).toMatchObject({ httpStatus: 403 });
  }
  expect(await api.stored({ actorId: String(stranger.id) })).toMatchObject([
    { code: "audit_view_logs", status: "denied" },
    { code: "audit_view_logs", status: "denied" },
    { code: "audit_view_logs", status: "denied" },
  ]);
  expect((await api.stored({ actorId: String(reader.id) })).at(0)).toMatchObject({
    code: "audit_view_logs",
    status: "success",
    metadata: { filter: { userId: adaId } },
  });
  expect(await refusalOf(reader.trpc.audit.doneToUser.query({ userId: adaId, cursor: "x" }))).toMatchObject({
    httpStatus: 422,
  });
});
