import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let clerk: Person;
beforeAll(async () => {
  api = await createTestApi();
  clerk = await api.person(["permits.read", "permits.create", "permits.assign"], "Clerk");
  const create = async (holderName: string, site: string, type = "building") =>
    (await clerk.trpc.permits.create.mutate({ holderName, site, type })).permit;
  await create("100 % Gardens", "Mill Road 4");
  await create("Under_score", "back\\slash lane");
  await create("' or 1=1--", "Ünter den Linden", "event");
  await create("Plain", "Elsewhere", "event");
  const { id } = await create("Assigned", "Elsewhere");
  await clerk.trpc.permits.assign.mutate({ permitId: id, userId: clerk.id });
  await api.database.admin.sql`update permits set status = 'active' where id = ${id}`;
});
afterAll(() => api.close());

type Query = Parameters<typeof clerk.trpc.permits.list.query>[0];
const holders = async (query: Query) =>
  (await clerk.trpc.permits.list.query(query)).items.map(({ holderName }) => holderName);
const all = ["Assigned", "Plain", "' or 1=1--", "Under_score", "100 % Gardens"];

test("permits are listed newest first, each with what is known of it", async () => {
  expect(await holders({})).toEqual(all);
  const { items } = await clerk.trpc.permits.list.query({ limit: 1 });
  expect(items).toMatchObject([
    { holderName: "Assigned", status: "active", assignedTo: { id: clerk.id, name: "Clerk" } },
  ]);
});

test.each<[string, string[]]>([
  ["%", ["100 % Gardens"]],
  ["_", ["Under_score"]],
  ["\\", ["Under_score"]],
  ["' or 1=1--", ["' or 1=1--"]],
  ["ÜNTER", ["' or 1=1--"]],
  ["mill road", ["100 % Gardens"]],
  ["000004", ["Plain"]],
  ["no such thing", []],
])("a search for %s finds these characters and nothing else", async (search, found) => {
  expect(await holders({ search })).toEqual(found);
});

test("an é is found however it was typed, by whichever é is searched for", async () => {
  const [composed, decomposed] = ["Ren\u00e9e", "Rene\u0301e"];
  const pair = [await api.person(["permits.read"], composed), await api.person(["permits.read"], `${decomposed} 2`)];
  await pair[0]?.trpc.permits.read.query({ permitId: 1 });
  await pair[1]?.trpc.permits.read.query({ permitId: 1 });
  await api.stored();
  const reader = await api.person(["audit.read"]);
  for (const search of [composed, decomposed]) {
    expect((await clerk.trpc.permits.assignees.query({ search })).items).toHaveLength(2);
    const { entries } = await reader.trpc.audit.list.query({ codes: ["permit_read"], text: search });
    expect(entries.map(({ actor }) => actor.label)).toEqual([`${decomposed} 2`, composed]);
  }
});

test("each filter narrows, and together they narrow further", async () => {
  expect(await holders({ type: "event" })).toEqual(["Plain", "' or 1=1--"]);
  expect(await holders({ status: "active" })).toEqual(["Assigned"]);
  expect(await holders({ status: "expired" })).toEqual([]);
  expect(await holders({ assignedTo: clerk.id })).toEqual(["Assigned"]);
  expect(await holders({ assignedTo: "nobody" })).toEqual(all.slice(1));
  expect(await holders({ type: "event", search: "else" })).toEqual(["Plain"]);
});

test("pages follow on each other while permits are added", async () => {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: { holderName: string }[]; nextCursor: string | null } = await clerk.trpc.permits.list.query({
      limit: 2,
      cursor,
    });
    found.push(...page.items.map(({ holderName }) => holderName));
    cursor = page.nextCursor;
    await clerk.trpc.permits.create.mutate({ holderName: "Later", type: "building" });
  } while (cursor !== null);
  expect(found).toEqual(all);
});

test.each<[string, unknown]>([
  ["a page of none", { limit: 0 }],
  ["a page of 201", { limit: 201 }],
  ["a page of one and a half", { limit: 1.5 }],
  ["a bad cursor", { cursor: "first" }],
  ["a negative cursor", { cursor: "-1" }],
  ["an unknown status", { status: "gone" }],
  ["a long search", { search: "s".repeat(257) }],
  ["an unknown filter", { colour: "red" }],
])("%s is refused, never clamped", async (_, query) => {
  expect(await refusalOf(clerk.trpc.permits.list.query(query as Query))).toMatchObject({ httpStatus: 422 });
});

test("a list leaves no event, a look at one permit does", async () => {
  const reader = await api.person(["permits.read"]);
  await reader.trpc.permits.list.query({});
  expect(await api.stored({ actorId: String(reader.id) })).toEqual([]);
  await reader.trpc.permits.read.query({ permitId: 1 });
  expect(await api.stored({ actorId: String(reader.id) })).toMatchObject([
    { code: "permit_read", severity: "info", policy: "read", object: { id: "1", label: expect.stringMatching(/^P-/) } },
  ]);
});

test("those who can be given a permit are found by name, whoever may not read permits is not among them", async () => {
  await api.person(["permits.assign"], "Zoe Blind");
  await api.person(["permits.read"], "Zoe Sighted");
  const found = async (search: string) =>
    (await clerk.trpc.permits.assignees.query({ search })).items.map(({ name }) => name);
  expect(await found("zoe")).toEqual(["Zoe Sighted"]);
  expect(await found("%")).toEqual([]);
});
