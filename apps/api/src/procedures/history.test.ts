import { countAt, type StateEvent, stateAfter } from "@countersign/audit/state-at";
import { afterAll, beforeAll, expect, test } from "vitest";
import { permitChanges } from "../domain/permits.ts";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let reader: Person;
let officer: Person;
let portal: Person;
beforeAll(async () => {
  api = await createTestApi();
  reader = await api.person(["audit.read"], "Rita Reader");
  officer = await api.person(
    ["permits.read", "permits.create", "permits.update", "permits.approve", "permits.assign", "permits.delete"],
    "Otto Officer",
  );
  portal = await api.person(["audit.write"], "Portal");
});
afterAll(() => api.close());

const soon = "2099-12-31";
const enter = async (holderName: string): Promise<number> => {
  const given = { type: "event", holderName, validFrom: "2026-01-01", validTo: soon };
  return (await officer.trpc.permits.create.mutate(given)).permit.id;
};
const permit = (id: number | string) => ({ objectType: "permit", objectId: String(id) });
const ask = () => reader.trpc.history;

/** All changes of an object, oldest first, read in small pages. */
const changesOf = async (id: number): Promise<StateEvent[]> => {
  const found: StateEvent[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ReturnType<typeof ask>["changes"]["query"]>> = await ask().changes.query({
      ...permit(id),
      limit: 2,
      cursor,
    });
    found.push(...page.entries.map(({ changes, ...entry }) => ({ ...entry, changes: changes ?? {} })));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found.reverse();
};

test("the changes of a permit, replayed from its creation, give what the register says now", async () => {
  const permitId = await enter("Harbour Street Market");
  const { permit: entered } = await officer.trpc.permits.read.query({ permitId });
  await officer.trpc.permits.update.mutate({ permitId, version: entered.version, site: "Pier 4", notes: "Quiet" });
  await officer.trpc.permits.approve.mutate({ permitId });
  await officer.trpc.permits.assign.mutate({ permitId, userId: officer.id });
  await refusalOf(officer.trpc.permits.reject.mutate({ permitId, reason: "Too late" }));
  await api.stored();
  const { permit: now } = await officer.trpc.permits.read.query({ permitId });
  const events = await changesOf(permitId);
  expect(events.map(({ code }) => code)).toEqual(["permit_create", "permit_update", "permit_approve", "permit_assign"]);
  const state = stateAfter(events, events.length);
  const told = Object.fromEntries(Object.entries(state.fields).map(([field, { value }]) => [field, value]));
  expect(state.existence).toBe("there");
  const facts = Object.entries(permitChanges({ before: null, after: now })).map(([field, change]) => [
    field,
    change.new,
  ]);
  expect(told).toEqual(Object.fromEntries(facts));
  const beforeApproval = countAt(events, Date.parse(String(events[2]?.receivedAt)) - 1);
  expect(stateAfter(events, Math.min(beforeApproval, 2)).fields.status?.value).toBe("pending");
});

test("the head names a permit that is there, one that was deleted, and one that never was", async () => {
  const permitId = await enter("Quayside Events");
  await api.stored();
  const there = await ask().object.query(permit(permitId));
  expect(there).toMatchObject({ register: "there", began: { code: "permit_create" }, ended: null });
  expect(there.object.label).toMatch(/^P-/);

  await officer.trpc.permits.delete.mutate({ permitId, reason: "Entered twice" });
  await api.stored();
  const gone = await ask().object.query(permit(permitId));
  expect(gone).toMatchObject({
    object: { label: there.object.label },
    register: "missing",
    ended: { code: "permit_delete", actor: { label: "Otto Officer" }, notes: "Entered twice" },
  });
  expect(stateAfter(await changesOf(permitId), 2).existence).toBe("gone");

  const never = { object: { label: null }, register: "missing", first: null, last: null, began: null, ended: null };
  expect(await ask().object.query(permit(987_654))).toMatchObject(never);
  for (const objectId of ["0", "-1", "1; drop table permits", "1e3", "9".repeat(40)]) {
    expect(await ask().object.query(permit(objectId))).toMatchObject(never);
  }
});

test("settings, event types, users and roles are named by their registers; what has none stands in the log alone", async () => {
  const named = async (objectType: string, objectId: string) => {
    const { register, object } = await ask().object.query({ objectType, objectId });
    return [register, object.label];
  };
  expect(await named("system_config", "permit.types")).toEqual(["there", "permit.types"]);
  expect(await named("system_config", "constructor")).toEqual(["missing", null]);
  expect(await named("system_config", "event_type:permit_renew")).toEqual(["there", "Permit renewed"]);
  expect(await named("event_type", "permit_renew")).toEqual(["there", "Permit renewed"]);
  expect(await named("user", String(officer.id))).toEqual(["there", "Otto Officer"]);
  expect(await named("__proto__", "1")).toEqual(["none", null]);
});

test("a history holds what names the object as its target, unless that is not wanted, and each event once", async () => {
  await portal.trpc.events.recordMany.mutate({
    events: [
      { code: "permit_update", object: { type: "permit", id: "x1", label: "X one" }, notes: "a first word" },
      {
        code: "document_upload",
        object: { type: "document", id: "d1", label: "plan.pdf" },
        target: { type: "permit", id: "x1", label: "X one" },
      },
      { code: "document_upload", object: { type: "document", id: "d2" }, target: { type: "permit", id: "x2" } },
      { code: "permit_assign", object: { type: "permit", id: "x1" }, target: { type: "user", id: "7" } },
    ],
  });
  await api.stored();
  const x1 = permit("x1");
  const codes = async (input: object) =>
    (await ask().events.query({ ...x1, ...input })).entries.map(({ code }) => code).sort();
  expect(await codes({})).toEqual(["document_upload", "permit_assign", "permit_update"]);
  expect(await codes({ related: false })).toEqual(["permit_assign", "permit_update"]);
  expect(await codes({ codes: ["document_upload", "permit_update"] })).toEqual(["document_upload", "permit_update"]);
  expect(await codes({ text: "FIRST word" })).toEqual(["permit_update"]);
  expect(await codes({ text: "PLAN" })).toEqual(["document_upload"]);
  expect(await codes({ to: "2020-01-01T00:00:00Z" })).toEqual([]);
  expect(await codes({ from: "2020-01-01T00:00:00Z" })).toHaveLength(3);

  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ReturnType<typeof ask>["events"]["query"]>> = await ask().events.query({
      ...x1,
      limit: 1,
      cursor,
    });
    seen.push(...page.entries.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen).toHaveLength(3);
  expect(seen).toEqual([...new Set(seen)].sort().reverse());
});

test("around an event stand those of its object, of its request and of its actor, itself between them", async () => {
  const permitId = await enter("Kite Festival");
  await officer.trpc.permits.approve.mutate({ permitId });
  await api.stored();
  const { entries } = await ask().events.query(permit(permitId));
  const approved = entries.find(({ code }) => code === "permit_approve");
  const around = (by: "object" | "request" | "actor" | "approval", limit = 20) =>
    ask().around.query({ id: String(approved?.id), by, limit });
  expect((await around("object")).entries.map(({ code }) => code)).toEqual(["permit_approve", "permit_create"]);
  expect((await around("request")).entries.map(({ id }) => id)).toEqual([approved?.id]);
  const actor = await around("actor", 1);
  expect(actor.more.older).toBe(true);
  expect(actor.entries.at(-1)?.actor.id).toBe(String(officer.id));
  expect(await around("approval")).toMatchObject({ shared: false, entries: [] });
});

test("who did not sign in is nobody in particular, and an event that is not there is not found", async () => {
  await refusalOf(api.caller().trpc.auth.signIn.mutate({ username: "mallory", password: "A-Guess-1-Of-Many" }));
  await api.stored();
  const { entries } = await reader.trpc.audit.list.query({ codes: ["user_login"], statuses: ["failed"] });
  const id = String(entries[0]?.id);
  expect(await ask().around.query({ id, by: "actor" })).toMatchObject({ shared: false });
  const missing = ask().around.query({ id: "0192f5b2-7c1e-7b3a-9d7e-1234567890ab", by: "object" });
  expect(await refusalOf(missing)).toMatchObject({ httpStatus: 404, reason: "not_found" });
});

test.each<[string, object, string]>([
  ["object", { objectType: "permit" }, "objectId"],
  ["object", { objectType: "", objectId: "1" }, "objectType"],
  ["events", { ...permit(1), codes: ["nope"] }, "codes.0"],
  ["events", { ...permit(1), from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z" }, "to"],
  ["events", { ...permit(1), limit: 201 }, "limit"],
  ["changes", { ...permit(1), cursor: "abc" }, "cursor"],
  ["around", { id: "abc", by: "object" }, "id"],
  ["around", { id: "0192f5b2-7c1e-7b3a-9d7e-1234567890ab", by: "everything" }, "by"],
])("history.%s refuses %j at %s", async (name, input, path) => {
  const call = ask()[name as "object"].query(input as never);
  const refusal = await refusalOf(call);
  expect(refusal).toMatchObject({ httpStatus: 422, reason: "invalid_input" });
  expect((refusal.fields as { path: string }[])[0]?.path).toBe(path);
});
