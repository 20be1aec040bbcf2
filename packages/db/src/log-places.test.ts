import { testRecorder } from "@countersign/audit/testing/recorder";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LogPlace, logEnd, readGrown } from "./log-places.ts";
import { keepEnvelope } from "./outbox.ts";
import { ensurePartitions } from "./partitions.ts";
import { sealPending } from "./sealing.ts";
import { storeAllWaiting } from "./store.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const { recorder, nextId } = testRecorder("decision");
const at = "2026-11-23T10:00:00.000Z";

/** Stores and seals events about permits with these numbers, all at once. */
const grow = async (...permits: number[]): Promise<string[]> => {
  const events = permits.map((id) => {
    const event = recorder.seal({
      code: "permit_create",
      status: "success",
      actor: { type: "user", id: "7", label: "Ana Ruiz", roles: [] },
      source: "app",
      object: { type: "permit", id: String(id), label: `P-${id}` },
    });
    if (event === null) throw new Error("not sealed");
    return event;
  });
  await keepEnvelope(database.api, nextId(), events);
  await ensurePartitions(database.worker);
  await storeAllWaiting(database.worker);
  await sealPending(database.worker, at);
  return events.map(({ id }) => id);
};

const read = async (place: LogPlace, filter = {}, maxBehind = 1000) =>
  readGrown(database.api, filter, place, await logEnd(database.api), maxBehind);

test("what grew after a place comes in the order of the tree, whichever batches it is in", async () => {
  const ids = [...(await grow(1, 2, 3)), ...(await grow(4, 5))];
  const from = async (index: number) => (await read({ epoch: 1, index })).rows.map(({ id }) => id);
  expect(await from(0)).toEqual(ids);
  expect(await from(1)).toEqual(ids.slice(1));
  expect(await from(3)).toEqual(ids.slice(3));
  expect(await from(5)).toEqual([]);
  expect(await read({ epoch: 1, index: 5 })).toMatchObject({ next: { epoch: 1, index: 5 }, isAtEnd: true });
});

test("a filter narrows what comes, never how far it goes", async () => {
  const found = await read({ epoch: 1, index: 0 }, { objectType: "permit", objectId: "4" });
  expect(found.rows.map(({ objectId }) => objectId)).toEqual(["4"]);
  expect(found).toMatchObject({ next: { epoch: 1, index: 5 }, isAtEnd: true, isBehind: false });
});

test("of more than 200 the first 200 come, and the next piece begins right after them", async () => {
  const ids = await grow(...Array.from({ length: 250 }, (_, n) => 100 + n));
  const first = await read({ epoch: 1, index: 5 });
  expect(first.rows.map(({ id }) => id)).toEqual(ids.slice(0, 200));
  expect(first).toMatchObject({ next: { epoch: 1, index: 205 }, isAtEnd: false });
  const second = await read(first.next);
  expect(second.rows.map(({ id }) => id)).toEqual(ids.slice(200));
  expect(second.isAtEnd).toBe(true);
});

test("too far behind, or a place that is not in the log, leads to the end", async () => {
  const end = { epoch: 1, index: 255 };
  expect(await read({ epoch: 1, index: 100 }, {}, 155)).toMatchObject({ isBehind: false });
  const nothing = { rows: [], next: end, isAtEnd: true, isBehind: true };
  expect(await read({ epoch: 1, index: 99 }, {}, 155)).toEqual(nothing);
  expect(await read({ epoch: 1, index: 256 })).toEqual(nothing);
  expect(await read({ epoch: 2, index: 0 })).toEqual(nothing);
});

test("an epoch that ended is read to its end, then the next one from its beginning", async () => {
  await database.admin.sql`
    insert into ledger_batch (epoch, first_index, count, min_id, max_id, ids, hashes, sealed_at)
    select 2, 0, count, min_id, max_id, ids, hashes, sealed_at from ledger_batch where epoch = 1 and first_index = 3`;
  const last = await read({ epoch: 1, index: 254 });
  expect(last).toMatchObject({ rows: [{ objectId: "349" }], next: { epoch: 1, index: 255 }, isAtEnd: false });
  const turn = await read(last.next);
  expect(turn).toMatchObject({ rows: [], next: { epoch: 2, index: 0 }, isAtEnd: false });
  expect((await read(turn.next)).rows.map(({ objectId }) => objectId)).toEqual(["4", "5"]);
});
