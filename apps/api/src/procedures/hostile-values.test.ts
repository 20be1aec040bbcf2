import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestApi } from "../testing.ts";
import { createOffice, type Office } from "./testing/bad-input-office.ts";
import { injections, isText, membersOf } from "./testing/bad-values.ts";
import { type Door, doors, rawDoors, refusalIn, trpcDoors } from "./testing/doors.ts";

let api: TestApi;
let office: Office;
beforeAll(async () => {
  office = await createOffice();
  api = office.api;
});
afterAll(() => api.close());

type Case = { door: Door; input: () => Record<string, unknown>; status: number; reason: string };

/** Refuses each input as it should, with one failed event where the act has one, and changes nothing. */
const expectRefusals = async (cases: readonly Case[]): Promise<void> => {
  const by = await office.everything();
  const before = await office.digest();
  const expected: unknown[] = [];
  for (const { door, input, status, reason } of cases) {
    const answer = await door.send(by, input());
    if (answer === null) throw new Error(`${door.name} cannot be asked`);
    const text = await answer.text();
    expect([answer.status, refusalIn(text).reason], text.slice(0, 300)).toEqual([status, reason]);
    if (door.event !== undefined) expected.push([door.event, "failed", null]);
  }
  expect(await office.digest()).toBe(before);
  const events = await api.stored({ actorId: String(by.id) });
  expect(events.map(({ code, status, changes }) => [code, status, changes])).toEqual(expected);
};

const most = Number.MAX_SAFE_INTEGER;
/** What names something else, and a name of nothing in its form. */
const nothing: Record<string, unknown> = {
  ...{ permitId: most, userId: most, roleId: most, documentId: most, keyId: most, sessionId: most, viewId: most },
  ...{ holdId: most, alertId: most, ruleId: most, channelId: most, deliveryId: most },
  ...{ roleIds: [most], channelIds: [most], user_id: String(most) },
  ...{ manifestId: "00000000-0000-4000-8000-000000000000" },
};
const namesOf = ({ schema }: Door): string[] =>
  Object.keys(membersOf(schema)).filter((member) => Object.hasOwn(nothing, member));

test("whatever looks like an id is tried below", () => {
  const ids = doors.flatMap(([, { schema }]) => Object.keys(membersOf(schema)).filter((name) => /_?ids?$/i.test(name)));
  const elsewhere = ["id", "actorId", "objectId", "object_id", "requestId", "lastEventId"];
  expect([...new Set(ids)].filter((name) => !Object.hasOwn(nothing, name)).sort()).toEqual(elsewhere.sort());
});

/** The log is asked about whoever ever was: that nothing ever succeeded for somebody is an answer. */
const askTheLog = new Set(["audit.doneToUser", "audit.userSeen", "audit.userAddresses"]);
/** Whoever an event names can be erased, a refused one too: each is asked about somebody that none names yet. */
const erase = new Set(["erasures.preview", "erasures.record"]);
let asked = 0;
const valueFor = (door: Door, member: string): unknown =>
  erase.has(door.name) && member === "userId" ? most - ++asked : nothing[member];

const named = doors.filter(([, door]) => namesOf(door).length > 0);
test.each(named)("%s says 404 for what is not there, or finds nothing", async (_, door) => {
  const required = namesOf(door).filter(
    (member) => !door.isQuery || erase.has(door.name) || door.schema.required?.includes(member),
  );
  const by = await office.everything();
  for (const filter of namesOf(door).filter((member) => !required.includes(member))) {
    const answer = await door.send(by, { ...office.goodInput(door), [filter]: nothing[filter] });
    expect(await answer?.text()).toMatch(/"(items|results)":\[\]/);
  }
  if (askTheLog.has(door.name)) {
    const answer = await door.send(by, { ...office.goodInput(door), userId: nothing.userId });
    expect([answer?.status, (await answer?.text())?.includes('"success"')]).toEqual([200, false]);
    return;
  }
  await expectRefusals(
    required.map((member) => {
      const isAssignee = door.name === "permits.assign" && member === "userId";
      const refusal =
        isAssignee || member === "channelIds"
          ? { status: 422, reason: "invalid_input" }
          : { status: 404, reason: "not_found" };
      return { door, input: () => ({ ...office.goodInput(door), [member]: valueFor(door, member) }), ...refusal };
    }),
  );
});

const versioned = doors.filter(([, { schema }]) => Object.hasOwn(membersOf(schema), "version"));
test.each(versioned)("%s refuses the version of another time", async (_, door) => {
  const input = () => ({ ...office.goodInput(door), version: 2_147_483_647 });
  await expectRefusals([{ door, input, status: 409, reason: "stale_version" }]);
});

test("a session of somebody else is not there", async () => {
  const of = (name: string) => trpcDoors.find((door) => door.name === name)!;
  const refusal = { status: 404, reason: "not_found" };
  const input = (door: Door) => () => ({ ...office.goodInput(door), sessionId: office.otherSession });
  await expectRefusals(
    [of("users.endOwnSessions"), of("users.endSessions")].map((door) => ({ door, input: input(door), ...refusal })),
  );
  expect(await api.database.admin.sql`select from sessions where id = ${office.otherSession}`).toHaveLength(1);
});

/** Every value of members with this name, however deep. */
const valuesOf = (answer: unknown, member: string): unknown[] =>
  typeof answer !== "object" || answer === null
    ? []
    : Object.entries(answer).flatMap(([name, value]) =>
        name === member ? [value, ...valuesOf(value, member)] : valuesOf(value, member),
      );

const takingText = [
  ...trpcDoors.filter(({ isQuery }) => isQuery),
  ...trpcDoors.filter(({ isQuery }) => !isQuery),
  ...rawDoors,
]
  .map((door) => {
    const members = Object.entries(membersOf(door.schema)).filter(([, schema]) => isText(schema));
    return [door.name, door, members.map(([member]) => member)] as const;
  })
  .filter(([, , members]) => members.length > 0);

test.each(takingText)("%s takes hostile text literally or not at all", async (_, door, members) => {
  const by = await office.everything();
  for (const member of members) {
    for (const text of injections) {
      const answer = await door.send(by, { ...office.goodInput(door), [member]: text });
      const body = (await answer?.text()) ?? "";
      const hint = `${door.name} ${member} ${JSON.stringify(text)} → ${answer?.status} ${body.slice(0, 300)}`;
      expect(answer?.status, hint).toBeLessThan(500);
      if (answer?.status !== 200 || answer.headers.get("content-type") !== "application/json") continue;
      if (member === "search") expect(valuesOf(JSON.parse(body), "items"), hint).toEqual([[]]);
      const found = valuesOf(JSON.parse(body), member);
      const isKept = found.length > 0 && !door.isQuery && !["id", "reason"].includes(member);
      if (isKept) expect(found, hint).toContain(text);
    }
  }
  expect((await by.get("/api/permits")).status).toBe(200);
  await api.stored();
});

test("all that was taken is kept in the log without a fault, and every table is still there", async () => {
  expect((await api.stored()).length).toBeGreaterThan(100);
  await expect(office.digest()).resolves.toMatch(/^[0-9a-f]{64} /);
  const [waiting] = await api.database.admin.sql`select count(*)::int as count from audit_outbox`;
  expect(waiting?.count).toBe(0);
  expect(api.logged.filter((line) => JSON.stringify(line).includes("a procedure failed"))).toEqual([]);
});
