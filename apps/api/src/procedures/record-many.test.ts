import { randomBytes } from "node:crypto";
import { uuid7 } from "@countersign/audit/uuid7";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let portal: Person;
beforeAll(async () => {
  api = await createTestApi();
  portal = await api.person(["audit.write"], "Portal");
});
afterAll(() => api.close());

const newId = () => uuid7(api.clock.now(), randomBytes(10));
const event = (notes: string, id?: string) => ({ code: "permit_export", notes, ...(id !== undefined && { id }) });
const record = (input: { code: string; notes?: string; id?: string }, who = portal) =>
  who.trpc.events.record.mutate(input);
const recordMany = async (events: readonly unknown[], who = portal) =>
  (await who.trpc.events.recordMany.mutate({ events: [...events] })).results;
const found = async (...ids: (string | undefined)[]) => (await api.stored()).filter(({ id }) => ids.includes(id));
const conflicts = async (id: string) =>
  (await api.stored({ codes: ["sys_id_conflict"] })).filter(({ object }) => object?.id === id);

test("one to five hundred events are kept as one envelope, an answer for each in their order", async () => {
  const before = api.published.length;
  const results = await recordMany(Array.from({ length: 500 }, (_, at) => event(`n${at}`)));
  expect(results.map(({ outcome }) => outcome)).toEqual(Array(500).fill("kept"));
  expect(api.published).toHaveLength(before + 1);
  const ids = results.map(({ receipt }) => receipt?.id);
  const entries = await found(...ids);
  expect(entries.map(({ id, notes }) => [id, notes])).toEqual(ids.map((id, at) => [id, `n${at}`]));
  expect(await recordMany([event("alone")])).toMatchObject([{ outcome: "kept" }]);
});

test.each([0, 501])("a batch of %i events is refused as a whole", async (count) => {
  const before = (await api.stored()).length;
  const refusal = await refusalOf(recordMany(Array.from({ length: count }, () => event("x"))));
  expect(refusal).toMatchObject({ httpStatus: 422, fields: [{ path: "events" }] });
  expect(await api.stored()).toHaveLength(before);
});

test("good ones are kept although others are refused", async () => {
  const results = await recordMany([event("first"), 42, null, { code: "nope" }, { notes: "no code" }, event("last")]);
  expect(results.map(({ outcome }) => outcome)).toEqual(["kept", "refused", "refused", "refused", "refused", "kept"]);
  expect(await found(results[0]?.receipt?.id, results[5]?.receipt?.id)).toHaveLength(2);
});

test("an id sent again with the same content gets the first answer, byte for byte", async () => {
  const id = newId();
  const send = () => portal.post("/trpc/events.record", { json: { code: "permit_export", notes: "n", id } });
  const first = await (await send()).text();
  api.clock.move(5000);
  // The order of the members and a default that is written out make no other content.
  const again = await portal.post("/trpc/events.record", {
    json: { id, notes: "n", status: "success", code: "permit_export" },
  });
  expect([await (await send()).text(), await again.text()]).toEqual([first, first]);
  expect(await recordMany([event("n", id)])).toEqual([
    { outcome: "kept", receipt: (await record(event("n", id))).receipt },
  ]);
  expect(await found(id)).toHaveLength(1);
  expect(await conflicts(id)).toEqual([]);
});

test("an id sent again with other content is a conflict, and that is an event with both hashes", async () => {
  const id = newId();
  await record(event("first", id));
  for (const other of [event("second", id), { code: "report_export", notes: "first", id }]) {
    expect(await refusalOf(record(other))).toMatchObject({ httpStatus: 409, reason: "id_conflict" });
  }
  expect(await recordMany([event("third", id), event("beside it")])).toMatchObject([
    { outcome: "refused", reason: "id_conflict" },
    { outcome: "kept" },
  ]);
  expect(await found(id)).toMatchObject([{ notes: "first" }]);
  const told = await conflicts(id);
  expect(told).toHaveLength(3);
  const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(told[0]).toMatchObject({ actor: { id: String(portal.id) }, metadata: { first: hash, second: hash } });
  expect(new Set(told.map(({ metadata }) => metadata?.second)).size).toBe(3);
});

test("another caller's id is a conflict even with the same content", async () => {
  const id = newId();
  await record(event("mine", id));
  const other = await api.person(["audit.write"]);
  expect(await refusalOf(record(event("mine", id), other))).toMatchObject({ reason: "id_conflict" });
  expect(await found(id)).toMatchObject([{ source: `user:${portal.id}` }]);
});

test("an id twice in one batch: the same content is answered alike, other content is a conflict", async () => {
  const id = newId();
  const results = await recordMany([event("n", id), event("n", id), event("other", id)]);
  expect(results[1]).toEqual(results[0]);
  expect(results.map(({ outcome }) => outcome)).toEqual(["kept", "kept", "refused"]);
  expect(await found(id)).toHaveLength(1);
  expect(await conflicts(id)).toHaveLength(1);
});

test("twenty times the same id at once is one row and one answer", async () => {
  const id = newId();
  const answers = await Promise.all(Array.from({ length: 20 }, () => record(event("n", id))));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(await found(id)).toHaveLength(1);
});

test("an id that lies on a day without a partition is kept, and so is its event", async () => {
  const id = newId();
  await api.database.admin.sql.unsafe(`do $$ declare part text; begin
    for part in select inhrelid::regclass from pg_inherits where inhparent = 'event_claim'::regclass loop execute 'drop table ' || part; end loop;
    for part in select inhrelid::regclass from pg_inherits where inhparent = 'event_log_change'::regclass loop execute 'drop table ' || part; end loop;
  end $$`);
  expect(await record(event("n", id))).toMatchObject({ outcome: "kept" });
  expect(await found(id)).toHaveLength(1);
});

test("two hundred single events at once share commits, and all of them are stored", async () => {
  const before = api.published.length;
  const answers = await Promise.all(Array.from({ length: 200 }, (_, at) => record(event(`g${at}`))));
  expect(api.published.length - before).toBeLessThan(100);
  const ids = answers.map(({ receipt }) => receipt?.id);
  expect(new Set((await found(...ids)).map(({ notes }) => notes)).size).toBe(200);
});

test("one resent id among singles that share a commit costs the others nothing", async () => {
  const id = newId();
  await record(event("n", id));
  const answers = await Promise.allSettled([
    ...Array.from({ length: 10 }, (_, at) => record(event(`s${at}`))),
    record(event("n", id)),
    record(event("other", id)),
    ...Array.from({ length: 10 }, (_, at) => record(event(`t${at}`, newId()))),
  ]);
  expect(answers.map(({ status }) => status).filter((status) => status === "rejected")).toHaveLength(1);
  const kept = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value.receipt?.id] : []));
  expect(await found(...kept)).toHaveLength(21);
});

test("a body of 256 KiB is read, one byte more is not; a batch may have 4 MiB", async () => {
  const fill = (path: string, json: object, bytes: number) => {
    const body = JSON.stringify({ json });
    return portal.send(path, {
      method: "POST",
      body: body.slice(0, -1) + " ".repeat(bytes - body.length) + body.slice(-1),
    });
  };
  const single = "/trpc/events.record";
  expect((await fill(single, event("x"), 256 * 1024)).status).toBe(200);
  expect((await fill(single, event("x"), 256 * 1024 + 1)).status).toBe(413);
  const batch = "/trpc/events.recordMany";
  expect((await fill(batch, { events: [event("x")] }, 4 * 1024 * 1024)).status).toBe(200);
  expect((await fill(batch, { events: [event("x")] }, 4 * 1024 * 1024 + 1)).status).toBe(413);
});

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
test.each([
  ["malformed JSON", '{"json":{"code":', 400],
  ["a duplicate key", '{"json":{"code":"permit_export","c\\u006fde":"permit_read"}}', 400],
  ["NaN", '{"json":{"code":"permit_export","metadata":{"n":NaN}}}', 400],
  ["too deep a nesting", `{"json":{"code":"permit_export","metadata":${nested(31)}}}`, 400],
  ["NUL in a text", '{"json":{"code":"permit_export","notes":"a\\u0000b"}}', 422],
  ["NUL in a key", '{"json":{"code":"permit_export","metadata":{"a\\u0000":1}}}', 422],
  ["half a character", '{"json":{"code":"permit_export","notes":"\\ud800"}}', 422],
  ["half a character in a key", '{"json":{"code":"permit_export","metadata":{"\\udfff":1}}}', 422],
  ["__proto__", '{"json":{"code":"permit_export","metadata":{"__proto__":{"x":1}}}}', 422],
  ["constructor in changes", '{"json":{"code":"permit_export","changes":{"constructor":{"old":1,"new":2}}}}', 422],
  ["a number that is too large", '{"json":{"code":"permit_export","metadata":{"n":12345678901234567890}}}', 422],
])("%s is refused and leaves nothing", async (_, body, status) => {
  const before = (await api.stored()).length;
  expect((await portal.send("/trpc/events.record", { method: "POST", body })).status).toBe(status);
  expect(await api.stored()).toHaveLength(before);
});

test("in a batch, text that cannot be stored costs only its own event, a forbidden name the whole", async () => {
  const send = (...events: string[]) =>
    portal.send("/trpc/events.recordMany", { method: "POST", body: `{"json":{"events":[${events.join(",")}]}}` });
  const [good, half, named] = ['"notes":"good"', '"notes":"\\ud800"', '"metadata":{"__proto__":1}'].map(
    (member) => `{"code":"permit_export",${member}}`,
  ) as [string, string, string];
  const answer = await send(good, half, good);
  expect(answer.status).toBe(200);
  const { result } = (await answer.json()) as { result: { data: { json: { results: { outcome: string }[] } } } };
  expect(result.data.json.results.map(({ outcome }) => outcome)).toEqual(["kept", "refused", "kept"]);
  expect((await send(good, named)).status).toBe(422);
});
