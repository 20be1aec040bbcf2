import { testRecorder } from "@countersign/audit/testing/recorder";
import { uuid7 } from "@countersign/audit/uuid7";
import { connect } from "@countersign/db/client";
import { listEvents } from "@countersign/db/events";
import { keepEnvelope } from "@countersign/db/outbox";
import { storeEnvelopes } from "@countersign/db/store";
import { createTestDatabase, type TestDatabase } from "@countersign/db/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LogPage, readLogPage } from "./log-page.ts";

const hourMs = 3_600_000;
const today = new Date();
/** Two hours into this month; what is more than that older lies in another partition. */
const endMs = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), 1, 2);
const hoursBefore = [0.5, 3, 5, 30, 200];
const wanted = { text: "Quarterly", fromMs: endMs - 400 * hourMs };

let database: TestDatabase;
let nowMs = 0;
const { recorder, nextId } = testRecorder("decision", () => nowMs);
const ids: string[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  for (const hours of hoursBefore.toReversed()) {
    nowMs = endMs - hours * hourMs;
    const event = recorder.seal({
      code: "permit_export",
      status: "success",
      actor: { type: "user", id: "7", label: "Ana Ruiz", roles: ["Clerk"] },
      source: "app",
      notes: "Quarterly return",
    });
    if (event === null) throw new Error("not sealed");
    ids.unshift(event.id);
    const envelope = nextId();
    await keepEnvelope(database.api, envelope, [event]);
    await storeEnvelopes(database.worker, [envelope], async () => undefined);
  }
});
afterAll(() => database.drop());

const end = uuid7(endMs, new Uint8Array(10));
/** A clock on which each look takes a while. */
const slowly = (stepMs: number) => {
  let nowMs = 0;
  return { ms: 2_500, clock: () => (nowMs += stepMs) };
};
const read = (cursor: string | null, limit: number, stepMs: number): Promise<LogPage> =>
  readLogPage(database.api, wanted, { cursor, limit }, slowly(stepMs));

test("a filter on what stands in the details is answered whole when there is time", async () => {
  const page = await read(end, 10, 1);
  expect(page.entries.map(({ id }) => id)).toEqual(ids);
  expect(page).toMatchObject({ nextCursor: null, reachedAt: null });
  const first = await read(end, 2, 1);
  expect(first).toMatchObject({ nextCursor: ids[1], reachedAt: null });
});

test("without a budget the walk goes to its end", async () => {
  expect((await listEvents(database.api, wanted, end, 10)).map(({ id }) => id)).toEqual(ids);
  expect((await listEvents(database.api, wanted, end, 2)).map(({ id }) => id)).toEqual(ids.slice(0, 2));
});

test("when the time is over the page says down to where it looked, and the next ones go on there to the same rows", async () => {
  const found: string[] = [];
  const reached: number[] = [];
  let cursor: string | null = end;
  let last: LogPage;
  do {
    last = await read(cursor, 10, 1_500);
    found.push(...last.entries.map(({ id }) => id));
    if (last.reachedAt) reached.push(Date.parse(last.reachedAt));
    cursor = last.nextCursor;
  } while (cursor !== null && reached.length < 1_000);
  expect(found).toEqual(ids);
  expect(last.reachedAt).toBeNull();
  expect(reached.length).toBeGreaterThan(2);
  expect(reached).toEqual([...reached].sort((a, b) => b - a));
  expect(reached[0]).toBe(endMs - hourMs);
});

test("what an index leads to is one look, whatever the clock says", async () => {
  const page = await readLogPage(
    database.api,
    { codes: ["permit_export"], fromMs: wanted.fromMs },
    { cursor: end },
    slowly(9_000),
  );
  expect(page.entries).toHaveLength(ids.length);
  expect(page.reachedAt).toBeNull();
});

test("a look that the database stops leaves what was found before it", async () => {
  const impatient = connect(database.urls.api, { name: "test impatient", statementTimeoutMs: 300 });
  const admin = database.admin.sql;
  const [place] = await admin<
    { name: string }[]
  >`select tableoid::regclass::text as name from event_log where id = ${String(ids.at(-1))}`;
  try {
    await admin.begin(async (holder) => {
      await holder.unsafe(`lock table ${place?.name} in access exclusive mode`);
      const page = await readLogPage(impatient, wanted, { cursor: end, limit: 10 }, slowly(1));
      expect(page.entries.map(({ id }) => id)).toEqual(ids.slice(0, 1));
      expect(page.reachedAt).toBe(new Date(endMs - hourMs).toISOString());
      const stopped = readLogPage(impatient, wanted, { cursor: String(page.nextCursor), limit: 10 }, slowly(1));
      const next = await stopped;
      expect(next.reachedAt).toBe(new Date(endMs - 2 * hourMs).toISOString());
      await expect(
        readLogPage(impatient, wanted, { cursor: String(next.nextCursor) }, slowly(1)),
      ).rejects.toMatchObject({
        code: "57014",
      });
      // Where nothing says down to where it looked, a part would pass for all.
      await expect(listEvents(impatient, wanted, end, 10)).rejects.toMatchObject({ code: "57014" });
    });
  } finally {
    await impatient.end(1);
  }
});
