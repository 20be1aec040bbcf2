import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { testRecorder } from "@countersign/audit/testing/recorder";
import { uuid7 } from "@countersign/audit/uuid7";
import { findErasure, idsHashOf, insertErasure } from "@countersign/db/erasures";
import { syncEventTypes } from "@countersign/db/event-types";
import { keepEnvelope } from "@countersign/db/outbox";
import { createTestDatabase, type TestDatabase } from "@countersign/db/testing";
import { inTransaction } from "@countersign/db/transaction";
import { nodeCrypto } from "@countersign/service/crypto";
import { afterAll, beforeAll, expect, test } from "vitest";

let database: TestDatabase;
let folder: string;
let child: ChildProcess | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "countersign-killed-"));
  database = await createTestDatabase();
  await syncEventTypes(database.admin, false, async () => undefined);
});
afterAll(async () => {
  child?.kill("SIGKILL");
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

/** A worker as it runs in production, but for where it ends. */
const startWorker = (crashAt?: string): ChildProcess => {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  child = spawn(process.execPath, ["--import", "tsx", main], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      PATH: process.env.PATH ?? "",
      DATABASE_URL: database.urls.worker,
      REDIS_URL: "redis://127.0.0.1:1",
      HEALTH_PORT: "0",
      DATA_DIR: folder,
      LOG_LEVEL: "fatal",
      ...(crashAt !== undefined && { NODE_ENV: "test", CRASH_AT: crashAt }),
    },
  });
  return child;
};

const { recorder, nextId } = testRecorder("read");
const events = 1200;

test("a worker that is killed between batches, and before the end, is followed by one that finishes", async () => {
  const actor = { type: "user", id: "7", label: "Mara Ilic" } as const;
  const sealed = Array.from({ length: events }, () => {
    const event = recorder.seal({ code: "permit_read", status: "success", source: "app", actor });
    if (event === null) throw new Error("not sealed");
    return event;
  });
  for (let from = 0; from < events; from += 400)
    await keepEnvelope(database.api, nextId(), sealed.slice(from, from + 400));
  const ids = sealed.map(({ id }) => id).sort();
  const id = uuid7(Date.now(), randomBytes(10));
  const idsHash = idsHashOf(ids, nodeCrypto.sha256);
  const told = recorder.seal({
    code: "sys_details_erased",
    status: "success",
    source: "app",
    actor: { type: "user", id: "1" },
    object: { type: "subject", id },
    facts: { count: events, ids: Buffer.from(idsHash).toString("base64"), basis: "request" },
  });
  await inTransaction(database.api, async (tx) => {
    const order = { id, subjectId: "7", byQuery: false, basis: "request", reason: "asked", ids, idsHash };
    await insertErasure(tx, { ...order, requestedAt: new Date().toISOString(), requestedBy: "user:1" });
    if (told) await keepEnvelope(tx, nextId(), [told]);
  });
  const left = async () =>
    Number(
      (
        await database.admin
          .sql`select count(*)::int as count from event_log where actor_id = '7' and details is not null`
      )[0]?.count,
    );

  await once(startWorker("after_erase_batch:1"), "exit");
  expect([await left(), (await findErasure(database.api, id))?.state]).toEqual([events - 500, "erasing"]);
  await once(startWorker("after_erase_archives"), "exit");
  expect([await left(), (await findErasure(database.api, id))?.state]).toEqual([0, "erasing"]);
  startWorker();
  await expect
    .poll(async () => (await findErasure(database.api, id))?.state, { timeout: 60_000, interval: 250 })
    .toBe("done");
  const done = await database.admin.sql`
    select (select count(*)::int from event_log where code = 'sys_erasure_done')
      + (select coalesce(sum(count), 0)::int from audit_outbox where leaves like '%sys_erasure_done%') as told`;
  expect(done).toEqual([{ told: 1 }]);
}, 180_000);
