import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let boss: Person;
beforeAll(async () => {
  api = await createTestApi();
  boss = await api.person(["users.create", "users.update"], "Boss");
});
afterAll(() => api.close());

type Users = Person["trpc"]["users"];
let made = 0;
const create = (fields: Partial<Parameters<Users["create"]["mutate"]>[0]> = {}) =>
  boss.trpc.users.create.mutate({ username: `user${++made}`, name: "Ada Lovelace", ...fields });
const update = (input: Parameters<Users["update"]["mutate"]>[0]) => boss.trpc.users.update.mutate(input);
const last = async (code: "user_create") => (await api.stored({ codes: [code] })).at(-1);
const countUsers = async () => (await api.database.admin.sql`select from users`).length;

test.each(["Straße", "STRASSE", "ｓｔｒａｓｓｅ", "ſtrasse"])("%s is the same name as strasse", async (username) => {
  await create({ username: "strasse" }).catch(() => undefined);
  const refusal = await refusalOf(create({ username }));
  expect(refusal).toMatchObject({
    httpStatus: 409,
    reason: "name_taken",
    fields: [{ path: "username", rule: "taken" }],
  });
  const other = (await create()).user;
  expect(await refusalOf(update({ userId: other.id, version: 1, username }))).toMatchObject({ reason: "name_taken" });
});

test("a name of mixed scripts is refused until it is confirmed", async () => {
  const username = "аdmin";
  expect(await refusalOf(create({ username }))).toMatchObject({
    httpStatus: 422,
    fields: [{ path: "username", rule: "mixed_scripts" }],
    message: "Nothing was changed: the name mixes Cyrillic and Latin; confirm it if that is meant.",
  });
  const { user } = await create();
  expect(await refusalOf(update({ userId: user.id, version: 1, username }))).toMatchObject({ httpStatus: 422 });
  await create({ username, confirmMixedScripts: true });
  expect((await create({ username: "дмитрий" })).user.username).toBe("дмитрий");
});

test.each([
  ["a line break in the name", { username: "a\nb" }, "username", "forbidden_character"],
  ["what cannot be seen in the name", { username: "ad\u200bmin" }, "username", "forbidden_character"],
  ["an outer space", { username: " ada" }, "username", "forbidden_character"],
  ["101 characters", { username: "n".repeat(101) }, "username", "too_big"],
  ["no name", { username: "" }, "username", "too_small"],
  ["a full name of 301 characters", { name: "n".repeat(301) }, "name", "too_big"],
  ["two addresses", { email: "a@office.example,b@office.example" }, "email", "email"],
  ["an address with a name", { email: "Ada <ada@office.example>" }, "email", "email"],
  ["an address without a dot", { email: "ada@office" }, "email", "email"],
  ["an address with a line break", { email: "ada@office.example\r\nBcc: x@y.example" }, "email", "email"],
  ["an empty address", { email: "" }, "email", "email"],
  ["an address of 255 characters", { email: `${"a".repeat(64)}@${"b".repeat(182)}.example` }, "email", "too_big"],
  ["a state", { status: "inactive" }, "status", "unknown_field"],
  ["a hash", { passwordHash: "x" }, "passwordHash", "unknown_field"],
  ["a password that is no text", { password: { $ne: 1 } }, "password", "invalid_type"],
])("%s is refused, and the event names the field and not the value", async (_, fields, path, rule) => {
  const before = await countUsers();
  const refusal = await refusalOf(create(fields as never));
  expect(refusal).toMatchObject({ httpStatus: 422, fields: expect.arrayContaining([{ path, rule }]) });
  expect(await countUsers()).toBe(before);
  const event = await last("user_create");
  expect(event).toMatchObject({
    status: "failed",
    changes: null,
    metadata: { fields: expect.arrayContaining([{ path, rule }]) },
  });
  const value = Object.values(fields)[0];
  if (typeof value === "string" && value.length > 8) expect(JSON.stringify(event)).not.toContain(value);
});

test.each([
  { username: "a\u0000b" },
  { username: "a\ud800" },
  { name: "a\u0000b" },
  { password: "gravel-lantern\u0000-orbit" },
])("%j is refused before anything looks at it", async (fields) => {
  const before = await countUsers();
  expect(await refusalOf(create(fields))).toMatchObject({
    httpStatus: 422,
    fields: [{ path: Object.keys(fields)[0] }],
  });
  expect(await countUsers()).toBe(before);
});

test.each(["ada@office.example", "ada+log@sub.office.example", "jörg@büro.example", null])(
  "%s is an address",
  async (email) => {
    expect((await create({ email })).user.email).toBe(email);
  },
);
