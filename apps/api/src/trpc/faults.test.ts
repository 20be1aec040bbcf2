import { setTimeout as sleep } from "node:timers/promises";
import { storeEnvelopes, waitingEnvelopes } from "@countersign/db/store";
import { inTransaction } from "@countersign/db/transaction";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let admin: TestApi["database"]["admin"]["sql"];
let person: Person;
beforeAll(async () => {
  api = await createTestApi();
  admin = api.database.admin.sql;
  await admin.unsafe(`
    create function fault() returns trigger language plpgsql as $$ begin
      if tg_argv[0] = 'wait' then perform pg_sleep(10); else raise exception 'fault' using errcode = tg_argv[0]; end if;
      return new;
    end $$`);
  person = await api.person(["permits.create", "permits.approve", "permits.read", "audit.read"]);
});
afterAll(() => api.close());

let permitId: number;
beforeEach(async () => {
  const day = new Date().toISOString().slice(0, 10);
  const { permit } = await person.trpc.permits.create.mutate({
    type: "event",
    holderName: "Bo",
    validFrom: day,
    validTo: day,
  });
  permitId = permit.id;
});

/** Makes every write to a table wait or fail, until the test is over. */
const breakTable = (table: string, how: string) =>
  admin.unsafe(
    `create trigger fault before insert or update on ${table} for each row execute function fault('${how}')`,
  );
const heal = () =>
  admin.unsafe("drop trigger if exists fault on permits; drop trigger if exists fault on audit_outbox");
afterEach(heal);

const approve = () => person.trpc.permits.approve.mutate({ permitId });
/** Ends the backend that waits in a fault. */
const killWaiting = async (): Promise<void> => {
  for (;;) {
    const killed = await admin`select pg_terminate_backend(pid) from pg_stat_activity
      where wait_event = 'PgSleep' and datname = current_database()`;
    if (killed.length > 0) return;
    await sleep(10);
  }
};
const stateOf = async () => {
  const [permit] = await admin`select status, version from permits where id = ${permitId}`;
  const events = await api.stored({ objectType: "permit", objectId: String(permitId), codes: ["permit_approve"] });
  return { ...permit, events: events.length };
};
const untouched = { status: "pending", version: 1, events: 0 };

test("the backend killed in the middle of an act leaves neither act nor event and answers 503", async () => {
  await breakTable("permits", "wait");
  const [refusal] = await Promise.all([refusalOf(approve()), killWaiting()]);
  expect(refusal).toMatchObject({ httpStatus: 503, reason: "unavailable", retryAfterS: expect.any(Number) });
  await heal();
  expect(await stateOf()).toEqual(untouched);
});

test("the backend killed between act and commit leaves neither, and the answer does not claim to know", async () => {
  await breakTable("audit_outbox", "wait");
  const [refusal] = await Promise.all([refusalOf(approve()), killWaiting()]);
  expect(refusal).toMatchObject({ httpStatus: 503, reason: "outcome_unknown" });
  await heal();
  expect(await stateOf()).toEqual(untouched);
  await approve();
  expect(await stateOf()).toEqual({ status: "active", version: 2, events: 1 });
});

test.each([
  ["53100", 503, "unavailable"],
  ["22000", 500, "internal"],
])("an envelope that cannot be written (%s) undoes the act", async (code, httpStatus, reason) => {
  await breakTable("audit_outbox", code);
  const answer = await person.send("/trpc/permits.approve", {
    method: "POST",
    body: JSON.stringify({ json: { permitId } }),
  });
  expect(answer.status).toBe(httpStatus);
  expect(answer.headers.get("retry-after")).toBe(httpStatus === 503 ? "5" : null);
  expect(await answer.json()).toMatchObject({ error: { json: { data: { reason } } } });
  await heal();
  expect(await stateOf()).toEqual(untouched);
});

test("a refusal that cannot be recorded is answered with 503 instead", async () => {
  const powerless = await api.person([]);
  await breakTable("audit_outbox", "53100");
  expect(await refusalOf(powerless.trpc.permits.approve.mutate({ permitId }))).toMatchObject({ httpStatus: 503 });
});

test("what is read is not shown when its event cannot be kept", async () => {
  await breakTable("audit_outbox", "53100");
  for (const path of ["/api/audit/logs/?days=7", `/trpc/permits.read?input={"json":{"permitId":${permitId}}}`]) {
    const answer = await person.get(path);
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("5");
    expect(await answer.text()).not.toMatch(/holder|results/);
  }
});

test("a database that does not answer is 503 with a time to come back, also before it is known who calls", async () => {
  const answers = await inTransaction(api.database.admin, async (tx) => {
    await tx.sql`lock table sessions in access exclusive mode`;
    return Promise.all([
      person.get("/api/audit/logs/?days=7"),
      person.post("/trpc/permits.approve", { json: { permitId } }),
    ]);
  });
  for (const answer of answers) {
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
    expect(await answer.text()).not.toContain("statement");
  }
});

test("when too much waits to be stored an act is refused with 503 and undone", async () => {
  await api.capacity.measure();
  api.capacity.limits.maxAgeSeconds = -1e9;
  const answer = await person.post("/trpc/permits.approve", { json: { permitId } });
  api.capacity.limits.maxAgeSeconds = 1e6;
  expect(answer.status).toBe(503);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThanOrEqual(5);
  expect(await stateOf()).toEqual(untouched);
});

test("without a free connection an act is refused instead of hanging", async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const begun: Promise<void>[] = [];
  const holding = Array.from({ length: 10 }, () => {
    let tell = (): void => undefined;
    begun.push(new Promise<void>((resolve) => (tell = resolve)));
    return inTransaction(api.database.api, async (tx) => {
      await tx.sql`select 1`;
      tell();
      await gate;
    });
  });
  await Promise.all(begun);
  const started = Date.now();
  const refusal = await refusalOf(approve()).finally(release);
  expect(Date.now() - started).toBeLessThan(5000);
  expect(refusal).toMatchObject({ httpStatus: 503 });
  await Promise.all(holding);
  await approve();
  expect(await stateOf()).toEqual({ status: "active", version: 2, events: 1 });
});

test("an event that no worker was told of waits in the outbox and is stored once, however often that is tried", async () => {
  await approve();
  const { worker } = api.database;
  const ids = await waitingEnvelopes(worker, -1, 1000);
  const never = async () => Promise.reject(new Error("a dead letter"));
  const runs = await Promise.all(Array.from({ length: 5 }, () => storeEnvelopes(worker, ids, never)));
  expect(runs.reduce((sum, { stored }) => sum + stored, 0)).toBe(2);
  expect((await storeEnvelopes(worker, ids, never)).stored).toBe(0);
  expect(await stateOf()).toMatchObject({ events: 1 });
});
