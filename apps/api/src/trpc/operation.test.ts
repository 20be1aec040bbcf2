import type { EventCode, Severity } from "@countersign/audit/catalogue";
import type { Feature } from "@countersign/audit/features";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Caller, createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let clerk: Person;
beforeAll(async () => {
  api = await createTestApi();
  admin = api.database.admin.sql;
  clerk = await api.person(["permits.create", "permits.read"], "Clerk");
});
afterAll(() => api.close());

/** A permit that can be approved, and the user it is assigned to. */
let permitId: number;
let permitNumber: string;
let holder: Person;
beforeEach(async () => {
  const day = (ms: number) => new Date(Date.now() + ms).toISOString().slice(0, 10);
  const { permit } = await clerk.trpc.permits.create.mutate({
    type: "building",
    holderName: "Ada",
    validFrom: day(0),
    validTo: day(9e9),
  });
  permitId = permit.id;
  permitNumber = permit.permitNumber;
  holder = await api.person(["permits.read"]);
  await admin`update permits set assigned_to = ${holder.id} where id = ${permitId}`;
});

type Act = {
  feature: Feature;
  code: EventCode;
  severity: [success: Severity, refused: Severity];
  policy: string;
  run: (who: Caller) => Promise<unknown>;
  /** The same act on something that does not allow it. */
  fail: (who: Caller) => Promise<unknown>;
  reason: string;
  invalid: (who: Caller) => Promise<unknown>;
};
const wrong = (value: unknown) => value as never;
const other = async () => (await api.person(["permits.read"])).id;
const rejected = () => admin`update permits set status = 'rejected' where id = ${permitId}`;

const acts: Record<string, Act> = {
  create: {
    feature: "permits.create",
    code: "permit_create",
    severity: ["low", "medium"],
    policy: "decision",
    run: (who) => who.trpc.permits.create.mutate({ type: "event", holderName: "Bo" }),
    fail: (who) => who.trpc.permits.create.mutate({ type: "no such type", holderName: "Bo" }),
    reason: "invalid_input",
    invalid: (who) => who.trpc.permits.create.mutate({ type: "event", holderName: wrong({ secret: "Ada Lovelace" }) }),
  },
  update: {
    feature: "permits.update",
    code: "permit_update",
    severity: ["medium", "high"],
    policy: "decision",
    run: (who) => who.trpc.permits.update.mutate({ permitId, version: 1, site: "Mill Road 4" }),
    fail: (who) => who.trpc.permits.update.mutate({ permitId, version: 9, site: "Mill Road 4" }),
    reason: "stale_version",
    invalid: (who) => who.trpc.permits.update.mutate({ permitId, version: 1, site: wrong(["Ada Lovelace"]) }),
  },
  approve: {
    feature: "permits.approve",
    code: "permit_approve",
    severity: ["high", "high"],
    policy: "decision",
    run: (who) => who.trpc.permits.approve.mutate({ permitId }),
    fail: async (who) => {
      await rejected();
      return who.trpc.permits.approve.mutate({ permitId });
    },
    reason: "illegal_transition",
    invalid: (who) => who.trpc.permits.approve.mutate({ permitId, reason: wrong({ by: "Ada Lovelace" }) }),
  },
  assign: {
    feature: "permits.assign",
    code: "permit_reassign",
    severity: ["medium", "low"],
    policy: "change",
    run: async (who) => who.trpc.permits.assign.mutate({ permitId, userId: await other() }),
    fail: (who) => who.trpc.permits.assign.mutate({ permitId, userId: 999_999 }),
    reason: "invalid_input",
    invalid: (who) => who.trpc.permits.assign.mutate({ permitId, userId: wrong("Ada Lovelace") }),
  },
  unassign: {
    feature: "permits.assign",
    code: "permit_reassign",
    severity: ["medium", "high"],
    policy: "change",
    run: (who) => who.trpc.permits.unassign.mutate({ permitId }),
    fail: async (who) => {
      await rejected();
      return who.trpc.permits.unassign.mutate({ permitId });
    },
    reason: "illegal_transition",
    invalid: (who) => who.trpc.permits.unassign.mutate({ permitId: wrong("Ada Lovelace") }),
  },
};
const cases = Object.entries(acts);
const eventsOf = (person: Person) => api.stored({ actorId: String(person.id) });

test.each(cases)("%s that succeeds leaves one event, with what changed", async (_, act) => {
  const person = await api.person([act.feature]);
  const answer = (await act.run(person)) as { outcome: string; receipt: { id: string }; permit: { id: number } };
  expect(answer.outcome).toBe("done");
  const events = await eventsOf(person);
  expect(events).toMatchObject([
    {
      id: answer.receipt.id,
      code: act.code,
      category: "permit",
      severity: act.severity[0],
      policy: act.policy,
      status: "success",
      actor: { type: "user", id: String(person.id), label: person.name, roles: [person.role] },
      object: { type: "permit", id: String(answer.permit.id), label: expect.stringMatching(/^P-\d{4}-\d{6}$/) },
      source: "app",
      errorMessage: null,
    },
  ]);
  expect(Object.keys(events[0]?.changes ?? {})).not.toEqual([]);
});

test.each(cases)("%s that is not possible leaves one failed event and changes nothing", async (name, act) => {
  const person = await api.person([act.feature]);
  const before = await admin`select count(*)::int as permits, sum(version)::int as versions from permits`;
  expect(await refusalOf(act.fail(person))).toMatchObject({ reason: act.reason });
  expect(await admin`select count(*)::int as permits, sum(version)::int as versions from permits`).toEqual(before);
  const events = await eventsOf(person);
  // Of the two codes of an assignment that did not happen the first one stands.
  const code = name === "assign" ? "permit_assign" : act.code;
  const severity = name === "assign" ? "medium" : act.severity[1];
  expect(events).toMatchObject([
    { code, severity, status: "failed", changes: null, actor: { label: person.name, roles: [person.role] } },
  ]);
  expect(events[0]?.errorMessage).toMatch(/\.$/);
  if (name !== "create") {
    expect(events[0]?.object).toEqual({ type: "permit", id: String(permitId), label: permitNumber });
  }
});

test.each(cases)("%s without the feature leaves one denied event that names what was asked for", async (name, act) => {
  const person = await api.person(["permits.read"]);
  expect(await refusalOf(act.run(person))).toMatchObject({ httpStatus: 403, reason: "forbidden" });
  const events = await eventsOf(person);
  expect(events).toMatchObject([{ status: "denied", changes: null, category: "permit" }]);
  if (name !== "create") {
    expect(events[0]?.object).toEqual({ type: "permit", id: String(permitId), label: permitNumber });
  }
  expect(await admin`select version from permits where id = ${permitId}`).toEqual([{ version: 1 }]);
});

test.each(cases)("%s with invalid input leaves one failed event with the rule and never the value", async (_, act) => {
  const person = await api.person([act.feature]);
  const refusal = await refusalOf(act.invalid(person));
  expect(refusal).toMatchObject({ httpStatus: 422, reason: "invalid_input", fields: [{ rule: "invalid_type" }] });
  expect(JSON.stringify(refusal)).not.toContain("Ada Lovelace");
  const [event, ...more] = await eventsOf(person);
  expect(more).toEqual([]);
  expect(event).toMatchObject({ status: "failed", metadata: { fields: refusal.fields } });
  expect(JSON.stringify(event)).not.toContain("Ada Lovelace");
});

test.each(cases)("%s by nobody leaves no event", async (_, act) => {
  const before = (await api.stored()).length;
  expect(await refusalOf(act.run(api.caller()))).toMatchObject({ httpStatus: 401, reason: "unauthenticated" });
  expect((await api.stored()).filter(({ actor }) => actor.type === "anonymous")).toEqual([]);
  expect(await api.stored()).toHaveLength(before);
});

test("what changes nothing leaves no event and says so", async () => {
  const person = await api.person(["permits.update", "permits.assign"]);
  const { permits } = person.trpc;
  const outcomes = [
    await permits.update.mutate({ permitId, version: 1, holderName: "Ada" }),
    await permits.update.mutate({ permitId, version: 1 }),
    await permits.assign.mutate({ permitId, userId: holder.id }),
  ];
  await admin`update permits set assigned_to = null where id = ${permitId}`;
  outcomes.push(await permits.unassign.mutate({ permitId }));
  for (const answer of outcomes)
    expect(answer).toMatchObject({ outcome: "no_change", receipt: null, permit: { version: 1 } });
  expect(await eventsOf(person)).toEqual([]);
});

test("the log keeps the names and roles of the time", async () => {
  const person = await api.person(["permits.approve"], "Eve Old");
  await person.trpc.permits.approve.mutate({ permitId });
  await admin`update users set name = 'Eve New' where id = ${person.id}`;
  await admin`update roles set name = 'Renamed' where name = ${person.role}`;
  await admin`update permits set permit_number = permit_number || 'x' where id = ${permitId}`;
  const old = { actor: { label: "Eve Old", roles: ["Role of Eve Old"] }, object: { label: permitNumber } };
  expect(await eventsOf(person)).toMatchObject([old]);
  await admin`delete from users where id = ${person.id}`;
  expect(await eventsOf(person)).toMatchObject([old]);
});

test("the severity that an administrator set counts for the events after it", async () => {
  const person = await api.person(["permits.approve"]);
  await admin`update event_types set severity = 'low' where code = 'permit_approve'`;
  await api.services.eventTypes.refresh();
  await person.trpc.permits.approve.mutate({ permitId });
  await admin`update event_types set severity = 'high' where code = 'permit_approve'`;
  await api.services.eventTypes.refresh();
  await refusalOf(person.trpc.permits.approve.mutate({ permitId }));
  expect((await eventsOf(person)).map(({ severity }) => severity)).toEqual(["low", "high"]);
});

test("an act of a type that is switched off is done, answers suppressed and is counted", async () => {
  const person = await api.person(["permits.approve"]);
  await admin`update event_types set enabled = false where code = 'permit_approve'`;
  await api.services.eventTypes.refresh();
  const answer = await person.trpc.permits.approve.mutate({ permitId });
  expect(answer).toMatchObject({ outcome: "suppressed", receipt: null, permit: { status: "active" } });
  const denied = await api.person([]);
  await refusalOf(denied.trpc.permits.approve.mutate({ permitId }));
  await admin`update event_types set enabled = true where code = 'permit_approve'`;
  await api.services.eventTypes.refresh();
  expect([...(await eventsOf(person)), ...(await eventsOf(denied))]).toEqual([]);
  expect(await admin`select count::int from suppressed_day where code = 'permit_approve'`).toEqual([{ count: 2 }]);
});

test("a reason goes into the notes, without the secrets in it", async () => {
  const person = await api.person(["permits.approve"]);
  await person.trpc.permits.approve.mutate({
    permitId,
    reason: "checked, Bearer abcdefghijklmnopqrstuvwxyz0123456789",
  });
  const [event] = await eventsOf(person);
  expect(event?.notes).toMatch(/^checked, .*\[redacted:/);
});

test("each call of a batch leaves its own event and has its own answer", async () => {
  const person = await api.person(["permits.approve"]);
  const answer = await person.post("/trpc/permits.approve,permits.create,permits.approve?batch=1", {
    0: { json: { permitId } },
    1: { json: { type: "event", holderName: "Bo" } },
    2: { json: { permitId: 999_999 } },
  });
  expect(answer.status).toBe(207);
  // They run side by side, so their order is open.
  const byStatus = (await eventsOf(person)).sort((one, next) => (one.status < next.status ? -1 : 1));
  expect(byStatus).toMatchObject([
    { code: "permit_create", status: "denied", endpoint: "/trpc/permits.create" },
    { code: "permit_approve", status: "failed", object: { id: "999999", label: null } },
    { code: "permit_approve", status: "success", endpoint: "/trpc/permits.approve" },
  ]);
});
