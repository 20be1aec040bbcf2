import { recoverLog } from "@countersign/db/recover";
import { manifestsOf } from "@countersign/db/retention-manifests";
import { nodeCrypto } from "@countersign/service/crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AgedLog, openAgedLog } from "../testing/aged-log.ts";

const perMonth = 40;
const further = 30;
const tables = ["event_log", "ledger_batch", "ledger_tile", "ledger_checkpoint", "ledger_pending"];
let log: AgedLog;
beforeAll(async () => {
  // In the first month an old dump was restored, and the log went on in a second epoch.
  log = await openAgedLog(perMonth, async ({ database: { admin }, keep, anchor }, settle) => {
    await admin.sql`create schema dump`;
    for (const table of tables) await admin.sql.unsafe(`create table dump.${table} as table ${table}`);
    await keep(10);
    await settle();
    await admin.sql.unsafe(`set session_replication_role = replica;
      ${tables.map((table) => `delete from ${table}; insert into ${table} select * from dump.${table}`).join("; ")};
      set session_replication_role = origin`);
    await recoverLog(admin, await anchor(), "an old dump was restored", nodeCrypto);
    await keep(further);
    await settle();
  });
}, 60_000);
afterAll(() => log.end());

test("a month with leaves in two epochs goes as one, under a manifest for each", async () => {
  expect((await log.verify()).found).toBe(0);
  expect(await log.apply()).toMatchObject({ partitions: 2, rows: 2 * perMonth + further, skipped: [] });
  const manifests = await manifestsOf(log.database.api, 1, 100);
  expect(manifests.map(({ month, epoch, count, rows, state }) => [month, epoch, count, rows, state])).toEqual([
    [log.months[0], 1, perMonth, perMonth + further, "dropped"],
    [log.months[0], 2, further, perMonth + further, "dropped"],
    [log.months[1], 2, perMonth, perMonth, "dropped"],
  ]);
  expect(await log.verify()).toMatchObject({
    ...{ ok: true, found: 0 },
    counts: { OK_EXPIRED: 2 * perMonth + further, MISSING: 0 },
  });
});
