import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let boss: Person;
let password: string | null;
beforeAll(async () => {
  api = await createTestApi();
  boss = await api.person(["users.read", "users.create"], "Boss");
  await api.database.admin.sql`update users set last_sign_in_at = null`;
  for (const name of ["zoe", "\u00c1da", "Bob", "adam"]) {
    const added = await boss.trpc.users.create.mutate({ username: `${name}.x`, name });
    if (name === "Bob") password = added.password;
  }
});
afterAll(() => api.close());

type Query = NonNullable<Parameters<Person["trpc"]["users"]["list"]["query"]>[0]>;
const names = async (query: Query) => {
  const found: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: { items: { name: string }[]; nextCursor: string | null } = await boss.trpc.users.list.query({
      ...query,
      limit: 2,
      cursor,
    });
    found.push(...page.items.map(({ name }) => name));
    cursor = page.nextCursor;
    if (cursor === null) return found;
  }
};

test("users are sorted by name as people look them up, and backwards the reverse", async () => {
  const sorted = ["\u00c1da", "adam", "Bob", "Boss", "zoe"];
  expect(await names({ sort: "name" })).toEqual(["adam", "\u00c1da", "Bob", "Boss", "zoe"]);
  expect(await names({ sort: "-name" })).toEqual(["zoe", "Boss", "Bob", "\u00c1da", "adam"]);
  expect((await names({ sort: "username" })).toSorted()).toEqual(sorted.toSorted());
});

test("a sign-in is noted with the user, and stays after the sign-out", async () => {
  const bob = async () => (await boss.trpc.users.list.query({ search: "bob" })).items[0];
  expect((await bob())?.lastSignInAt).toBeNull();
  const answer = await api.caller().post("/api/auth/login", { username: "bob.x", password });
  expect(answer.status).toBe(200);
  const noted = (await bob())?.lastSignInAt ?? "";
  expect(Math.abs(Date.parse(noted) - Date.now())).toBeLessThan(60_000);
  await api.database.admin.sql`delete from sessions where user_id <> ${boss.id}`;
  expect(await bob()).toMatchObject({ lastSignInAt: noted, lastSeenAt: null });
  expect((await names({ sort: "-lastSignIn" }))[0]).toBe("Bob");
  expect((await names({ sort: "lastSignIn" })).at(-1)).toBe("Bob");
});

test.each<[string, object]>([
  ["an order by what is not sorted by", { sort: "email" }],
  ["a place without its key", { sort: "name", cursor: "3" }],
  ["a key where there is no order", { cursor: "3~adam" }],
])("%s is refused", async (_, query) => {
  expect(await refusalOf(boss.trpc.users.list.query(query as Query))).toMatchObject({ httpStatus: 422 });
});
