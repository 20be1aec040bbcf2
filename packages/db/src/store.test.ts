import type { EventDraft, SealedEvent } from "@countersign/audit/event";
import { testRecorder } from "@countersign/audit/testing/recorder";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { keepEnvelope } from "./outbox.ts";
import { ensurePartitions } from "./partitions.ts";
import { type DeadLetter, storeEnvelopes, waitingEnvelopes } from "./store.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.admin.sql`set session_replication_role = replica`;
  for (const table of ["event_log", "audit_outbox", "ledger_pending", "event_day", "dead_letter"]) {
    await database.admin.sql`delete from ${database.admin.sql(table)}`;
  }
  await database.admin.sql`set session_replication_role = origin`;
});

const { recorder, nextId } = testRecorder("decision");
const draft = (id: number, changed: Partial<EventDraft<"permit_create">> = {}): EventDraft<"permit_create"> => ({
  code: "permit_create",
  status: "success",
  actor: { type: "user", id: "7", label: "Ana Ruiz", roles: ["Clerk"] },
  source: "app",
  object: { type: "permit", id: String(id), label: `P-${id}` },
  changes: { status: { old: null, new: "pending" } },
  request: { id: "r_1", method: "POST", endpoint: "/trpc/permits.create", ip: "10.0.0.1" },
  ...changed,
});
const sealed = (count: number, first = 0): SealedEvent[] =>
  Array.from({ length: count }, (_, index) => {
    const event = recorder.seal(draft(first + index));
    if (event === null) throw new Error("not sealed");
    return event;
  });
const keep = async (events: readonly SealedEvent[]): Promise<string> => {
  const id = nextId();
  await keepEnvelope(database.api, id, events);
  return id;
};
const letters: DeadLetter[] = [];
const store = (ids: readonly string[]) =>
  storeEnvelopes(database.worker, ids, async (_, found) => {
    letters.push(...found);
  });
const count = async (table: string): Promise<number> =>
  Number((await database.admin.sql`select count(*)::int as n from ${database.admin.sql(table)}`)[0]?.n);

test("an envelope is stored byte for byte, its columns are those of the leaf, and it leaves the outbox", async () => {
  const events = sealed(3);
  const id = await keep(events);
  expect(await store([id])).toEqual({ stored: 3, deadLetters: [] });
  expect(await count("audit_outbox")).toBe(0);
  const rows = await database.admin.sql`select * from event_log order by id`;
  expect(rows.map(({ leaf, details }) => ({ leaf, details }))).toEqual(
    events.map(({ leaf, details }) => ({ leaf, details })),
  );
  for (const [index, row] of rows.entries()) {
    const event = events[index];
    expect(Buffer.from(row.leaf_hash)).toEqual(Buffer.from(event?.leafHash ?? []));
    expect(Buffer.from(row.salt)).toEqual(Buffer.from(event?.salt ?? []));
    expect(row).toMatchObject({
      id: event?.id,
      policy: "decision",
      code: "permit_create",
      category: "permit",
      severity: "low",
      status: "success",
      actor_type: "user",
      actor_id: "7",
      object_type: "permit",
      object_id: String(index),
      target_id: null,
      request_method: "POST",
      endpoint: "/trpc/permits.create",
      request_id: "r_1",
      source: "app",
    });
    expect(new Date(row.received_at).toISOString()).toBe(event?.receivedAt);
  }
});

test("what the sealer will take is in the order of the envelope, and the day's counts add up", async () => {
  const events = sealed(5);
  const id = await keep(events);
  await store([id]);
  const [pending] = await database.admin.sql`select envelope_id, ids::text[] as ids, hashes from ledger_pending`;
  expect(pending?.envelope_id).toBe(id);
  expect(pending?.ids).toEqual(events.map((event) => event.id));
  expect(Buffer.from(pending?.hashes)).toEqual(Buffer.concat(events.map((event) => event.leafHash)));
  const days = await database.admin
    .sql`select code, severity, status, sum(count)::int as n from event_day group by 1, 2, 3`;
  expect([...days]).toEqual([{ code: "permit_create", severity: "low", status: "success", n: 5 }]);
});

test("the same envelopes asked for twice and by four workers at once are stored once", async () => {
  const ids = await Promise.all(Array.from({ length: 40 }, (_, index) => keep(sealed(25, index * 25))));
  const results = await Promise.all([store(ids), store(ids), store([...ids].reverse()), store(ids.slice(10))]);
  expect(results.reduce((sum, { stored }) => sum + stored, 0)).toBe(1000);
  expect(await store(ids)).toEqual({ stored: 0, deadLetters: [] });
  expect(await count("event_log")).toBe(1000);
  expect(await count("ledger_pending")).toBe(40);
  const [day] = await database.admin.sql`select sum(count)::int as n from event_day`;
  expect(day?.n).toBe(1000);
});

test("three events of 500 that break a rule are set aside with their bytes, the other 497 pass", async () => {
  await database.admin
    .sql`alter table event_log add constraint poison check (object_id not in ('13', '250', '499')) not valid`;
  try {
    letters.length = 0;
    const events = sealed(500);
    const id = await keep(events);
    const good = await keep(sealed(2, 1000));
    const { stored, deadLetters } = await store([id, good]);
    expect(stored).toBe(499);
    const poisoned = [13, 250, 499].map((index) => events[index]);
    expect(deadLetters.map((letter) => letter.id).sort()).toEqual(poisoned.map((event) => event?.id));
    expect(letters).toEqual(deadLetters);
    const rows = await database.admin
      .sql`select id, leaf, details, leaf_hash, salt, error_code from dead_letter order by id`;
    expect(rows.map(({ leaf, details, error_code }) => ({ leaf, details, error_code }))).toEqual(
      poisoned.map((event) => ({ leaf: event?.leaf, details: event?.details, error_code: "23514" })),
    );
    expect(Buffer.from(rows[0]?.salt)).toEqual(Buffer.from(poisoned[0]?.salt ?? []));
    expect(await count("audit_outbox")).toBe(0);
    expect(await count("event_log")).toBe(499);
  } finally {
    await database.admin.sql`alter table event_log drop constraint poison`;
  }
});

test("bytes that are no JSON find their place among the dead letters, too", async () => {
  const [first, second] = sealed(2);
  if (first === undefined || second === undefined) throw new Error("not sealed");
  const id = await keep([first, { ...second, leaf: "no json" }]);
  const { stored, deadLetters } = await store([id]);
  expect(stored).toBe(1);
  expect(deadLetters).toMatchObject([{ id, errorCode: "22P02" }]);
  expect(await count("audit_outbox")).toBe(0);
});

test("a failure in telling of dead letters leaves everything as it was", async () => {
  const [event] = sealed(1);
  if (event === undefined) throw new Error("not sealed");
  const id = await keep([{ ...event, leaf: "no json" }]);
  const failing = storeEnvelopes(database.worker, [id], () => Promise.reject(new Error("no")));
  await expect(failing).rejects.toThrow("no");
  expect(await count("audit_outbox")).toBe(1);
  expect(await count("dead_letter")).toBe(0);
});

test("a missing partition is made on demand and is no poison", async () => {
  await ensurePartitions(database.worker);
  const month = new Date().toISOString().slice(0, 7).replace("-", "_");
  await database.admin.sql.unsafe(`drop table event_log_decision_${month}`);
  const id = await keep(sealed(4));
  expect(await store([id])).toEqual({ stored: 4, deadLetters: [] });
  expect(await count(`event_log_decision_${month}`)).toBe(4);
});

test("a partition that is missing while four workers store is made once, and nothing is lost", async () => {
  const month = new Date().toISOString().slice(0, 7).replace("-", "_");
  for (let round = 0; round < 5; round++) {
    const ids = await Promise.all(Array.from({ length: 12 }, (_, index) => keep(sealed(10, index * 10))));
    await database.admin.sql.unsafe(`drop table event_log_decision_${month}`);
    const results = await Promise.all([0, 1, 2, 3].map((worker) => store(ids.filter((_, at) => at % 4 === worker))));
    expect(results.flatMap(({ deadLetters }) => deadLetters)).toEqual([]);
    expect(await count("event_log")).toBe(120);
  }
});

test("two envelopes with a poison event among good ones cost only those two events", async () => {
  await database.admin
    .sql`alter table event_log add constraint poison check (object_id not in ('105', '307')) not valid`;
  try {
    const ids = await Promise.all(Array.from({ length: 5 }, (_, index) => keep(sealed(10, index * 100))));
    const { stored, deadLetters } = await store(ids);
    expect([stored, deadLetters.length]).toEqual([48, 2]);
    expect(await count("ledger_pending")).toBeGreaterThanOrEqual(5);
    const [pending] = await database.admin
      .sql`select sum(cardinality(ids))::int as ids, sum(length(hashes))::int / 32 as hashes
      from ledger_pending`;
    expect(pending).toEqual({ ids: 48, hashes: 48 });
    expect(await count("audit_outbox")).toBe(0);
  } finally {
    await database.admin.sql`alter table event_log drop constraint poison`;
  }
});

test("one poison event of 500 is found with at most 20 statements", async () => {
  await database.admin.sql.unsafe(`
    create sequence tries; grant usage on tries to public;
    create function count_try() returns trigger language plpgsql as $$ begin perform nextval('tries'); return null; end $$;
    create trigger tried before insert on event_log for each statement execute function count_try();
    alter table event_log add constraint poison check (object_id <> '0') not valid`);
  try {
    // What a sequence counted stays counted when the statement is undone.
    await store([await keep(sealed(500))]);
    const [tries] = await database.admin.sql`select last_value::int as made from tries`;
    expect(await count("event_log")).toBe(499);
    expect(tries?.made).toBeLessThanOrEqual(20);
    expect(tries?.made).toBeGreaterThan(1);
  } finally {
    await database.admin.sql.unsafe(
      "alter table event_log drop constraint poison; drop trigger tried on event_log; drop function count_try; drop sequence tries",
    );
  }
});

test("only what has waited long enough by the database's clock is swept, oldest first", async () => {
  const old = await keep(sealed(1));
  await database.admin.sql`update audit_outbox set kept_at = kept_at - interval '3 seconds'`;
  await keep(sealed(1));
  expect(await waitingEnvelopes(database.worker, 2, 10)).toEqual([old]);
  expect(await waitingEnvelopes(database.worker, 0, 10)).toHaveLength(2);
});
