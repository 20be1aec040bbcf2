import { randomBytes } from "node:crypto";
import { uuid7 } from "@countersign/audit/uuid7";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let portal: Person;
beforeAll(async () => {
  api = await createTestApi();
  admin = api.database.admin.sql;
  portal = await api.person(["audit.write", "audit.read"], "Portal");
});
afterAll(() => api.close());

type Event = Parameters<typeof portal.trpc.events.record.mutate>[0];
const idAt = (ms: number) => uuid7(ms, randomBytes(10));
const newId = () => idAt(api.clock.now());
const record = (event: Partial<Event>) => portal.trpc.events.record.mutate({ code: "permit_export", ...event });
const recordMany = async (events: readonly unknown[]) =>
  (await portal.trpc.events.recordMany.mutate({ events: [...events] })).results;
const found = async (id: string | undefined) => (await api.stored()).filter((entry) => entry.id === id);
const fieldsOf = async (call: Promise<unknown>) => (await refusalOf(call)).fields;

test("what is stated comes back as stated, with who stated it", async () => {
  const event = {
    id: newId(),
    code: "permit_assign",
    status: "denied",
    occurredAt: "2026-01-02T03:04:05.678901+14:00",
    actor: { type: "user", id: "u-7", label: "Zoé \u202e" },
    object: { type: "permit", id: "X-1", label: "Permit X-1" },
    target: { type: "user", id: "u-8", label: "Bo" },
    changes: { site: { old: null, new: "Mill Road" }, "": { old: 1, new: [true, { a: null }] } },
    errorMessage: "not\r\nallowed",
    notes: "e\u0301 é \u2028",
    metadata: { lot: 17, nested: { list: [1.5, "x"] } },
  } satisfies Event;
  const { receipt, outcome } = await record(event);
  expect([outcome, receipt?.id]).toEqual(["kept", event.id]);
  expect(await found(event.id)).toMatchObject([
    {
      code: "permit_assign",
      status: "denied",
      severity: "medium",
      policy: "change",
      occurredAt: "2026-01-01T13:04:05.678Z",
      receivedAt: receipt?.receivedAt,
      actor: { type: "user", id: "u-7", label: event.actor.label },
      object: event.object,
      target: event.target,
      changes: event.changes,
      errorMessage: event.errorMessage,
      notes: event.notes,
      metadata: event.metadata,
      source: `user:${portal.id}`,
      sourceLabel: "Portal",
    },
  ]);
});

test("a code is enough: then the caller did it, now, under an id of ours", async () => {
  const { receipt } = await record({});
  expect(await found(receipt?.id)).toMatchObject([
    { code: "permit_export", status: "success", actor: { id: String(portal.id), label: "Portal" }, object: null },
  ]);
});

test("an actor that nobody knows is accepted", async () => {
  const { receipt } = await record({ actor: { type: "user", id: "999999", label: "gone" } });
  expect(await found(receipt?.id)).toMatchObject([{ actor: { id: "999999", label: "gone" } }]);
});

test.each<[string, unknown, string, string]>([
  ["an unknown code", { code: "permit_aprove" }, "code", "unknown_code"],
  ["a code that every object has", { code: "constructor" }, "code", "unknown_code"],
  ["a code of the platform", { code: "sys_heartbeat" }, "code", "platform_only"],
  ["an object of another type", { object: { type: "user", id: "1" } }, "object.type", "object_type"],
  ["a second party where there is none", { target: { type: "user", id: "1" } }, "target", "not_expected"],
  ["pending", { status: "pending" }, "status", "invalid_value"],
  ["a severity", { severity: "info" }, "severity", "unknown_field"],
  ["a source", { source: "app" }, "source", "unknown_field"],
  ["a time of receipt", { receivedAt: "2026-01-01T00:00:00Z" }, "receivedAt", "unknown_field"],
  ["the platform as actor", { actor: { type: "platform" } }, "actor.type", "invalid_value"],
  ["an id that is no UUIDv7", { id: "0192f5b2-7c1e-4b3a-9d7e-1234567890ab" }, "id", "uuid7"],
  ["an id in capitals", { id: "0192F5B2-7C1E-7B3A-9D7E-1234567890AB" }, "id", "uuid7"],
  ["an object id of 257 characters", { object: { type: "permit", id: "i".repeat(257) } }, "object.id", "too_big"],
  ["a change without an old value", { changes: { site: { new: 1 } } }, "changes.site.old", "invalid_union"],
  ["a change that says more", { changes: { site: { old: 1, new: 2, why: 3 } } }, "changes.site.why", "unknown_field"],
])("%s is refused", async (_, event, path, rule) => {
  expect(await fieldsOf(record(event as Partial<Event>))).toMatchObject([{ path, rule }]);
  expect(await recordMany([{ code: "permit_export", ...(event as object) }])).toMatchObject([
    { outcome: "refused", receipt: null, reason: "invalid_input", fields: [{ path, rule }] },
  ]);
});

test.each([
  "2026-02-30T00:00:00Z",
  "2026-01-01T24:00:00Z",
  "2026-01-01T23:59:60Z",
  "2026-01-01T00:00Z",
  "2026-01-01T00:00:00",
  "2026-01-01T00:00:00+25:00",
  "2026-01-01",
  "now",
  "infinity",
  "-0044-03-15T12:00:00Z",
])("%s is no time", async (occurredAt) => {
  expect(await fieldsOf(record({ occurredAt }))).toEqual([{ path: "occurredAt", rule: "instant" }]);
  expect(
    (await portal.get(`/trpc/audit.list?input=${encodeURIComponent(JSON.stringify({ json: { from: occurredAt } }))}`))
      .status,
  ).toBe(422);
});

test.each([
  ["2026-01-01T00:00:00+14:00", "2025-12-31T10:00:00.000Z"],
  ["2026-01-01t00:00:00z", "2026-01-01T00:00:00.000Z"],
  ["2026-01-01T00:00:00-00:00", "2026-01-01T00:00:00.000Z"],
  ["1970-01-01T00:00:00.0009Z", "1970-01-01T00:00:00.000Z"],
])("%s is a time", async (occurredAt, utc) => {
  const { receipt } = await record({ occurredAt });
  expect(await found(receipt?.id)).toMatchObject([{ occurredAt: utc }]);
});

test("a time before 1970 or more than a day ahead is refused", async () => {
  const ahead = (ms: number) => new Date(api.clock.now() + ms).toISOString();
  expect(await fieldsOf(record({ occurredAt: "1969-12-31T23:59:59Z" }))).toEqual([
    { path: "occurredAt", rule: "out_of_range" },
  ]);
  expect(await fieldsOf(record({ occurredAt: ahead(86_410_000) }))).toEqual([
    { path: "occurredAt", rule: "out_of_range" },
  ]);
  expect(await record({ occurredAt: ahead(86_390_000) })).toMatchObject({ outcome: "kept" });
});

test("an id lies within seven days before and five minutes after the clock, to the second", async () => {
  const day = 86_400_000;
  const at = (ms: number) => record({ id: idAt(api.clock.now() + ms) });
  expect(await at(-7 * day + 1000)).toMatchObject({ outcome: "kept" });
  expect(await at(5 * 60_000 - 1000)).toMatchObject({ outcome: "kept" });
  expect(await fieldsOf(at(-7 * day - 1000))).toEqual([{ path: "id", rule: "outside_window" }]);
  expect(await fieldsOf(at(5 * 60_000 + 1000))).toEqual([{ path: "id", rule: "outside_window" }]);
});

test("a value over 8 KiB is refused, one of 8 KiB is kept whole", async () => {
  const change = (length: number) => ({ changes: { site: { old: null, new: "é".repeat((length - 2) / 2) } } });
  const { receipt } = await record(change(8192));
  expect((await found(receipt?.id))[0]?.changes?.site?.new).toHaveLength(4095);
  expect(await fieldsOf(record(change(8194)))).toEqual([{ path: "changes.site", rule: "over_8_kib" }]);
});

test("metadata is measured in bytes", async () => {
  const text = (length: number) => Array.from({ length }, () => "é".repeat(1000));
  expect(await record({ metadata: { text: text(16) } })).toMatchObject({ outcome: "kept" });
  expect(await fieldsOf(record({ metadata: { text: text(17) } }))).toEqual([{ path: "metadata", rule: "over_32_kib" }]);
});

test("what would have to be cut to fit is refused, and what is accepted is kept whole", async () => {
  const changes = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`f${at}`, { old: "o".repeat(8000), new: "n".repeat(8000) }]),
    );
  expect(await fieldsOf(record({ changes: changes(8) }))).toEqual([{ path: "", rule: "over_112_kib" }]);
  const { receipt } = await record({ changes: changes(7) });
  expect((await found(receipt?.id))[0]?.changes).toEqual(changes(7));
});

test("secrets are replaced before anything is kept", async () => {
  const { receipt } = await record({ metadata: { password: "open sesame 12345", ok: "x" } });
  expect((await found(receipt?.id))[0]?.metadata).toEqual({ password: "[redacted:password]", ok: "x" });
});

test("a type that is switched off answers suppressed and is counted; the rest of the batch is kept", async () => {
  await admin`update event_types set enabled = false where code = 'report_export'`;
  await api.services.eventTypes.refresh();
  expect(await record({ code: "report_export" })).toEqual({ outcome: "suppressed", receipt: null, signed: null });
  const results = await recordMany([{ code: "report_export" }, { code: "permit_export" }, { code: "report_export" }]);
  expect(results.map(({ outcome }) => outcome)).toEqual(["suppressed", "kept", "suppressed"]);
  expect(await admin`select count::int from suppressed_day where code = 'report_export'`).toEqual([{ count: 3 }]);
  expect((await api.stored({ codes: ["report_export"] })).length).toBe(0);
});
