import { uuid7 } from "@countersign/audit/uuid7";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { NotRecordedError, SendingProblem, StatedEvent } from "./countersign.ts";
import { type Fault, faults, words } from "./testing/fault-proxy.ts";
import { idsIn, inTurn, openOffice } from "./testing/office.ts";

let office: Awaited<ReturnType<typeof openOffice>>;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const exported = (more: Partial<StatedEvent<"permit_export">> = {}) => ({ code: "permit_export", ...more }) as const;
const reasonOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "recorded",
    (error: NotRecordedError) => error.reason,
  );
const nest = (levels: number): object => (levels === 0 ? {} : { a: nest(levels - 1) });

test("a refused event rejects its own promise with the rule it broke; those beside it are kept", async () => {
  const refused: NotRecordedError[] = [];
  const { record, state } = await office.client(undefined, { onNotRecorded: (error) => refused.push(error) });
  const other = { code: "permit_export", object: { type: "user", id: "1" } } as unknown as StatedEvent;
  const [first, second, third] = await Promise.allSettled([record(exported()), record(other), record(exported())]);
  expect([first.status, second.status, third.status]).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(second).toMatchObject({
    reason: { name: "RefusedError", reason: "invalid_input", fields: [{ path: "object.type", rule: "object_type" }] },
  });
  expect(refused).toMatchObject([{ event: { ...other, id: expect.any(String) } }]);
  expect(state()).toMatchObject({ kept: 2, notRecorded: 1, problem: null });
});

test("whoever does not wait for a promise gets no unhandled rejection", async () => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  const { record, flush, close } = await office.client(undefined, { room: { events: 2 } });
  for (const notes of ["\0", "", "n", "too many"]) void record(exported({ notes }));
  await flush();
  await close();
  void record(exported());
  await new Promise((resolve) => setTimeout(resolve, 20));
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test("an id that is too old and one used for something else are refused by the server", async () => {
  const { record } = await office.client();
  const old = uuid7(Date.now() - 8 * 86_400_000, new Uint8Array(10));
  await expect(record(exported({ id: old }))).rejects.toMatchObject({
    fields: [{ path: "id", rule: "outside_window" }],
  });
  const id = uuid7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
  await record(exported({ id }));
  await expect(record(exported({ id, notes: "other" }))).rejects.toMatchObject({ reason: "id_conflict" });
});

test("an event of a type that is switched off is answered, counted and not kept", async () => {
  const { database, services } = office.api;
  await database.admin.sql`update event_types set enabled = false where code = 'report_export'`;
  await services.eventTypes.refresh();
  const { record, state } = await office.client();
  expect(await record({ code: "report_export" })).toEqual({ outcome: "suppressed", receipt: null });
  expect(state()).toMatchObject({ kept: 0, suppressed: 1, notRecorded: 0 });
});

test.each([
  ["NUL", { notes: "a\0b" }, "nul"],
  ["half a character", { notes: "\ud800" }, "surrogate"],
  ["a name that is not allowed", { metadata: JSON.parse('{"__proto__":1}') }, "forbidden_key"],
  ["a number JSON does not have", { metadata: { count: Number.NaN } }, "number"],
  ["too many levels", { metadata: nest(28) as never }, "depth"],
])("%s never leaves: it would cost the whole batch its answer", async (_, more, rule) => {
  const { record, seen } = await office.client();
  await expect(record(exported(more))).rejects.toMatchObject({ name: "RefusedError", fields: [{ rule }] });
  expect(seen).toEqual([]);
});

test("the deepest event that leaves is one the server reads", async () => {
  const { record } = await office.client();
  expect(await record(exported({ metadata: nest(27) as never }))).toMatchObject({ outcome: "kept" });
});

test("an event larger than any server takes is refused at once, the largest sound one is kept", async () => {
  const { record } = await office.client();
  const big = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`k${at}`, "x".repeat(30_000)]));
  expect(await reasonOf(record(exported({ metadata: big })))).toBe("event_too_large");
  const changes = Object.fromEntries(
    Array.from({ length: 6 }, (_, at) => [`f${at}`, { old: "ä".repeat(4000), new: "ö".repeat(4000) }]),
  );
  expect(await reasonOf(record(exported({ changes, notes: "ü".repeat(7000) })))).toBe("recorded");
});

test("of a batch that cannot be read as a whole, only the event that is the cause is refused", async () => {
  const unreadable = words(422, '{"error":{"json":{"message":"m","data":{"reason":"invalid_input"}}}}');
  const { record, seen } = await office.client(({ body }) => (body.includes("poison") ? unreadable : faults.pass));
  const outcomes = await Promise.all(
    Array.from({ length: 60 }, (_, at) => reasonOf(record(exported({ notes: at === 37 ? "poison" : `n${at}` })))),
  );
  expect(outcomes.filter((outcome) => outcome === "recorded")).toHaveLength(59);
  expect(outcomes[37]).toBe("invalid_input");
  expect(seen.length).toBeLessThan(25);
});

test("a proxy that takes small bodies only gets small ones from then on", async () => {
  const small: (seen: { body: string }) => Fault = ({ body }) => (body.length > 5000 ? words(413) : faults.pass);
  const { record, seen } = await office.client(small);
  const recordMany = (count: number) =>
    Promise.all(Array.from({ length: count }, () => reasonOf(record(exported({ notes: "x".repeat(400) })))));
  expect(new Set(await recordMany(100))).toEqual(new Set(["recorded"]));
  const before = seen.length;
  await recordMany(40);
  expect(seen.slice(before).every(({ body }) => body.length <= 5000)).toBe(true);
  expect(await reasonOf(record(exported({ notes: "x".repeat(6000) })))).toBe("http_413");
});

const says = (results: string) => words(200, `{"result":{"data":{"json":{"results":[${results}]}}}}`);

test.each([
  ["a session that is over", words(401), "http_401"],
  ["a missing feature", words(403, '{"error":{"json":{"message":"m","data":{"reason":"forbidden"}}}}'), "forbidden"],
  ["a wrong address", words(404), "http_404"],
  ["a request the server would not take from anybody", words(400, "no"), "http_400"],
  ["a redirect", words(301, "", { location: "http://127.0.0.1:9/" }), "http_301"],
  ["something else that says yes", words(200, "<p>Welcome to the hotel</p>"), "unreadable_answer"],
  ["an answer for other events", says('{"outcome":"suppressed"},{"outcome":"suppressed"}'), "unreadable_answer"],
  ["an outcome nobody knows", says('{"outcome":"postponed"}'), "unreadable_answer"],
])("%s costs no event: it is told at once, waited for, and over when it is over", async (_, fault, reason) => {
  const problems: (SendingProblem | null)[] = [];
  const { record, seen, state } = await office.client(inTurn(fault, fault), {
    onProblem: (problem) => problems.push(problem),
  });
  expect(await record(exported())).toMatchObject({ outcome: "kept" });
  expect(problems).toMatchObject([{ reason, isLasting: true, attempts: 1 }, null]);
  expect(state().problem).toBeNull();
  expect(new Set(seen.flatMap(idsIn)).size).toBe(1);
});

test("what passes by itself is told only at the third try", async () => {
  const problems: (SendingProblem | null)[] = [];
  const onProblem = (problem: SendingProblem | null) => problems.push(problem);
  const twice = await office.client(inTurn(faults.busy, faults.cutBefore), { onProblem });
  await twice.record(exported());
  expect(problems).toEqual([]);
  const often = await office.client(inTurn(...Array(4).fill(faults.cutBefore)), { onProblem });
  await often.record(exported());
  expect(problems).toMatchObject([{ reason: "unreachable", status: null, isLasting: false, attempts: 3 }, null]);
});
