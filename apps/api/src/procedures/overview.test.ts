import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let reader: Person;
beforeAll(async () => {
  api = await createTestApi();
  reader = await api.person(["audit.read"], "Rita Reader");
  const writer = await api.person(["audit.write"], "Wanda Writer");
  const actor = { type: "user", id: "7", label: "Ana Ruiz" } as const;
  const permit = { type: "permit", id: "41", label: "P-41" } as const;
  await writer.trpc.events.recordMany.mutate({
    events: [
      { code: "permit_delete", actor, object: permit },
      { code: "permit_delete", status: "denied", actor, object: permit },
      { code: "permit_read", actor, object: { type: "permit", id: "42", label: "P-42" } },
    ],
  });
  for (const ip of ["2001:db8:0:7::1", "2001:db8:0:7::2", "198.51.100.7"]) {
    await refusalOf(api.caller({ ip }).trpc.auth.signIn.mutate({ username: "mallory", password: "a guess" }));
  }
  await api.stored();
});
afterAll(() => api.close());

test("each day is counted by severity, with what did not succeed and the sign-ins that failed", async () => {
  const { from, to, days } = await reader.trpc.overview.days.query({});
  expect(Date.parse(to) - Date.parse(from)).toBe(34 * 86_400_000);
  const critical = days.find(({ severity }) => severity === "critical");
  expect(critical).toMatchObject({ day: to, events: 2, notSuccess: 1, signInFailures: 0 });
  expect(days.reduce((sum, { signInFailures }) => sum + signInFailures, 0)).toBe(3);
});

test("the last seven days are told by category, and what was refused by its event type", async () => {
  const { categories, failures } = await reader.trpc.overview.kinds.query({});
  expect(categories.find(({ category }) => category === "permit")).toEqual({ category: "permit", events: 3 });
  expect(failures.map(({ code, status, events }) => [code, status, events])).toEqual([
    ["user_login", "failed", 3],
    ["permit_delete", "denied", 1],
  ]);
});

test("the busiest are ranked with the name of the time, and it is said over how many rows", async () => {
  const { rows, since, actors, objects } = await reader.trpc.overview.rankings.query({});
  expect(rows).toBeGreaterThanOrEqual(6);
  expect(since).toMatch(/^\d{4}-\d{2}-\d{2}T/);
  expect(actors).toContainEqual({ type: "user", id: "7", label: "Ana Ruiz", events: 3 });
  expect(objects).toContainEqual({ type: "permit", id: "41", label: "P-41", events: 2 });
});

test("failed sign-ins are told by network, without those that succeeded", async () => {
  const { since, networks } = await reader.trpc.overview.networks.query({});
  expect(Date.parse(since)).toBeLessThan(Date.parse(networks[0]?.last ?? ""));
  expect(networks.map(({ network, events }) => [network, events])).toEqual([
    ["2001:db8:0:7::/64", 2],
    ["198.51.100.7", 1],
  ]);
});

test("the newest criticals and acts are told, without looks at the log among them", async () => {
  const { criticals, acts } = await reader.trpc.overview.latest.query({});
  expect(criticals.map(({ code, status }) => [code, status]).sort()).toEqual([
    ["permit_delete", "denied"],
    ["permit_delete", "success"],
  ]);
  expect(acts.map(({ code }) => code)).toContain("user_login");
  expect(acts.filter(({ category }) => category === "audit" || category === "platform")).toEqual([]);
});

test("one look at the overview is recorded once, and without audit.read none is given", async () => {
  const other = await api.person(["audit.read"]);
  await other.trpc.overview.days.query({});
  await other.trpc.overview.latest.query({});
  const told = (await api.stored({ actorId: String(other.id) })).map(({ code, metadata }) => [code, metadata]);
  expect(told).toEqual([["audit_view_logs", { filter: { overview: true } }]]);
  const stranger = await api.person(["permits.read"]);
  expect(await refusalOf(stranger.trpc.overview.rankings.query({}))).toMatchObject({ httpStatus: 403 });
});

test("input that no card takes is refused", async () => {
  const days = reader.trpc.overview.days.query({ days: 4000 } as unknown as Record<string, never>);
  expect(await refusalOf(days)).toMatchObject({ httpStatus: 422, reason: "invalid_input" });
});
