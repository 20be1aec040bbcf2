import type { Permit } from "@countersign/db/permits";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let officer: Person;
let ann: Person;
let _bob: Person;
beforeAll(async () => {
  api = await createTestApi();
  admin = api.database.admin.sql;
  officer = await api.person(
    ["permits.read", "permits.create", "permits.update", "permits.approve", "permits.assign"],
    "Officer",
  );
  ann = await api.person(["permits.read"], "Ann Assignee");
  _bob = await api.person(["permits.read"], "Bob Assignee");
});
afterAll(() => api.close());

const dayFrom = (days: number) => new Date(api.clock.now() + days * 86_400_000).toISOString().slice(0, 10);
type NewPermit = Parameters<typeof officer.trpc.permits.create.mutate>[0];
const create = async (fields: Partial<NewPermit> = {}): Promise<Permit> =>
  (await officer.trpc.permits.create.mutate({ type: "building", holderName: "Ada Lovelace", ...fields })).permit;
const approvable = () => create({ validFrom: dayFrom(0), validTo: dayFrom(30) });
const become = (permit: Permit, status: string) => admin`update permits set status = ${status} where id = ${permit.id}`;
const historyOf = (permit: Permit) => api.stored({ objectType: "permit", objectId: String(permit.id) });
const lastOf = async (permit: Permit) => (await historyOf(permit)).at(-1);
type Permits = Person["trpc"]["permits"];
const update = (input: Parameters<Permits["update"]["mutate"]>[0]) => officer.trpc.permits.update.mutate(input);
const approve = (input: Parameters<Permits["approve"]["mutate"]>[0]) => officer.trpc.permits.approve.mutate(input);
const assign = (input: Parameters<Permits["assign"]["mutate"]>[0]) => officer.trpc.permits.assign.mutate(input);

test.each(["active", "inactive", "rejected", "cancelled", "expired"])(
  "a permit that is %s cannot be approved",
  async (status) => {
    const permit = await approvable();
    await become(permit, status);
    expect(await refusalOf(approve({ permitId: permit.id }))).toMatchObject({
      httpStatus: 409,
      reason: "illegal_transition",
      message: `${permit.permitNumber} is ${status}; only a permit that is pending can be approved.`,
    });
    expect(await lastOf(permit)).toMatchObject({ code: "permit_approve", status: "failed" });
  },
);

test.each([
  ["without dates", {}, "dates_missing"],
  ["without a last day", { validFrom: dayFromNow(0) }, "dates_missing"],
  ["that ended yesterday", { validFrom: dayFromNow(-9), validTo: dayFromNow(-1) }, "already_over"],
])("a permit %s cannot be approved", async (_, dates, reason) => {
  const permit = await create(dates);
  expect(await refusalOf(approve({ permitId: permit.id }))).toMatchObject({ httpStatus: 409, reason });
});
function dayFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

test("the last valid day is still valid, in the time zone of the office", async () => {
  const { settings } = api;
  const zoneWhereItIs = (hour: number) => {
    const offset = ((hour - new Date(api.clock.now()).getUTCHours() + 36) % 24) - 12;
    return `Etc/GMT${offset > 0 ? "-" : "+"}${Math.abs(offset)}`;
  };
  settings["display.time_zone"] = zoneWhereItIs(12);
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: settings["display.time_zone"] }).format(api.clock.now());
  const permit = await create({ validFrom: today, validTo: today });
  api.clock.move(86_400_000);
  expect(await refusalOf(approve({ permitId: permit.id }))).toMatchObject({ reason: "already_over" });
  api.clock.move(-86_400_000);
  await approve({ permitId: permit.id });
  delete settings["display.time_zone"];
});

test.each(["rejected", "cancelled", "expired"])("of a permit that is %s only the notes can change", async (status) => {
  const permit = await create();
  await become(permit, status);
  expect(await refusalOf(update({ permitId: permit.id, version: 1, site: "elsewhere", notes: "n" }))).toMatchObject({
    httpStatus: 409,
    reason: "illegal_transition",
  });
  expect(await update({ permitId: permit.id, version: 1, notes: "appeal pending" })).toMatchObject({ outcome: "done" });
  expect(await refusalOf(assign({ permitId: permit.id, userId: ann.id }))).toMatchObject({
    reason: "illegal_transition",
  });
});

test("a stale version is refused and says who changed it", async () => {
  const permit = await approvable();
  const other = await api.person(["permits.update"], "Olga Other");
  await other.trpc.permits.update.mutate({ permitId: permit.id, version: 1, site: "first" });
  for (const act of [
    update({ permitId: permit.id, version: 1, site: "second" }),
    approve({ permitId: permit.id, version: 1 }),
  ]) {
    const refusal = await refusalOf(act);
    expect(refusal).toMatchObject({ httpStatus: 409, reason: "stale_version" });
    expect(refusal.message).toMatch(/^Nothing was changed: Olga Other changed P-\d{4}-\d{6} meanwhile/);
  }
  expect(await officer.trpc.permits.read.query({ permitId: permit.id })).toMatchObject({ permit: { site: "first" } });
});

test.each([
  ["status", "active", "permits.approve"],
  ["status", null, "permits.approve"],
  ["assignedTo", 1, "permits.assign"],
  ["assigned_to", 1, "permits.assign"],
])("an update that names %s (%j) is refused and told which operation to call", async (field, value, operation) => {
  const permit = await create();
  const input = { permitId: permit.id, version: 1, notes: "n", [field]: value };
  const refusal = await refusalOf(update(input as never));
  expect(refusal).toMatchObject({ httpStatus: 422, fields: [{ path: field, rule: "use_another_operation" }] });
  expect(refusal.message).toContain(operation);
  expect((await officer.trpc.permits.read.query({ permitId: permit.id })).permit).toEqual(permit);
});

test.each([
  [
    "an inactive user",
    async () => {
      const person = await api.person(["permits.read"]);
      await admin`update users set status = 'inactive' where id = ${person.id}`;
      return person.id;
    },
  ],
  ["a user who may not read permits", async () => (await api.person(["permits.assign", "audit.read"])).id],
  ["nobody that exists", async () => 999_999],
])("a permit cannot be assigned to %s", async (_, userId) => {
  const permit = await create();
  const id = await userId();
  expect(await refusalOf(assign({ permitId: permit.id, userId: id }))).toMatchObject({
    httpStatus: 422,
    fields: [{ path: "userId", rule: "not_assignable" }],
  });
  expect(await lastOf(permit)).toMatchObject({ code: "permit_assign", status: "failed", target: { id: String(id) } });
  const { items } = await officer.trpc.permits.assignees.query({});
  expect(items.map((item) => item.id)).not.toContain(id);
});

test.each([
  ["an unknown type", { type: "castle" }, "type", "unknown_type"],
  ["a day that no calendar has", { validFrom: "2026-02-30" }, "validFrom", "no_such_day"],
  ["a day in words", { validFrom: "now" }, "validFrom", "invalid_format"],
  ["a day before Christ", { validFrom: "0044-03-15" }, "validFrom", "invalid_format"],
  ["an end before the beginning", { validFrom: "2026-12-02", validTo: "2026-12-01" }, "validTo", "before_valid_from"],
  ["a blank name", { holderName: " \t " }, "holderName", "blank"],
  ["an empty site", { site: "" }, "site", "too_small"],
  ["a name of 301 characters", { holderName: "n".repeat(301) }, "holderName", "too_big"],
  ["a field that nobody knows", { colour: "red" }, "colour", "unknown_field"],
  ["a number of its own", { permitNumber: "P-2026-000001" }, "permitNumber", "unknown_field"],
])("%s is refused", async (_, fields, path, rule) => {
  expect(await refusalOf(create(fields as never))).toMatchObject({
    httpStatus: 422,
    fields: expect.arrayContaining([{ path, rule }]),
  });
});

test("an update of the dates is held against the date that stays", async () => {
  const permit = await create({ validFrom: "2026-12-10", validTo: "2026-12-20" });
  expect(await refusalOf(update({ permitId: permit.id, version: 1, validTo: "2026-12-09" }))).toMatchObject({
    fields: [{ path: "validTo", rule: "before_valid_from" }],
  });
});

test("a permit of a type that is no longer offered can still be changed otherwise", async () => {
  const permit = await create({ type: "signage" });
  api.settings["permit.types"] = api.services.settings["permit.types"].filter((type) => type !== "signage");
  expect(await update({ permitId: permit.id, version: 1, type: "signage", site: "x" })).toMatchObject({
    outcome: "done",
  });
  expect(await refusalOf(create({ type: "signage" }))).toMatchObject({ fields: [{ path: "type" }] });
});

test.each(["approve", "update", "assign", "unassign", "read"] as const)(
  "%s of a permit that is not there is 404",
  async (act) => {
    const input = {
      permitId: 888_888,
      ...(act === "update" && { version: 1 }),
      ...(act === "assign" && { userId: ann.id }),
    };
    const call =
      act === "read" ? officer.trpc.permits.read.query(input) : officer.trpc.permits[act].mutate(input as never);
    expect(await refusalOf(call)).toMatchObject({
      httpStatus: 404,
      reason: "not_found",
      message: "There is no permit with this id.",
    });
  },
);
