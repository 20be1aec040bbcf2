import { randomBytes } from "node:crypto";
import type { SealedEvent } from "@countersign/audit/event";
import { monotonicIds, uuid7 } from "@countersign/audit/uuid7";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AlreadyClaimed, type Claim, countSuppressed, findClaims, keepEnvelope, outboxState } from "./outbox.ts";
import { ensurePartitions } from "./partitions.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { inTransaction } from "./transaction.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const nextId = monotonicIds(Date.now, randomBytes);
const dayMs = 86_400_000;
const receivedAt = "2026-02-03T04:05:06.789Z";
const sealed = (id = nextId(), changed: Partial<SealedEvent> = {}): SealedEvent => ({
  id,
  leaf: `{"id":"${id}"}`,
  details: "{}",
  leafHash: randomBytes(32),
  salt: randomBytes(32),
  receivedAt,
  ...changed,
});
const claimOf = (event: SealedEvent, changed: Partial<Claim> = {}): Claim => ({
  id: event.id,
  source: "user:1",
  contentHash: Buffer.from("content"),
  receivedAt,
  answer: event.leafHash,
  ...changed,
});
const keep = (events: readonly SealedEvent[], claims: readonly Claim[] = []) =>
  keepEnvelope(database.api, nextId(), events, claims);
const envelopes = async (): Promise<number> =>
  Number((await database.admin.sql`select count(*)::int as n from audit_outbox`)[0]?.n);

test("an envelope holds its events' lines and bytes in their order, and the database's own time", async () => {
  const events = [sealed(), sealed(), sealed()];
  const id = nextId();
  await keepEnvelope(database.api, id, events);
  const [row] = await database.admin.sql`select *, clock_timestamp() - kept_at < interval '5 s' as fresh
    from audit_outbox where id = ${id}`;
  expect(row).toMatchObject({ count: 3, fresh: true });
  expect(row?.leaves.split("\n")).toEqual(events.map(({ leaf }) => leaf));
  expect(row?.details.split("\n")).toEqual(events.map(({ details }) => details));
  expect(Buffer.from(row?.hashes)).toEqual(Buffer.concat(events.map(({ leafHash }) => leafHash)));
  expect(Buffer.from(row?.salts)).toEqual(Buffer.concat(events.map(({ salt }) => salt)));
});

test("a claim is found again as it was made", async () => {
  const event = sealed();
  const claim = claimOf(event, { source: 'a "name", with {marks}' });
  await keep([event], [claim]);
  const found = (await findClaims(database.api, [event.id, nextId()])).get(event.id);
  expect(found).toEqual({ ...claim, answer: Buffer.from(claim.answer), contentHash: Buffer.from(claim.contentHash) });
});

test("when one id of many was claimed before, nothing is kept and no other id is claimed", async () => {
  const [first, second, third] = [sealed(), sealed(), sealed()];
  await keep([second], [claimOf(second)]);
  const before = await envelopes();
  const again = keep(
    [first, second, third],
    [first, second, third].map((event) => claimOf(event)),
  );
  await expect(again).rejects.toBeInstanceOf(AlreadyClaimed);
  expect(await envelopes()).toBe(before);
  expect([...(await findClaims(database.api, [first.id, second.id, third.id])).keys()]).toEqual([second.id]);
  await keep([first, third], [claimOf(first), claimOf(third)]);
});

test("of two that claim the same id at once one succeeds, whatever the order of their ids", async () => {
  for (let round = 0; round < 20; round++) {
    const events = Array.from({ length: 50 }, () => sealed());
    const claims = events.map((event) => claimOf(event));
    const outcomes = await Promise.allSettled([
      keep(events, claims),
      keep([...events].reverse(), [...claims].reverse()),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = outcomes.find(({ status }) => status === "rejected") as PromiseRejectedResult;
    expect(refused.reason).toBeInstanceOf(AlreadyClaimed);
  }
});

test("a day that has no partition for claims gets one, by the api's own role", async () => {
  const day = new Date(Date.now() - 3 * dayMs).toISOString().slice(0, 10).replaceAll("-", "_");
  await database.admin.sql.unsafe(`drop table event_claim_${day}`);
  const events = Array.from({ length: 8 }, () => sealed(uuid7(Date.now() - 3 * dayMs, randomBytes(10))));
  await Promise.all(events.map((event) => keep([event], [claimOf(event)])));
  expect(
    await findClaims(
      database.api,
      events.map(({ id }) => id),
    ),
  ).toHaveLength(8);
  const [made] = await database.admin.sql.unsafe(`select count(*)::int as n from event_claim_${day}`);
  expect(made?.n).toBe(8);
});

test("claims that are older than any id may be are dropped, younger ones stay", async () => {
  const { sql } = database.admin;
  const claimedDaysAgo = async (days: number): Promise<string> => {
    const event = sealed(uuid7(Date.now() - days * dayMs, randomBytes(10)));
    await keep([event], [claimOf(event)]);
    return event.id;
  };
  const young = await claimedDaysAgo(7);
  const old = await claimedDaysAgo(12);
  expect(await findClaims(database.api, [young, old])).toHaveLength(2);
  expect((await ensurePartitions(database.worker)).dropped).toBe(1);
  expect([...(await findClaims(database.api, [young, old])).keys()]).toEqual([young]);
  const [partitions] = await sql`select count(*)::int as n from pg_inherits where inhparent = 'event_claim'::regclass`;
  expect(partitions?.n).toBe(12);
});

test("a NUL cannot be kept, and the act that it was part of is undone", async () => {
  const before = await envelopes();
  const act = inTransaction(database.api, async (tx) => {
    await keepEnvelope(tx, nextId(), [sealed()]);
    await keepEnvelope(tx, nextId(), [sealed(nextId(), { details: '{"notes":"\0"}' })]);
  });
  await expect(act).rejects.toMatchObject({ code: "22021" });
  expect(await envelopes()).toBe(before);
});

test("what waits and what was not kept on purpose is counted", async () => {
  await database.admin.sql`delete from audit_outbox`;
  expect(await outboxState(database.api)).toEqual({ events: 0, oldestSeconds: null });
  await keep([sealed(), sealed()]);
  await keep([sealed()]);
  await database.admin.sql`update audit_outbox set kept_at = kept_at - interval '1 minute' where count = 2`;
  const { events, oldestSeconds } = await outboxState(database.api);
  expect(events).toBe(3);
  expect(oldestSeconds).toBeGreaterThan(59);
  await countSuppressed(database.api, "permit_read", 2);
  await countSuppressed(database.api, "permit_read", 3);
  expect([...(await database.admin.sql`select code, count::int from suppressed_day`)]).toEqual([
    { code: "permit_read", count: 5 },
  ]);
});
