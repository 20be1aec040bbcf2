import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let clerk: Person;
beforeAll(async () => {
  api = await createTestApi({ settings: { "display.time_zone": "Pacific/Auckland" } });
  clerk = await api.person(["permits.read", "permits.create", "permits.assign", "permits.export"], "Clerk");
  const { sql } = api.database.admin;
  const zoe = await api.person(["permits.read"], "zoe");
  const agnes = await api.person(["permits.read"], "\u00c1gnes");
  const create = async (holderName: string, columns: Record<string, string | number>) => {
    const { permit } = await clerk.trpc.permits.create.mutate({ holderName, type: "building" });
    await sql`update permits set ${sql({ valid_from: "2026-01-01", ...columns })} where id = ${permit.id}`;
  };
  await create("zebra", { status: "active", valid_to: "2026-06-30", assigned_to: zoe.id });
  await create("\u00c9clair", { status: "inactive", valid_to: "2026-07-01" });
  await create("Apple", { status: "active", valid_to: "2026-07-30", assigned_to: agnes.id });
  await create("eclipse", { status: "active", valid_to: "2026-07-31" });
  await create("apple", { status: "cancelled", valid_to: "2026-07-10", assigned_to: zoe.id });
  await create("Mango", { status: "pending" });
});
afterAll(() => api.close());

type Query = NonNullable<Parameters<typeof clerk.trpc.permits.list.query>[0]>;

/** The holders of all permits, read page by page. */
const holders = async (query: Query, limit = 2) => {
  const found: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: { items: { holderName: string }[]; nextCursor: string | null } = await clerk.trpc.permits.list.query({
      ...query,
      limit,
      cursor,
    });
    found.push(...page.items.map(({ holderName }) => holderName));
    cursor = page.nextCursor;
    if (cursor === null) return found;
  }
};

const orders: [Query["sort"], string[]][] = [
  ["number", ["zebra", "\u00c9clair", "Apple", "eclipse", "apple", "Mango"]],
  ["holder", ["Apple", "apple", "eclipse", "\u00c9clair", "Mango", "zebra"]],
  ["status", ["zebra", "Apple", "eclipse", "apple", "\u00c9clair", "Mango"]],
  ["validTo", ["zebra", "\u00c9clair", "apple", "Apple", "eclipse", "Mango"]],
  ["assignee", ["Apple", "zebra", "apple", "\u00c9clair", "eclipse", "Mango"]],
];

test.each(orders)(
  "sorted by %s, pages follow on each other, and backwards they are the reverse",
  async (sort, order) => {
    expect(await holders({ sort })).toEqual(order);
    expect(await holders({ sort: `-${sort}` as Query["sort"] }, 1)).toEqual([...order].reverse());
  },
);

test("a sorted page holds its place while what was read changes or goes", async () => {
  const first = await clerk.trpc.permits.list.query({ sort: "holder", limit: 2 });
  expect(first.items.map(({ holderName }) => holderName)).toEqual(["Apple", "apple"]);
  const { permit } = await clerk.trpc.permits.create.mutate({ holderName: "Aardvark", type: "building" });
  const rest = await clerk.trpc.permits.list.query({ sort: "holder", limit: 2, cursor: first.nextCursor });
  expect(rest.items.map(({ holderName }) => holderName)).toEqual(["eclipse", "\u00c9clair"]);
  await api.database.admin.sql`delete from permits where id = ${permit.id}`;
});

test("what ends soon is in force and ends from today on, as the office counts days", async () => {
  // In Auckland it is the 1st of July already.
  api.clock.move(Date.parse("2026-06-30T13:00:00Z") - api.clock.now());
  const soon = { endsWithinDays: 30, sort: "validTo" } as const;
  expect(await holders(soon)).toEqual(["\u00c9clair", "Apple", "eclipse"]);
  expect(await holders({ ...soon, endsWithinDays: 29 })).toEqual(["\u00c9clair", "Apple"]);
  expect(await holders({ ...soon, status: "inactive" })).toEqual(["\u00c9clair"]);
  const file = await clerk.get("/api/permits/export?endsWithinDays=29&format=ndjson");
  const exported = (await file.text()).trim().split("\n");
  expect(exported.map((line) => JSON.parse(line).holder_name)).toEqual(["Apple", "\u00c9clair"]);
});

test.each<[string, object]>([
  ["an order by what is not sorted by", { sort: "notes" }],
  ["a place of another order", { sort: "validTo", cursor: "3~Apple" }],
  ["a day that does not exist", { sort: "validTo", cursor: "3~2026-02-30" }],
  ["a place without its key", { sort: "holder", cursor: "3" }],
  ["a key where there is no order", { cursor: "3~Apple" }],
  ["NUL in a place", { sort: "holder", cursor: "3~A\0" }],
  ["no days", { endsWithinDays: 0 }],
  ["more than a year", { endsWithinDays: 367 }],
])("%s is refused", async (_, query) => {
  expect(await refusalOf(clerk.trpc.permits.list.query(query))).toMatchObject({ httpStatus: 422 });
});
