import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type AgedLog, openAgedLog } from "../testing/aged-log.ts";

const perMonth = 60;
let log: AgedLog;
const running: ChildProcess[] = [];
beforeEach(async () => {
  log = await openAgedLog(perMonth);
  await log.verify();
});
afterEach(async () => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  await log.end();
});

/** A worker as it runs in production, but for where it ends; with no queue, which it does not need here. */
const startWorker = (crashAt?: string): ChildProcess => {
  const child = spawn(process.execPath, ["--import", "tsx", fileURLToPath(new URL("../main.ts", import.meta.url))], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      ...{ PATH: process.env.PATH ?? "", NODE_ENV: "test", LOG_LEVEL: "silent", HEALTH_PORT: "0" },
      ...{ DATABASE_URL: log.database.urls.worker, QUEUE_DATABASE_URL: "", REDIS_URL: "redis://127.0.0.1:1" },
      ...{ DATA_DIR: dirname(log.archiveFolder), LEDGER_KEY_FILE: log.keyFile, LEDGER_ANCHOR_FILE: log.anchorFile },
      ...(crashAt === undefined ? {} : { CRASH_AT: crashAt }),
    },
  });
  running.push(child);
  return child;
};
const state = async () =>
  (
    await log.database.admin
      .sql`select state, partitions, rows::int as rows from retention_run order by id desc limit 1`
  )[0];

test.each(["after_plan", "after_manifest_signed", "after_archive", "after_detach:2"])(
  "a worker killed %s leaves what the next one finishes",
  async (point) => {
    await log.database.admin
      .sql`insert into retention_run (state, started_by, started_at) values ('asked', 'user:1', now())`;
    const [, signal] = await once(startWorker(point), "exit");
    expect(signal).toBe("SIGKILL");
    expect(await state()).toMatchObject({ state: "running" });
    expect((await log.verify()).ok).toBe(true);
    startWorker();
    await expect.poll(state, { timeout: 30_000, interval: 200 }).toMatchObject({ state: "done" });
    expect(await state()).toMatchObject({ partitions: 2, rows: 2 * perMonth });
    const report = await log.verify();
    expect(report).toMatchObject({ ok: true, counts: { OK_EXPIRED: 2 * perMonth } });
  },
  60_000,
);
