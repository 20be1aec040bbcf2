import { setTimeout as sleep } from "node:timers/promises";
import type { Permit } from "@countersign/db/permits";
import { inTransaction } from "@countersign/db/transaction";
import { afterAll, beforeAll, expect, test } from "vitest";
import { doneOf } from "../approvals/done-of.ts";
import { createTestApi, type Person, type TestApi } from "../testing.ts";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let officer: Person;
let ann: Person;
let bob: Person;
beforeAll(async () => {
  api = await createTestApi();
  admin = api.database.admin.sql;
  officer = await api.person(
    ["permits.read", "permits.create", "permits.update", "permits.approve", "permits.assign"],
    "Officer",
  );
  ann = await api.person(["permits.read"], "Ann Assignee");
  bob = await api.person(["permits.read"], "Bob Assignee");
});
afterAll(() => api.close());

const dayFrom = (days: number) => new Date(api.clock.now() + days * 86_400_000).toISOString().slice(0, 10);
type NewPermit = Parameters<typeof officer.trpc.permits.create.mutate>[0];
const create = async (fields: Partial<NewPermit> = {}): Promise<Permit> =>
  (await officer.trpc.permits.create.mutate({ type: "building", holderName: "Ada Lovelace", ...fields })).permit;
const approvable = () => create({ validFrom: dayFrom(0), validTo: dayFrom(30) });
const historyOf = (permit: Permit) => api.stored({ objectType: "permit", objectId: String(permit.id) });
const lastOf = async (permit: Permit) => (await historyOf(permit)).at(-1);
type Permits = Person["trpc"]["permits"];
const update = (input: Parameters<Permits["update"]["mutate"]>[0]) => officer.trpc.permits.update.mutate(input);
const approve = async (input: Parameters<Permits["approve"]["mutate"]>[0]) =>
  doneOf(await officer.trpc.permits.approve.mutate(input));
const assign = (input: Parameters<Permits["assign"]["mutate"]>[0]) => officer.trpc.permits.assign.mutate(input);
const unassign = (input: Parameters<Permits["unassign"]["mutate"]>[0]) => officer.trpc.permits.unassign.mutate(input);

test("a created permit is pending under the next number, and the event tells every field that was given", async () => {
  const given = {
    type: "event",
    holderName: "Bo Ek",
    holderContact: "bo@example.org",
    site: "Mill Road 4",
    validFrom: "2026-12-01",
    validTo: "2026-12-24",
    notes: "two stages",
  };
  const permit = await create(given);
  expect(permit).toMatchObject({
    ...given,
    status: "pending",
    version: 1,
    assignedTo: null,
    createdBy: { name: "Officer" },
  });
  expect(permit.permitNumber).toMatch(/^P-\d{4}-\d{6}$/);
  expect((await lastOf(permit))?.changes).toEqual({
    permit_number: { old: null, new: permit.permitNumber },
    status: { old: null, new: "pending" },
    type: { old: null, new: "event" },
    holder_name: { old: null, new: "Bo Ek" },
    holder_contact: { old: null, new: "bo@example.org" },
    site: { old: null, new: "Mill Road 4" },
    valid_from: { old: null, new: "2026-12-01" },
    valid_to: { old: null, new: "2026-12-24" },
    notes: { old: null, new: "two stages" },
  });
});

test("a field that was not given is not told", async () => {
  const event = await lastOf(await create({ site: null }));
  expect(Object.keys(event?.changes ?? {})).toEqual(["holder_name", "permit_number", "status", "type"]);
});

test("an update tells the fields that differ and no other, to null too", async () => {
  const permit = await create({ site: "Mill Road 4", validTo: "2026-12-24", notes: "old" });
  const answer = await update({
    permitId: permit.id,
    version: 1,
    holderName: "Ada Lovelace",
    site: null,
    validTo: "2026-12-31",
    notes: "new",
    reason: "by phone",
  });
  expect(answer).toMatchObject({ outcome: "done", permit: { site: null, version: 2, updatedBy: { name: "Officer" } } });
  expect(await lastOf(permit)).toMatchObject({ code: "permit_update", notes: "by phone" });
  expect((await lastOf(permit))?.changes).toEqual({
    site: { old: "Mill Road 4", new: null },
    valid_to: { old: "2026-12-24", new: "2026-12-31" },
    notes: { old: "old", new: "new" },
  });
});

test("an approval changes the status alone", async () => {
  const permit = await approvable();
  const { permit: approved } = await approve({ permitId: permit.id, reason: "complete" });
  expect(approved).toEqual({ ...permit, status: "active", version: 2, updatedAt: approved.updatedAt });
  expect(await lastOf(permit)).toMatchObject({ code: "permit_approve", notes: "complete" });
  expect((await lastOf(permit))?.changes).toEqual({ status: { old: "pending", new: "active" } });
});

test("assigning is assign from nobody and reassign ever after, with who, when and by whom", async () => {
  const permit = await create();
  const person = (who: Person) => ({ id: String(who.id), label: who.name });
  const first = await assign({ permitId: permit.id, userId: ann.id, reason: "her district" });
  const second = await assign({ permitId: permit.id, userId: bob.id });
  const third = await unassign({ permitId: permit.id, reason: "left" });
  const target = (who: Person) => ({ type: "user", ...person(who) });
  const events = (await historyOf(permit)).slice(1);
  expect(events).toMatchObject([
    { code: "permit_assign", target: target(ann), notes: "her district" },
    { code: "permit_reassign", target: target(bob), notes: null },
    { code: "permit_reassign", target: target(bob), notes: "left" },
  ]);
  const [one, two] = [first.permit.assignedAt, second.permit.assignedAt];
  const by = person(officer);
  expect(events.map(({ changes }) => changes)).toEqual([
    {
      assigned_to: { old: null, new: person(ann) },
      assigned_at: { old: null, new: one },
      assigned_by: { old: null, new: by },
    },
    { assigned_to: { old: person(ann), new: person(bob) }, assigned_at: { old: one, new: two } },
    {
      assigned_to: { old: person(bob), new: null },
      assigned_at: { old: two, new: null },
      assigned_by: { old: by, new: null },
    },
  ]);
  expect(third.permit).toMatchObject({ assignedTo: null, assignedAt: null, assignedBy: null });
});

test("of two who assign at once by the same version, the later one is told and overwrites nothing", async () => {
  const { id: permitId, version } = await create();
  const results = await Promise.allSettled([
    assign({ permitId, version, userId: ann.id }),
    assign({ permitId, version, userId: bob.id }),
  ]);
  const [kept] = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.permit] : []));
  const [refused] = results.flatMap((result) => (result.status === "rejected" ? [result.reason as Error] : []));
  expect(refused?.message).toContain("Officer changed");
  expect((await officer.trpc.permits.read.query({ permitId })).permit.assignedTo).toEqual(kept?.assignedTo);
  await expect(unassign({ permitId, version })).rejects.toThrow("Officer changed");
  expect((await unassign({ permitId, version: kept?.version })).permit.assignedTo).toBeNull();
});

test("twenty approvals at once have one effect, and each is recorded", async () => {
  const permit = await approvable();
  // All of them have to meet at the row, or nothing would be shown.
  const results = await inTransaction(api.database.admin, async (tx) => {
    await tx.sql`select from permits where id = ${permit.id} for update`;
    const calls = Promise.allSettled(Array.from({ length: 20 }, () => approve({ permitId: permit.id })));
    const waiting = () =>
      admin`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
    while ((await waiting()).length < 5) await sleep(5);
    return { calls };
  }).then(({ calls }) => calls);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const statuses = (await historyOf(permit)).slice(1).map(({ status }) => status);
  expect(statuses.sort()).toEqual([...Array<string>(19).fill("failed"), "success"]);
  expect((await officer.trpc.permits.read.query({ permitId: permit.id })).permit).toMatchObject({
    status: "active",
    version: 2,
  });
});

test("thirty permits created at once have thirty numbers in a row", async () => {
  const before = (await create()).permitNumber;
  const numbers = (await Promise.all(Array.from({ length: 30 }, () => create()))).map(
    ({ permitNumber }) => permitNumber,
  );
  const next = Number(before.slice(-6)) + 1;
  expect(numbers.sort()).toEqual(
    Array.from({ length: 30 }, (_, at) => `${before.slice(0, 7)}${String(next + at).padStart(6, "0")}`),
  );
});

test("a number is not used again after its permit is gone", async () => {
  const permit = await create();
  await admin`delete from permits where id = ${permit.id}`;
  expect(Number((await create()).permitNumber.slice(-6))).toBe(Number(permit.permitNumber.slice(-6)) + 1);
});

test("texts come back as they were sent", async () => {
  const odd = "e\u0301 é \u202eRTL\u202c\r\n\u2028 <script> ' or 1=1-- \\ 名前 👩‍👩‍👧";
  const permit = await create({ holderName: odd, notes: odd });
  expect(permit).toMatchObject({ holderName: odd, notes: odd });
  expect((await officer.trpc.permits.read.query({ permitId: permit.id })).permit).toEqual(permit);
  expect((await lastOf(permit))?.code).toBe("permit_read");
  const [created] = await historyOf(permit);
  expect(created?.changes).toMatchObject({ holder_name: { new: odd }, notes: { new: odd } });
});
