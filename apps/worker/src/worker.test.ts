import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EventDraft } from "@countersign/audit/draft";
import { testRecorder } from "@countersign/audit/testing/recorder";
import { countRead } from "@countersign/db/collapsed-reads";
import { syncEventTypes } from "@countersign/db/event-types";
import { keepEnvelope } from "@countersign/db/outbox";
import { createTestDatabase, type TestDatabase } from "@countersign/db/testing";
import { inTransaction } from "@countersign/db/transaction";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "countersign-worker-"));
  database = await createTestDatabase();
  await syncEventTypes(database.admin, false, async () => undefined);
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

type Running = { child: ChildProcess; health: string; output: () => string };

/** A worker as it runs in production; without a queue address that answers it has only its sweep. */
const startWorker = async (env: Record<string, string> = {}): Promise<Running> => {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", main], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: {
      PATH: process.env.PATH ?? "",
      DATABASE_URL: database.urls.worker,
      QUEUE_DATABASE_URL: database.urls.queue,
      HEALTH_PORT: "0",
      DATA_DIR: folder,
      ...env,
    },
  });
  running.push(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (said += chunk));
  const [message] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => Promise.reject(new Error(`the worker ended: ${said}`))),
  ])) as [{ type: string; port: number }];
  return { child, health: `http://127.0.0.1:${message.port}`, output: () => said };
};
const noQueue = { QUEUE_DATABASE_URL: "", REDIS_URL: "redis://127.0.0.1:1" };

const { recorder, nextId } = testRecorder("read");
const keep = async (count: number, changed: Partial<EventDraft<"permit_read">> = {}): Promise<void> => {
  const draft = (index: number): EventDraft<"permit_read"> => ({
    code: "permit_read",
    status: "success",
    actor: { type: "user", id: "7", label: "Ana" },
    source: "app",
    object: { type: "permit", id: String(index) },
    ...changed,
  });
  await keepEnvelope(
    database.api,
    nextId(),
    Array.from({ length: count }, (_, index) => recorder.seal(draft(index)) ?? fail()),
  );
};
const fail = (): never => {
  throw new Error("not sealed");
};
const stored = async (code: string) => [
  ...(await database.admin.sql`select status, object_id, details from event_log where code = ${code} order by id`),
];

test("without any queue the sweep stores what is kept, and the worker says that it is degraded", async () => {
  const worker = await startWorker(noQueue);
  const ready = await fetch(`${worker.health}/health/ready`);
  expect([ready.status, ((await ready.json()) as { status: string }).status]).toEqual([200, "degraded"]);
  await keep(30);
  await expect.poll(async () => (await stored("permit_read")).length, { timeout: 10_000 }).toBe(30);
  expect(await database.admin.sql`select from audit_outbox`).toHaveLength(0);
});

test("a worker with its queue is ready, live, and ends in order with 0 when asked", async () => {
  const { child, health } = await startWorker();
  await expect
    .poll(async () => ((await (await fetch(`${health}/health/ready`)).json()) as { status: string }).status, {
      timeout: 15_000,
    })
    .toBe("ready");
  expect((await fetch(`${health}/health/live`)).status).toBe(200);
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});

test("a second request to end is obeyed at once, whatever is still running", async () => {
  await keep(1);
  await database.admin.sql.begin(async (sql) => {
    await sql`lock table audit_outbox`;
    const { child } = await startWorker(noQueue);
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    expect(await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 700, "still there"))])).toBe(
      "still there",
    );
    child.kill("SIGTERM");
    expect(await ended).toEqual([1, null]);
  });
});

test("a worker whose parent is gone ends by itself", async () => {
  const { child } = await startWorker();
  const ended = once(child, "exit");
  child.disconnect();
  expect(await ended).toEqual([0, null]);
});

test("repeated reads are closed by one event that says how many, from when and until when", async () => {
  const draft = {
    code: "audit_view_logs",
    status: "success",
    actor: { type: "user", id: "7", label: "Ana" },
    source: "app",
  };
  const key = randomBytes(32);
  for (let read = 0; read < 4; read++) await inTransaction(database.api, (tx) => countRead(tx, key, 1, draft));
  await startWorker(noQueue);
  await expect.poll(async () => (await stored("audit_view_logs")).length, { timeout: 20_000 }).toBe(1);
  const [closing] = await stored("audit_view_logs");
  expect(JSON.parse(String(closing?.details)).metadata).toMatchObject({
    count: 3,
    from: expect.stringMatching(/Z$/),
    until: expect.stringMatching(/Z$/),
  });
  expect(await database.admin.sql`select from collapsed_read`).toHaveLength(0);
});

test("an event that cannot be stored is set aside, told of by an event, and holds up nobody", async () => {
  await database.admin.sql`alter table event_log add constraint poison check (object_id <> 'bad') not valid`;
  try {
    await keep(1, { object: { type: "permit", id: "bad" } });
    await keep(3, { object: { type: "permit", id: "fine" } });
    await startWorker(noQueue);
    await expect.poll(async () => (await stored("sys_event_quarantined")).length, { timeout: 20_000 }).toBe(1);
    const [told] = await stored("sys_event_quarantined");
    const [letter] = await database.admin.sql`select id, error_code, leaf from dead_letter`;
    expect(told?.object_id).toBe(letter?.id);
    expect(letter).toMatchObject({ error_code: "23514", leaf: expect.stringContaining('"bad"') });
    expect(await database.admin.sql`select from event_log where object_id = 'fine'`).toHaveLength(3);
    expect(await database.admin.sql`select from audit_outbox`).toHaveLength(0);
  } finally {
    await database.admin.sql`alter table event_log drop constraint poison`;
  }
});

test("a permit expires the day after its last valid one, in the office's time zone, and an event of the platform tells of it", async () => {
  const { sql } = database.admin;
  // Somewhere it is tomorrow already, and somewhere it is still yesterday.
  await sql`insert into system_config (key, value) values ('display.time_zone', '"Etc/GMT+12"')`;
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Etc/GMT+12" }).format(Date.now());
  const add = async (number: string, status: string, days: number) =>
    sql`insert into permits (permit_number, type, holder_name, status, valid_to)
      values (${number}, 'event', 'Ana', ${status}, ${today}::date + ${days}::int)`;
  await add("P-1", "active", -1);
  await add("P-2", "inactive", -400);
  await add("P-3", "active", 0);
  await add("P-4", "pending", -1);
  await add("P-5", "cancelled", -1);
  await startWorker(noQueue);
  await expect.poll(async () => (await stored("sys_permit_expired")).length, { timeout: 20_000 }).toBe(2);
  const permits = await sql`select permit_number, status, version from permits order by permit_number`;
  expect(permits.map((permit) => `${permit.permit_number} ${permit.status} ${permit.version}`)).toEqual([
    "P-1 expired 2",
    "P-2 expired 2",
    "P-3 active 1",
    "P-4 pending 1",
    "P-5 cancelled 1",
  ]);
  const [first] = await stored("sys_permit_expired");
  expect(JSON.parse(String(first?.details))).toMatchObject({
    changes: { status: { old: "active", new: "expired" } },
    labels: { object: "P-1" },
  });
});

test("a mistake in the settings is one plain sentence and an exit code", async () => {
  await expect(startWorker({ HEALTH_PORT: "many" })).rejects.toThrow(/The worker could not start: HEALTH_PORT/);
});
