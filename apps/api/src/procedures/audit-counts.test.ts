import { uuid7 } from "@countersign/audit/uuid7";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let reader: Person;
let ann: Person;
let key: Person;
const dayMs = 86_400_000;

beforeAll(async () => {
  api = await createTestApi();
  reader = await api.person(["audit.read"], "Rita Reader");
  ann = await api.person(["permits.read", "permits.create", "permits.update", "permits.approve"], "Ann Able");
  key = await api.person(["audit.write"], "Wanda Writer");
  for (const holderName of ["One", "Two", "Three"]) {
    await ann.trpc.permits.create.mutate({ type: "event", holderName });
  }
  await refusalOf(ann.trpc.permits.approve.mutate({ permitId: 1 }));
  await key.trpc.events.recordMany.mutate({
    events: [1, 2, 3].map((days) => ({
      id: uuid7(Date.now() - days * dayMs, new Uint8Array(10).fill(days)),
      code: "permit_export",
      metadata: { count: days },
    })),
  });
  await api.stored();
});
afterAll(() => api.close());

type List = Parameters<Person["trpc"]["audit"]["list"]["query"]>[0];
const found = async (input: List) =>
  (await reader.trpc.audit.list.query({ ...input, limit: 200 })).entries.map((entry) => entry.code);
const count = (codes: string[], code: string) => codes.filter((one) => one === code).length;

test("lists take one of theirs, exclusions none of theirs, and both together what is left", async () => {
  const actor = `user:${ann.id}`;
  expect(count(await found({ actors: [actor] }), "permit_create")).toBe(3);
  expect(await found({ actors: [actor], notCodes: ["permit_create", "user_login"] })).toEqual(["permit_approve"]);
  expect(await found({ actors: [actor], statuses: ["failed"] })).toEqual(["permit_approve"]);
  expect(await found({ actors: [actor], objects: ["permit:2"] })).toEqual(["permit_create"]);
  expect(await found({ actors: [actor], objects: ["permit"], notObjects: ["permit:1", "permit:3"] })).toEqual([
    "permit_create",
  ]);
  expect(await found({ actors: ["anonymous"] })).toEqual([]);
  expect(await found({ notActors: ["user", "api_key", "platform", "anonymous"] })).toEqual([]);
  expect(await found({ actors: ["anonymous", actor], codes: ["permit_approve"] })).toEqual(["permit_approve"]);
});

test("the target of an act is another filter than its object", async () => {
  const chief = await api.person(["permits.read", "permits.assign"], "Cleo Chief");
  await chief.trpc.permits.assign.mutate({ permitId: 2, userId: Number(ann.id) });
  await api.stored();
  const target = `user:${ann.id}`;
  expect(await found({ targets: [target] })).toContain("permit_assign");
  expect(await found({ targets: ["user"], actors: [`user:${chief.id}`] })).toEqual(["permit_assign"]);
  expect(await found({ objects: [target], codes: ["permit_assign"] })).toEqual([]);
  // An act without any target has not this one.
  const left = await found({ notTargets: [target], objects: ["permit:2"] });
  expect(left).toContain("permit_create");
  expect(left).not.toContain("permit_assign");
  const { facets } = await reader.trpc.audit.facets.query({ fields: ["target"], codes: ["permit_assign"] });
  expect(facets).toEqual([
    { field: "target", values: [{ value: target, label: "Ann Able", count: 1 }], others: 0, counted: 1 },
  ]);
});

test("what stands in the details narrows, too: roles of the time and networks", async () => {
  const [own] = (await reader.trpc.audit.list.query({ actors: [`user:${ann.id}`], limit: 1 })).entries;
  const [role] = own?.actor.roles ?? [];
  expect(own?.ip).toMatch(/^[\d.:a-f]+$/);
  expect(count(await found({ roles: [String(role)] }), "permit_create")).toBe(3);
  expect(count(await found({ notRoles: [String(role)] }), "permit_create")).toBe(0);
  expect(count(await found({ networks: [String(own?.ip)] }), "permit_create")).toBe(3);
  expect(count(await found({ networks: ["203.0.113.0/24"] }), "permit_create")).toBe(0);
  expect(count(await found({ notNetworks: ["203.0.113.0/24"] }), "permit_create")).toBe(3);
  expect(await found({ requestId: String(own?.requestId) })).toEqual([own?.code]);
});

test.each<[Record<string, unknown>, string]>([
  [{ actors: ["user:"] }, "actors.0"],
  [{ actors: ["robot:1"] }, "actors.0"],
  [{ notObjects: ["castle:1"] }, "notObjects.0"],
  [{ targets: ["castle:1"] }, "targets.0"],
  [{ networks: ["10.0.0.1/8"] }, "networks.0"],
  [{ networks: ["999.1.1.1"] }, "networks.0"],
  [{ notSeverities: ["worst"] }, "notSeverities.0"],
  [{ roles: Array.from({ length: 101 }, () => "x") }, "roles"],
  [{ not: { codes: ["permit_read"] } }, "not"],
])("%j is refused at %s", async (input, path) => {
  const refusal = await refusalOf(reader.trpc.audit.list.query(input as List));
  expect(refusal).toMatchObject({ httpStatus: 422, fields: [{ path }] });
});

test("facets name what is most frequent, by the last name of the time, and how many values are left", async () => {
  const { facets, counted, isCapped } = await reader.trpc.audit.facets.query({
    fields: ["code", "actor", "status", "network", "role", "object"],
    notActors: [`user:${reader.id}`],
    most: 2,
  });
  const of = (field: string) => facets.find((facet) => facet.field === field);
  expect(isCapped).toBe(false);
  expect(of("code")?.values).toHaveLength(2);
  expect(of("code")?.values[0]).toMatchObject({ count: 3 });
  expect(of("code")?.others).toBeGreaterThan(0);
  expect(of("actor")?.values).toContainEqual({ value: `user:${ann.id}`, label: "Ann Able", count: expect.any(Number) });
  const total = of("status")?.values.reduce((sum, value) => sum + value.count, 0);
  expect(total).toBe(counted);
  expect(of("object")?.values.map(({ value }) => value.split(":")[0])).toContain("permit");
});

test("counted apart, a field shows what else could be chosen, the others what is left by the choice", async () => {
  const query = { days: 7, statuses: ["failed"], actors: [`user:${ann.id}`] };
  const ask = async (apart: boolean) => {
    const { facets, counted } = await reader.trpc.audit.facets.query({
      ...query,
      fields: ["status", "actor", "code"],
      apart,
    });
    const values = Object.fromEntries(facets.map((facet) => [facet.field, facet.values.map(({ value }) => value)]));
    return { values, counted, each: facets.map((facet) => [facet.field, facet.counted]) };
  };
  const together = await ask(false);
  expect(together.values).toEqual({ status: ["failed"], actor: [`user:${ann.id}`], code: ["permit_approve"] });
  const apart = await ask(true);
  expect(apart.values.code).toEqual(["permit_approve"]);
  expect(apart.counted).toBe(1);
  expect(apart.values.status).toEqual(["success", "failed"]);
  expect(apart.each.map(([field]) => field)).toEqual(["status", "actor", "code"]);
  expect(Object.fromEntries(apart.each)).toMatchObject({ code: 1, status: expect.any(Number) });
  expect((await reader.trpc.audit.facets.query({ ...query, fields: ["status"], apart: true })).facets).toHaveLength(1);
  // A list left out is a choice, too.
  const { facets } = await reader.trpc.audit.facets.query({ fields: ["status"], notStatuses: ["failed"], apart: true });
  expect(facets[0]?.values.map(({ value }) => value)).toContain("failed");
});

test("a facet is searched by name or value, whatever the case, every character literal", async () => {
  const find = async (text: string) =>
    (await reader.trpc.audit.facets.query({ fields: ["actor"], find: text })).facets[0]?.values.map((v) => v.label);
  expect(await find("ann AB")).toEqual(["Ann Able"]);
  expect(await find("%")).toEqual([]);
});

test("bars hold every event once, in the range and outside none", async () => {
  const events = await reader.trpc.audit.histogram.query({ codes: ["permit_export"], days: 4 });
  expect(events.basis).toBe("events");
  expect(events.bars.length).toBeLessThanOrEqual(60);
  const filled = events.bars.filter(({ counts }) => Object.keys(counts).length > 0);
  expect(filled.map(({ counts }) => Object.values(counts))).toEqual([[1], [1], [1]]);
  for (const [index, { from, to }] of filled.entries()) {
    const at = Date.now() - (3 - index) * dayMs;
    expect(Date.parse(from)).toBeLessThanOrEqual(at);
    expect(Date.parse(to)).toBeGreaterThan(at - 1000);
  }
  const short = await reader.trpc.audit.histogram.query({
    codes: ["permit_export"],
    from: new Date(Date.now() - 36 * 3_600_000).toISOString(),
  });
  expect(short.bars.flatMap(({ counts }) => Object.values(counts))).toEqual([1]);
});

test("long ranges are whole days out of the roll-up, unless a part of the query is not in it", async () => {
  const sum = (bars: readonly { counts: Record<string, number> }[]) =>
    bars.flatMap(({ counts }) => Object.values(counts)).reduce((all, one) => all + one, 0);
  const query = { from: new Date(Date.now() - 90 * dayMs).toISOString(), categories: ["permit"] };
  await api.stored();
  const { entries } = await reader.trpc.audit.list.query({ ...query, limit: 200 });
  const admin = api.database.admin.sql;
  const [{ oldest } = { oldest: "" }] = await admin`select min(day)::text as oldest from event_day`;
  await admin`insert into event_day values (${new Date(Date.now() - 80 * dayMs).toISOString().slice(0, 10)}, 'permit_read', 'info', 'success', 0, 7)`;
  const days = await reader.trpc.audit.histogram.query(query);
  expect(days).toMatchObject({ basis: "days", countedFrom: null });
  expect(sum(days.bars)).toBe(entries.length + 7);
  expect(sum((await reader.trpc.audit.histogram.query({ ...query, notCodes: ["permit_read"] })).bars)).toBe(
    entries.length,
  );
  const counted = await reader.trpc.audit.histogram.query({ ...query, actors: ["user"] });
  expect(counted.basis).toBe("events");
  expect(oldest).not.toBe("");
});

test("an empty answer says what would be found without each part, in another range, and what is switched off", async () => {
  const nothing = await reader.trpc.audit.whyEmpty.query({
    codes: ["permit_create"],
    statuses: ["denied"],
    notActors: [`user:${ann.id}`],
  });
  expect(nothing).toMatchObject({ newest: null, off: [] });
  expect(Object.fromEntries(nothing.without.map(({ part, count }) => [part, count]))).toEqual({
    codes: 0,
    statuses: 0,
    "not:actors": 0,
  });
  const partly = await reader.trpc.audit.whyEmpty.query({ codes: ["permit_create"], statuses: ["denied"] });
  expect(partly.without).toContainEqual({ part: "statuses", count: 3 });
  const alone = await reader.trpc.audit.whyEmpty.query({ text: "no such text", codes: [] });
  expect(alone.without).toEqual([{ part: "text", count: expect.any(Number) }]);
  const elsewhere = await reader.trpc.audit.whyEmpty.query({
    codes: ["permit_create"],
    from: "2020-01-01T00:00:00Z",
    to: "2020-02-01T00:00:00Z",
  });
  expect(Date.now() - Date.parse(String(elsewhere.newest))).toBeLessThan(dayMs);
  const boss = await api.person(["events.configure"], "Bo Boss");
  await boss.trpc.eventTypes.update.mutate({ code: "permit_read", enabled: false });
  await api.stored();
  expect((await reader.trpc.audit.whyEmpty.query({ codes: ["permit_read"] })).off).toMatchObject([
    { code: "permit_read", by: "Bo Boss" },
  ]);
  // Of a category the others are still kept, so that the one is not why nothing matches.
  expect((await reader.trpc.audit.whyEmpty.query({ categories: ["permit"], text: "none" })).off).toEqual([]);
  expect((await reader.trpc.audit.whyEmpty.query({ codes: ["permit_read", "permit_create"], text: "x" })).off).toEqual(
    [],
  );
});

test("counts are views of the log, counted with the rows of the same query", async () => {
  const viewer = await api.person(["audit.read"], "Vera Viewer");
  const query = { codes: ["permit_delete"] };
  await viewer.trpc.audit.list.query(query);
  await viewer.trpc.audit.facets.query({ ...query, fields: ["code"], apart: true });
  await viewer.trpc.audit.histogram.query(query);
  const views = (await api.stored({ actorId: String(viewer.id) })).filter(({ code }) => code === "audit_view_logs");
  expect(views).toMatchObject([{ metadata: { filter: query } }]);
  expect(
    await api.database.admin.sql`select repeats from collapsed_read where draft->'actor'->>'id' = ${String(viewer.id)}`,
  ).toEqual([{ repeats: 2 }]);
});
