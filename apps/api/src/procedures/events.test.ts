import { randomBytes } from "node:crypto";
import { monotonicIds, uuid7 } from "@countersign/audit/uuid7";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let writer: Person;
let stranger: Person;
beforeAll(async () => {
  api = await createTestApi();
  writer = await api.person(["audit.write"], "Wanda Writer");
  stranger = await api.person(["permits.read"], "Sam Stranger");
});
afterAll(() => api.close());

type Input = Parameters<Person["trpc"]["events"]["record"]["mutate"]>[0];
const newId = monotonicIds(Date.now, randomBytes);
const event = (changed: Partial<Input> = {}): Input => ({
  code: "permit_read",
  object: { type: "permit", id: "41", label: "P-41" },
  ...changed,
});
const record = (input: Input) => writer.trpc.events.record.mutate(input);
const recordMany = async (events: unknown[]) => (await writer.trpc.events.recordMany.mutate({ events })).results;
const find = async (id: string | undefined) => (await api.stored()).find((entry) => entry.id === id);
const conflicts = async () => (await api.stored({ codes: ["sys_id_conflict"] })).length;

test("a stated event is stored as stated, with who stated it", async () => {
  const { receipt } = await record(
    event({
      status: "failed",
      occurredAt: "2026-01-02T03:04:05+01:00",
      actor: { type: "user", id: "900", label: "Field Worker" },
      changes: { site: { old: "a", new: "b" } },
      errorMessage: "no signal",
      notes: "from the tablet",
      metadata: { device: { battery: 12 } },
    }),
  );
  expect(await find(receipt?.id)).toMatchObject({
    code: "permit_read",
    severity: "low",
    status: "failed",
    occurredAt: "2026-01-02T02:04:05.000Z",
    receivedAt: receipt?.receivedAt,
    actor: { type: "user", id: "900", label: "Field Worker" },
    object: { type: "permit", id: "41", label: "P-41" },
    changes: { site: { old: "a", new: "b" } },
    errorMessage: "no signal",
    notes: "from the tablet",
    metadata: { device: { battery: 12 } },
    source: `user:${writer.id}`,
    sourceLabel: "Wanda Writer",
    ip: "192.0.2.1",
  });
});

test("without audit.write nothing is kept, and the refusal is recorded", async () => {
  const call = stranger.trpc.events.record.mutate(event());
  expect(await refusalOf(call)).toMatchObject({ httpStatus: 403, reason: "forbidden" });
  const [denied] = await api.stored({ actorId: String(stranger.id) });
  expect(denied).toMatchObject({ code: "sys_access_denied", status: "denied", object: { id: "events.record" } });
});

test("the same id with the same content gets the first answer again, byte for byte", async () => {
  const input = event({ id: newId(), notes: "one" });
  const first = await writer.post("/trpc/events.record", { json: input });
  const again = await writer.post("/trpc/events.record", { json: input });
  expect([first.status, again.status]).toEqual([200, 200]);
  expect(await again.text()).toBe(await first.text());
  expect((await api.stored()).filter((entry) => entry.id === input.id)).toHaveLength(1);
  const reordered = JSON.parse(JSON.stringify({ notes: "one", object: input.object, code: input.code, id: input.id }));
  expect((await record(reordered)).receipt?.id).toBe(input.id);
});

test("the same id with other content is a conflict and a security event, and the first stays", async () => {
  const before = await conflicts();
  const id = newId();
  await record(event({ id, notes: "one" }));
  expect(await refusalOf(record(event({ id, notes: "two" })))).toMatchObject({
    httpStatus: 409,
    reason: "id_conflict",
  });
  expect(await refusalOf(record(event({ id, code: "permit_create" })))).toMatchObject({ httpStatus: 409 });
  expect(await find(id)).toMatchObject({ notes: "one" });
  expect(await conflicts()).toBe(before + 2);
});

test("an id of another caller is a conflict even with the same content", async () => {
  const other = await api.person(["audit.write"], "Otto Other");
  const input = event({ id: newId() });
  await record(input);
  expect(await refusalOf(other.trpc.events.record.mutate(input))).toMatchObject({ httpStatus: 409 });
});

test("one id sent twenty times at once is one event with one answer", async () => {
  const input = event({ id: newId(), notes: "race" });
  const answers = await Promise.all(Array.from({ length: 20 }, () => record(input)));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect((await api.stored()).filter((entry) => entry.id === input.id)).toHaveLength(1);
});

test("within a batch, an id that comes twice counts once, and with other content the later one is refused", async () => {
  const [same, other] = [newId(), newId()];
  const results = await recordMany([
    event({ id: same, notes: "a" }),
    event({ id: same, notes: "a" }),
    event({ id: other, notes: "a" }),
    event({ id: other, notes: "b" }),
    event(),
  ]);
  expect(results.map((result) => result.outcome)).toEqual(["kept", "kept", "kept", "refused", "kept"]);
  expect(results[1]).toEqual(results[0]);
  expect(results[3]).toMatchObject({ reason: "id_conflict" });
  expect(await find(other)).toMatchObject({ notes: "a" });
});

test("a batch that was cut off and is sent again with new ones keeps only the new ones", async () => {
  const first = [event({ id: newId() }), event({ id: newId() })];
  const answers = await recordMany(first);
  const again = await recordMany([...first, event({ id: newId() })]);
  expect(again.slice(0, 2)).toEqual(answers);
  expect(again[2]?.outcome).toBe("kept");
});

test("500 events are one envelope with an answer each; 0 and 501 are refused whole", async () => {
  const before = Number((await api.database.admin.sql`select count(*)::int as n from audit_outbox`)[0]?.n);
  const results = await recordMany(Array.from({ length: 500 }, (_, index) => event({ notes: `n${index}` })));
  expect(results.filter((result) => result.outcome === "kept")).toHaveLength(500);
  expect(Number((await api.database.admin.sql`select count(*)::int as n from audit_outbox`)[0]?.n)).toBe(before + 1);
  for (const count of [0, 501]) {
    expect(await refusalOf(recordMany(Array.from({ length: count }, () => event())))).toMatchObject({
      httpStatus: 422,
    });
  }
});

test("good events of a batch are kept although others are wrong in every way", async () => {
  const results = await recordMany([
    event({ notes: "good" }),
    event({ code: "nope" }),
    event({ code: "sys_heartbeat" }),
    event({ object: { type: "user", id: "1" } }),
    { ...event(), severity: "low" },
    { ...event(), source: "app" },
    { ...event(), receivedAt: "2026-01-01T00:00:00Z" },
    event({ notes: "a\u0000b" }),
    event({ notes: "a\ud800b" }),
    event({ changes: { site: { old: null, new: "x".repeat(9000) } } }),
    event({ occurredAt: "2026-02-30T00:00:00Z" }),
    event({ occurredAt: "2999-01-01T00:00:00Z" }),
    event({ id: "0192f5b2-7c1e-4b3a-9d7e-1234567890ab" }),
    null,
    event({ notes: "good" }),
  ]);
  expect(results.map((result) => result.outcome)).toEqual([
    "kept",
    ...Array.from({ length: 13 }, () => "refused"),
    "kept",
  ]);
  const rules = results.flatMap((result) => (result.outcome === "refused" ? [result.fields?.[0]?.rule] : []));
  expect(rules).toEqual([
    "unknown_code",
    "platform_only",
    "object_type",
    "unknown_field",
    "unknown_field",
    "unknown_field",
    "nul",
    "surrogate",
    "over_8_kib",
    "invalid_format",
    "out_of_range",
    "uuid7",
    "invalid_type",
  ]);
});

test("an id may be 7 days old and 5 minutes ahead, and not a second more", async () => {
  const at = (ms: number) => uuid7(api.clock.now() + ms, randomBytes(10));
  const day = 86_400_000;
  const outcomes = await recordMany([
    event({ id: at(-7 * day + 5000) }),
    event({ id: at(-7 * day - 5000) }),
    event({ id: at(5 * 60_000 - 5000) }),
    event({ id: at(5 * 60_000 + 5000) }),
  ]);
  expect(outcomes.map((result) => result.outcome)).toEqual(["kept", "refused", "kept", "refused"]);
});

test("a type that is switched off is counted and not kept, and the batch goes on", async () => {
  await api.database.admin.sql`update event_types set enabled = false where code = 'permit_export'`;
  await api.services.eventTypes.refresh();
  const results = await recordMany([{ code: "permit_export" }, event(), { code: "permit_export" }]);
  expect(results.map((result) => result.outcome)).toEqual(["suppressed", "kept", "suppressed"]);
  expect(await record({ code: "permit_export" })).toEqual({ outcome: "suppressed", receipt: null });
  const [counted] = await api.database.admin
    .sql`select count::int as n from suppressed_day where code = 'permit_export'`;
  expect(counted?.n).toBe(3);
  expect(await api.stored({ codes: ["permit_export"] })).toEqual([]);
});

test("200 single events at once share commits: far fewer envelopes than events, none lost", async () => {
  await api.stored();
  await Promise.all(
    Array.from({ length: 200 }, (_, index) => record(event({ id: newId(), notes: `single ${index}` }))),
  );
  const [waiting] = await api.database.admin
    .sql`select count(*)::int as envelopes, sum(count)::int as events from audit_outbox`;
  expect(waiting?.events).toBe(200);
  expect(waiting?.envelopes).toBeLessThan(100);
  expect((await api.stored({ text: "single " })).length).toBe(200);
});

test("one conflicting id among singles that share a commit costs the others nothing", async () => {
  const taken = newId();
  await record(event({ id: taken, notes: "first" }));
  const calls = [event({ id: taken, notes: "other" }), ...Array.from({ length: 10 }, () => event({ id: newId() }))];
  const outcomes = await Promise.allSettled(calls.map(record));
  expect(outcomes.map((outcome) => outcome.status)).toEqual([
    "rejected",
    ...Array.from({ length: 10 }, () => "fulfilled"),
  ]);
});

test("secrets in what is stated are taken out before anything is kept", async () => {
  const secret = "AKIAIOSFODNN7EXAMPLE";
  const { receipt } = await record(
    event({ metadata: { password: "hunter2hunter2", key: secret }, notes: `key ${secret}` }),
  );
  const entry = await find(receipt?.id);
  expect(JSON.stringify(entry)).not.toContain("hunter2");
  expect(JSON.stringify(entry)).not.toContain(secret);
  expect(entry?.notes).toMatch(/\[redacted:/);
});
