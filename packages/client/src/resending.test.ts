import { uuid7Time } from "@countersign/audit/uuid7";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Fault, faults, words } from "./testing/fault-proxy.ts";
import { idsIn, inTurn, openOffice } from "./testing/office.ts";

let office: Awaited<ReturnType<typeof openOffice>>;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const idOf = ({ receipt }: { receipt: { id: string } | null }) => receipt?.id ?? "";

test("an event is durable when its promise resolves, with an id and a time of this side", async () => {
  const { record, seen, state } = await office.client();
  const before = Date.now();
  const recorded = await record({ code: "permit_export", notes: "n", metadata: { count: 2, format: "CSV" } });
  const id = idOf(recorded);
  expect(recorded).toMatchObject({ outcome: "kept", receipt: { leafHash: expect.any(String) } });
  const [entry] = await office.stored([id]);
  expect(entry).toMatchObject({ notes: "n", source: `user:${office.portal.id}` });
  const [at] = [Date.parse(entry?.occurredAt ?? ""), uuid7Time(id)];
  expect(at).toBeGreaterThanOrEqual(before);
  expect(at).toBeLessThanOrEqual(Date.now());
  expect([seen.length, state()]).toMatchObject([1, { kept: 1, buffered: { events: 0, bytes: 0 }, problem: null }]);
});

test.each(["cutBefore", "cutAfter", "cutInside", "busy", "lostAfter"] as const)(
  "after %s the same id is sent again, and stored once",
  async (fault) => {
    const { record, seen } = await office.client(inTurn(faults[fault], faults[fault]));
    const id = idOf(await record({ code: "permit_export" }));
    expect(seen.map(idsIn)).toEqual([[id], [id], [id]]);
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
    expect(await office.stored([id])).toHaveLength(1);
  },
);

test("a server that never answers is asked again, and the event keeps the time it was recorded at", async () => {
  const { record, seen } = await office.client(inTurn(faults.hang), { timeoutMs: 80 });
  const recorded = record({ code: "permit_export" });
  const after = Date.now();
  const id = idOf(await recorded);
  expect(seen.map(idsIn)).toEqual([[id], [id]]);
  const [entry] = await office.stored([id]);
  expect(Date.parse(entry?.occurredAt ?? "")).toBeLessThanOrEqual(after);
});

test.each([
  ["the header", words(503, "", { "retry-after": "1" })],
  ["the body", words(429, '{"error":{"json":{"message":"m","data":{"reason":"too_many_calls","retryAfterS":1}}}}')],
])("a pause the server asks for in %s is kept", async (_, fault) => {
  const { record, seen } = await office.client(inTurn(fault));
  await record({ code: "permit_export" });
  const [first, second] = seen.map(({ at }) => at);
  expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(999);
});

test("what is recorded in one turn goes in one request, and what comes meanwhile in the next", async () => {
  const { record, seen } = await office.client(() => faults.pass);
  const first = [record({ code: "permit_export" }), record({ code: "permit_export" })];
  await Promise.race(first);
  const later = Array.from({ length: 700 }, () => record({ code: "permit_export" }));
  await Promise.all([...first, ...later]);
  expect(seen.map((request) => idsIn(request).length)).toEqual([2, 500, 200]);
});

test("under load the next request waits a moment for what the last answer brings about", async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const hold: Fault = async (exchange) => {
    await held;
    await faults.pass(exchange);
  };
  const { record, seen } = await office.client(inTurn(hold));
  const first = record({ code: "permit_export" });
  await vi.waitFor(() => expect(seen).toHaveLength(1));
  const second = record({ code: "permit_export" });
  release();
  await first;
  await Promise.all([second, record({ code: "permit_export" })]);
  expect(seen.map((request) => idsIn(request).length)).toEqual([1, 2]);
});

test("two thousand events through a server that fails in every way are stored once each, in their order", async () => {
  const kinds = Object.values(faults);
  let seed = 20_261;
  const draw = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  };
  const { record, flush, seen, state } = await office.client(() => kinds[draw() % kinds.length] ?? faults.pass, {
    timeoutMs: 400,
  });
  const recorded: ReturnType<typeof record>[] = [];
  for (let wave = 0; wave < 40; wave++) {
    for (let at = 0; at < 50; at++) recorded.push(record({ code: "permit_export", notes: `w${wave} ${at}` }));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(await flush()).toBe(0);
  const ids = (await Promise.all(recorded)).map(idOf);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(2000);
  const entries = await office.stored(ids);
  expect(entries.map(({ id }) => id)).toEqual(ids);
  expect(seen.length).toBeGreaterThan(10);
  expect(state()).toMatchObject({ kept: 2000, notRecorded: 0, buffered: { events: 0, bytes: 0 }, problem: null });
  expect(await office.api.stored({ codes: ["sys_id_conflict"] })).toEqual([]);
});
