import { randomBytes } from "node:crypto";
import { uuid7 } from "@countersign/audit/uuid7";
import { type ArchiveTaskKind, insertArchiveTask, listArchives } from "@countersign/db/archives";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AgedLog, openAgedLog } from "../testing/aged-log.ts";
import { archiveTasksJob } from "./archive-tasks.ts";

const perMonth = 40;
let log: AgedLog;
beforeAll(async () => {
  log = await openAgedLog(perMonth);
  await log.verify();
  const hold = await log.hold({ kind: "object", type: "permit", id: "7" });
  await log.apply();
  await log.release(hold);
  await log.apply();
}, 60_000);
afterAll(() => log.end());

const loaded = async () => {
  const archives = await listArchives(log.database.api, null, 10);
  return archives.filter(({ month }) => month === log.months[0]).map((one) => [one.count, one.loaded?.rows ?? null]);
};

test("of two archives of one month the one stays loaded when the other is unloaded", async () => {
  const archives = (await listArchives(log.database.api, null, 10)).filter(({ month }) => month === log.months[0]);
  const ask = async (count: number, kind: ArchiveTaskKind) => {
    const manifestId = archives.find((one) => one.count === count)?.manifestId ?? "";
    const id = uuid7(Date.now(), randomBytes(10));
    const requestedAt = new Date(log.deps.now()).toISOString();
    await insertArchiveTask(log.database.api, {
      id,
      manifestId,
      kind,
      requestedAt,
      requestedBy: "user:7",
      reason: null,
    });
    await archiveTasksJob(log.deps, log.archiveFolder)(new AbortController().signal);
  };
  await ask(1, "load");
  await ask(perMonth - 1, "load");
  expect(await loaded()).toEqual([
    [1, 1],
    [perMonth - 1, perMonth - 1],
  ]);
  await ask(1, "unload");
  expect(await loaded()).toEqual([
    [1, null],
    [perMonth - 1, perMonth - 1],
  ]);
  const rows = Object.entries(await log.rows()).filter(([name]) => name.startsWith("event_log_restored"));
  expect(rows.map(([, count]) => count)).toEqual([perMonth - 1]);
  expect((await log.verify()).found).toBe(0);
});
