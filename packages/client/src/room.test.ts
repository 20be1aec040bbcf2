import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type NotRecordedError, UnansweredError } from "./countersign.ts";
import { faults, words } from "./testing/fault-proxy.ts";
import { idsIn, openOffice } from "./testing/office.ts";

let office: Awaited<ReturnType<typeof openOffice>>;
beforeAll(async () => {
  office = await openOffice();
});
afterAll(() => office.close());

const exported = (notes: string) => ({ code: "permit_export", notes }) as const;

/** A client whose server answers only once it is told to. */
const behindGate = async (options: Parameters<typeof office.client>[1] = {}) => {
  let isOpen = false;
  const client = await office.client(() => (isOpen ? faults.pass : faults.busy), options);
  return {
    ...client,
    open: () => {
      isOpen = true;
    },
  };
};

test("a full buffer refuses at once, says so, loses nothing it took and takes again when there is room", async () => {
  const refused: NotRecordedError[] = [];
  const onNotRecorded = (error: NotRecordedError) => refused.push(error);
  const { record, flush, open, state } = await behindGate({ room: { events: 3 }, onNotRecorded });
  const taken = ["a", "b", "c"].map((notes) => record(exported(notes)));
  await expect(record(exported("d"))).rejects.toMatchObject({ name: "BufferFullError", reason: "buffer_full" });
  expect(refused).toMatchObject([{ name: "BufferFullError", event: { notes: "d" } }]);
  expect(state()).toMatchObject({ buffered: { events: 3 }, notRecorded: 1 });
  open();
  expect(await flush()).toBe(0);
  await Promise.all([...taken, record(exported("e"))]);
  expect(state()).toMatchObject({ kept: 4, buffered: { events: 0, bytes: 0 } });
});

test("the room is bounded by bytes as sent, too", async () => {
  const { record, open, state } = await behindGate({ room: { bytes: 1000 } });
  const first = record(exported("ä".repeat(300)));
  expect(state().buffered.bytes).toBeGreaterThan(600);
  await expect(record(exported("ä".repeat(300)))).rejects.toMatchObject({ reason: "buffer_full" });
  open();
  await first;
});

test("a body holds at most 3.5 MiB of events, and all of them arrive", async () => {
  const { record, seen } = await office.client();
  const notes = "x".repeat(9000);
  const recorded = await Promise.all(Array.from({ length: 480 }, () => record(exported(notes))));
  expect(recorded.every(({ outcome }) => outcome === "kept")).toBe(true);
  expect(seen.map(({ body }) => body.length).every((length) => length < 3.6 * 1024 * 1024)).toBe(true);
  expect(seen).toHaveLength(2);
});

test("flush waits for what was recorded before it, and with a limit says how many are unanswered", async () => {
  const { record, flush, open } = await behindGate();
  expect(await flush()).toBe(0);
  const first = record(exported("first"));
  expect(await flush({ timeoutMs: 30 })).toBe(1);
  open();
  expect(await flush({ timeoutMs: 5000 })).toBe(0);
  expect(await first).toMatchObject({ outcome: "kept" });
});

test("close waits for the answers and takes nothing more", async () => {
  const { record, close, state } = await office.client();
  const recorded = record(exported("n"));
  expect(await close()).toEqual([]);
  expect(await recorded).toMatchObject({ outcome: "kept" });
  expect(state()).toMatchObject({ isClosed: true, kept: 1 });
  await expect(record(exported("late"))).rejects.toMatchObject({ name: "ClosedError", reason: "closed" });
  expect(await close()).toEqual([]);
});

test("what close could not deliver it hands back; recorded again by another, it is stored once", async () => {
  const { record, close, seen } = await office.client(() => faults.cutAfter);
  const recorded = [record(exported("a")), record(exported("b"))];
  const left = await close({ timeoutMs: 100 });
  expect(left).toMatchObject([{ notes: "a" }, { notes: "b" }]);
  for (const promise of recorded) await expect(promise).rejects.toBeInstanceOf(UnansweredError);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const requests = seen.length;
  const other = await office.client();
  const again = await Promise.all(left.map((event) => other.record(event)));
  expect(again.map(({ receipt }) => receipt?.id)).toEqual(left.map(({ id }) => id));
  expect(await office.stored(left.map(({ id }) => id))).toHaveLength(2);
  expect(seen).toHaveLength(requests);
});

test("close does not sit out long pauses: it tries at once, and again soon", async () => {
  let isOpen = false;
  const client = await office.client(() => (isOpen ? faults.pass : words(401)), { backoff: { mostMs: 60_000 } });
  const recorded = client.record(exported("n"));
  await expect.poll(() => client.state().problem?.attempts).toBe(1);
  const closed = client.close({ timeoutMs: 8000 });
  await expect.poll(() => client.state().problem?.attempts).toBe(2);
  isOpen = true;
  expect(await closed).toEqual([]);
  expect(await recorded).toMatchObject({ outcome: "kept" });
  expect(new Set(client.seen.flatMap(idsIn)).size).toBe(1);
});

test("a closed recorder keeps no process alive", async () => {
  const code = `import { createCountersign } from "@countersign/client";
    const fetch = async () => new Response("", { status: 503, headers: { "retry-after": "60" } });
    const office = createCountersign({ url: "http://office.example", fetch });
    void office.record({ code: "permit_export" });
    console.log((await office.close({ timeoutMs: 50 })).length);`;
  const args = ["--import", "tsx", "--input-type=module", "--eval", code];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname, timeout: 15_000 });
  expect(stdout).toBe("1\n");
});
