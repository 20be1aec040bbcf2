import { eventCodes, eventType } from "@countersign/audit/catalogue";
import { afterAll, beforeAll, expect, test } from "vitest";
import { initEvents } from "../setup.ts";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let chief: Person;
beforeAll(async () => {
  api = await createTestApi();
  admin = api.database.admin.sql;
  chief = await api.person(["events.read", "events.configure", "permits.create", "permits.read"], "Cleo Chief");
});
afterAll(() => api.close());

type Update = Parameters<Person["trpc"]["eventTypes"]["update"]["mutate"]>[0];
const update = (input: Update) => chief.trpc.eventTypes.update.mutate(input);
const typeOf = async (code: string) =>
  (await chief.trpc.eventTypes.list.query({})).items.find((item) => item.code === code)!;
const eventsOf = (code: string) => api.stored({ objectType: "system_config", objectId: `event_type:${code}` });
const lastOf = async (code: string) => (await eventsOf(code)).at(-1);
const createPermit = () => chief.trpc.permits.create.mutate({ type: "building", holderName: "Ada Lovelace" });
const created = async () => (await api.stored({ codes: ["permit_create"] })).length;
const suppressed = async (code: string) =>
  (await admin`select coalesce(sum(count), 0)::int as count from suppressed_day where code = ${code}`)[0]?.count;

test("the list has every type with what the catalogue says and how it is set", async () => {
  const { items } = await chief.trpc.eventTypes.list.query({});
  expect(items.map(({ code }) => code).sort()).toEqual([...eventCodes].sort());
  const { description, sentence } = eventType("permit_delete");
  expect(await typeOf("permit_delete")).toMatchObject({
    code: "permit_delete",
    name: eventType("permit_delete").name,
    enabled: true,
    locked: eventType("permit_delete").locked,
    retired: false,
    version: 1,
    catalogue: { description, sentence, approvalOffered: true, objectType: "permit", feature: "permits.delete" },
  });
});

test("a change is recorded with the fields that differ, and counts for later events only", async () => {
  const permit = await createPermit();
  const before = await api.stored({ codes: ["permit_create"] });
  const answer = await update({
    code: "permit_create",
    version: 1,
    severity: "high",
    policy: "session",
    notify: eventType("permit_create").notify,
    reason: "audit of March",
  });
  expect(answer).toMatchObject({
    outcome: "done",
    receipt: { id: expect.any(String) },
    eventType: { severity: "high", policy: "session", version: 2 },
  });
  expect(await eventsOf("permit_create")).toMatchObject([
    {
      code: "system_config_change",
      status: "success",
      object: { type: "system_config", id: "event_type:permit_create", label: eventType("permit_create").name },
      changes: { severity: { old: "low", new: "high" }, policy: { old: "decision", new: "session" } },
      notes: "audit of March",
      actor: { id: String(chief.id) },
    },
  ]);
  expect(Object.keys((await lastOf("permit_create"))?.changes ?? {}).sort()).toEqual(["policy", "severity"]);
  await createPermit();
  const after = await api.stored({ codes: ["permit_create"] });
  expect(after.slice(0, before.length)).toEqual(before);
  expect(before.at(-1)).toMatchObject({
    severity: "low",
    policy: "decision",
    object: { id: String(permit.permit.id) },
  });
  expect(after.at(-1)).toMatchObject({ severity: "high", policy: "session" });
});

test("a type that is switched off lets acts happen, says so and counts them", async () => {
  const [events, counted] = [await created(), await suppressed("permit_create")];
  expect(await update({ code: "permit_create", enabled: false })).toMatchObject({ eventType: { enabled: false } });
  expect(await createPermit()).toMatchObject({ outcome: "suppressed", receipt: null, permit: { status: "pending" } });
  expect([await created(), await suppressed("permit_create")]).toEqual([events, counted + 1]);
  const stranger = await api.person([]);
  expect(await refusalOf(stranger.trpc.permits.create.mutate({ type: "building", holderName: "Eve" }))).toMatchObject({
    httpStatus: 403,
  });
  await update({ code: "permit_create", enabled: true });
  expect(await createPermit()).toMatchObject({ outcome: "done" });
  expect(await created()).toBe(events + 1);
});

test("a locked type cannot be switched off, but its severity can be set", async () => {
  expect(await refusalOf(update({ code: "user_login", enabled: false }))).toMatchObject({
    httpStatus: 409,
    reason: "locked",
  });
  expect(await lastOf("user_login")).toMatchObject({
    status: "failed",
    changes: null,
    object: { label: eventType("user_login").name },
  });
  expect(await typeOf("user_login")).toMatchObject({ enabled: true, version: 1 });
  expect(await update({ code: "user_login", enabled: true })).toMatchObject({ outcome: "no_change" });
  expect(await update({ code: "user_login", severity: "high" })).toMatchObject({ outcome: "done" });
});

test.each(eventCodes.filter((code) => eventType(code).locked))("%s is locked and stays on", async (code) => {
  expect(await refusalOf(update({ code, enabled: false }))).toMatchObject({ reason: "locked" });
});

test("approval can be set only where the catalogue offers it, and only to what it offers", async () => {
  const offered = (await typeOf("permit_approve")).version;
  expect(await update({ code: "permit_approve", approval: "required", version: offered })).toMatchObject({
    eventType: { approval: "required" },
  });
  for (const [code, approval] of [
    ["permit_create", "required"],
    ["permit_create", "optional"],
    ["permit_approve", "none"],
  ] as const) {
    expect(await refusalOf(update({ code, approval }))).toMatchObject({
      httpStatus: 422,
      fields: [{ path: "approval", rule: "not_offered" }],
    });
    expect(await lastOf(code)).toMatchObject({ status: "failed", changes: null });
  }
});

test("the same again is no change, and a stale version is refused", async () => {
  const { version, severity } = await typeOf("permit_renew");
  const events = (await eventsOf("permit_renew")).length;
  expect(await update({ code: "permit_renew", severity: severity as "low" })).toMatchObject({
    outcome: "no_change",
    receipt: null,
  });
  expect(await update({ code: "permit_renew" })).toMatchObject({ outcome: "no_change" });
  expect(await eventsOf("permit_renew")).toHaveLength(events);
  await update({ code: "permit_renew", notify: true, version });
  expect(await refusalOf(update({ code: "permit_renew", notify: false, version }))).toMatchObject({
    httpStatus: 409,
    reason: "stale_version",
  });
  expect(await typeOf("permit_renew")).toMatchObject({ notify: true, version: version + 1 });
});

test("of ten who set one version at once one does", async () => {
  await Promise.all(Array.from({ length: 10 }, () => api.services.db.sql`select pg_sleep(0.05)`));
  const { version } = await typeOf("permit_deactivate");
  const severities = ["critical", "high", "medium", "info", "low"] as const;
  const tries = [...severities, ...severities].map((severity) =>
    update({ code: "permit_deactivate", version, severity, notify: true }),
  );
  const outcomes = await Promise.allSettled(tries);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await typeOf("permit_deactivate")).toMatchObject({ version: version + 1, notify: true });
});

test("an unknown or retired type cannot be set", async () => {
  expect(await refusalOf(update({ code: "permit_teleport", notify: true }))).toMatchObject({ httpStatus: 404 });
  await admin`insert into event_types (code, id, name, category, severity, policy, approval, notify, locked, seed, retired_at)
    values ('permit_stamp', 9999, 'Permit stamped', 'permit', 'low', 'change', 'none', false, false, '{}', now())`;
  expect(await typeOf("permit_stamp")).toMatchObject({ retired: true, catalogue: null });
  expect(await refusalOf(update({ code: "permit_stamp", notify: true }))).toMatchObject({
    httpStatus: 409,
    reason: "retired",
  });
  await admin`delete from event_types where code = 'permit_stamp'`;
});

test.each([
  ["severity", "fatal"],
  ["policy", "forever"],
  ["approval", "maybe"],
  ["enabled", "false"],
  ["notify", 1],
  ["code", "a\u0000b"],
  ["locked", false],
])("%s cannot be %j", async (field, value) => {
  expect(await refusalOf(update({ code: "permit_cancel", [field]: value } as never))).toMatchObject({
    httpStatus: 422,
    fields: [expect.objectContaining({ path: field })],
  });
  expect(await typeOf("permit_cancel")).toMatchObject({ version: 1 });
});

test("what was set stays when the catalogue is brought in line again, unless that is forced", async () => {
  await update({ code: "permit_reject", enabled: false, severity: "critical", notify: true });
  const edited = await typeOf("permit_reject");
  await initEvents(api.database.admin, false);
  expect(await typeOf("permit_reject")).toEqual(edited);
  await initEvents(api.database.admin, true);
  expect(await typeOf("permit_reject")).toMatchObject({
    enabled: true,
    severity: eventType("permit_reject").severity,
    notify: eventType("permit_reject").notify,
  });
});

test("who may not configure event types is refused, and that is recorded", async () => {
  const reader = await api.person(["events.read", "system.config"], "Rita Reads");
  expect((await reader.trpc.eventTypes.list.query({})).items.length).toBeGreaterThan(39);
  const trying = reader.trpc.eventTypes.update.mutate({ code: "permit_read", enabled: false });
  expect(await refusalOf(trying)).toMatchObject({ httpStatus: 403 });
  expect(await lastOf("permit_read")).toMatchObject({ status: "denied", actor: { id: String(reader.id) } });
  expect(await typeOf("permit_read")).toMatchObject({ enabled: true });
});

test("the plain addresses do the same", async () => {
  expect((await chief.get("/api/event-types")).status).toBe(200);
  const patch = (code: string, body: object) =>
    chief.send(`/api/event-types/${code}`, { method: "PATCH", body: JSON.stringify(body) });
  const answer = await patch("permit_assign", { severity: "medium" });
  expect([answer.status, await answer.json()]).toMatchObject([200, { eventType: { severity: "medium" } }]);
  expect((await patch("nothing_known", { severity: "medium" })).status).toBe(404);
  expect((await patch("user_login", { enabled: false })).status).toBe(409);
});
