import { writeFile } from "node:fs/promises";
import { recoverLog } from "@countersign/db/recover";
import { listVerifications } from "@countersign/db/sealing";
import { recordVerification } from "@countersign/db/verification-records";
import { nodeCrypto } from "@countersign/service/crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSignedLog, type SignedLog } from "../testing/signed-log.ts";
import { dueVerification, verifyLogJob } from "./verify-log.ts";

let log: SignedLog;
beforeEach(async () => {
  log = await openSignedLog();
});
afterEach(() => log.end());

const hourMs = 3_600_000;
const noSleep = async () => undefined;
const verify = (signal = new AbortController().signal) => verifyLogJob(log.deps, log.anchorFile, noSleep)(signal);
const grow = async (count: number): Promise<void> => {
  await log.keep(count);
  await log.store();
  await log.seal();
};
const runs = async () => (await listVerifications(log.database.api, 20)).reverse();
const events = async () => {
  await log.store();
  return log.database.admin.sql<{ code: string; leaf: string; details: string }[]>`
    select code, leaf, details from event_log where code like 'sys_verify%' order by id`;
};

test("what is new is verified an hour after the last time, the whole log once after half past one at night", () => {
  const at = (text: string) => Date.parse(text);
  const due = (now: string, any: string | null, full: string | null, sealed: string | null = "2026-01-05T08:00:00Z") =>
    dueVerification(at(now), "Europe/Berlin", { any, full, sealed });
  expect(due("2026-01-05T08:30:00Z", null, null, null)).toBe(null);
  expect(due("2026-01-05T08:30:00Z", null, null)).toBe(null);
  expect(due("2026-01-05T09:00:00Z", null, null)).toBe("since_last");
  expect(due("2026-01-06T00:29:00Z", "2026-01-06T00:10:00Z", null)).toBe(null);
  expect(due("2026-01-06T00:30:00Z", "2026-01-06T00:10:00Z", null)).toBe("full");
  expect(due("2026-01-06T00:31:00Z", "2026-01-06T00:30:00Z", "2026-01-06T00:30:00Z")).toBe(null);
  expect(due("2026-01-06T01:30:00Z", "2026-01-06T00:30:00Z", "2026-01-06T00:30:00Z")).toBe("since_last");
  expect(due("2026-01-09T20:00:00Z", "2026-01-06T00:30:00Z", "2026-01-06T00:30:00Z")).toBe("full");
});

test("a run tells its result by an event and a record, and the next one begins where it ended", async () => {
  await grow(700);
  await verify();
  expect(await runs()).toEqual([]);
  log.pass(25 * hourMs);
  await verify();
  expect(await runs()).toMatchObject([{ ok: true, fromIndex: 0, done: 700, total: 700, startedBy: "worker" }]);
  expect((await events()).map(({ code, leaf }) => [code, JSON.parse(leaf).facts])).toMatchObject([
    ["sys_verify_run", { from: 0, size: 700, signed: 700 }],
  ]);
  await grow(40);
  log.pass(hourMs);
  await verify();
  expect((await runs())[1]).toMatchObject({ ok: true, fromIndex: 700, done: 741, total: 741 });
  await verify();
  expect(await runs()).toHaveLength(2);
});

test("what is not as it was signed is told by a critical event that names the positions, and looked at again the next time", async () => {
  await grow(300);
  log.pass(25 * hourMs);
  await verify();
  await grow(300);
  await log.database.admin.sql.unsafe(
    `set session_replication_role = replica; update event_log set severity = 'high' where id = (select ids[5] from ledger_batch where first_index > 299 order by first_index limit 1); set session_replication_role = origin`,
  );
  log.pass(hourMs);
  await verify();
  const [, failed] = await events();
  expect(failed?.code).toBe("sys_verify_failed");
  const leaf = JSON.parse(String(failed?.leaf));
  expect(leaf.facts).toMatchObject({ from: 300, found: 1 });
  expect(leaf.facts.positions).toEqual([expect.stringMatching(/^COLUMN_MISMATCH 30\d severity$/)]);
  expect(JSON.parse(String(failed?.details)).metadata.result).toBe("1 column mismatch");
  expect(JSON.stringify(log.errors)).toContain("the log is not as it was signed");
  await log.seal();
  log.pass(hourMs);
  await verify();
  expect((await runs()).map(({ ok, fromIndex }) => [ok, fromIndex])).toEqual([
    [true, 0],
    [false, 300],
    [false, 300],
  ]);
});

test("what was verified before and changed since is not skipped by the next hourly run, since the root it begins at is gone", async () => {
  await grow(300);
  log.pass(25 * hourMs);
  await verify();
  await log.database.admin.sql.unsafe(
    `set session_replication_role = replica; update ledger_batch set hashes = set_byte(hashes, 40, get_byte(hashes, 40) # 1) where first_index = 0;
      delete from ledger_tile; set session_replication_role = origin`,
  );
  log.pass(hourMs);
  await verify();
  expect((await runs())[1]).toMatchObject({ ok: false, fromIndex: 0 });
});

test("a database that is older than its anchor is found", async () => {
  await grow(300);
  await writeFile(`${log.anchorFile}.kept`, await log.anchor());
  await log.database.admin.sql.unsafe(
    `set session_replication_role = replica; delete from ledger_checkpoint; delete from ledger_batch; delete from ledger_tile; delete from event_log; set session_replication_role = origin`,
  );
  await log.keep(3);
  await log.store();
  await log.seal();
  log.pass(25 * hourMs);
  await verify();
  const [run] = await runs();
  expect(run?.report).toMatchObject({ found: 1, findings: [{ code: "ROLLED_BACK", index: 300, part: "anchor" }] });
});

test("after a recovery both epochs are verified, and the older one is held to what the newer one says of its end", async () => {
  await grow(300);
  const { admin } = log.database;
  const tables = ["event_log", "ledger_batch", "ledger_tile", "ledger_checkpoint", "ledger_pending"];
  const asSuperuser = (statements: string) =>
    admin.sql.unsafe(`set session_replication_role = replica; ${statements}; set session_replication_role = origin`);
  await admin.sql`create schema dump`;
  for (const table of tables) await admin.sql.unsafe(`create table dump.${table} as table ${table}`);
  await grow(300);
  await asSuperuser(
    tables.map((table) => `delete from ${table}; insert into ${table} select * from dump.${table}`).join("; "),
  );
  await recoverLog(admin, await log.anchor(), "an old dump was restored", nodeCrypto);
  await grow(40);
  log.pass(25 * hourMs);
  await verify();
  expect((await runs()).at(-1)?.report).toMatchObject({ ok: true, epoch: 2, size: 42, counts: { OK: 342 }, found: 0 });
  await asSuperuser(`delete from event_log where id = any(select unnest(ids) from ledger_batch where epoch = 1);
    delete from ledger_batch where epoch = 1; delete from ledger_checkpoint where epoch = 1; delete from ledger_tile where epoch = 1`);
  log.pass(25 * hourMs);
  await verify();
  expect((await runs()).at(-1)?.report).toMatchObject({
    ok: false,
    findings: [{ code: "ROLLED_BACK", epoch: 1, index: 300, part: "epoch 2" }],
  });
});

test("one worker verifies at a time", async () => {
  await grow(500);
  log.pass(25 * hourMs);
  await Promise.all([verify(), verify(), verify()]);
  expect(await runs()).toHaveLength(1);
});

test("what somebody asks for is begun at once, and what a killed worker left is ended", async () => {
  await grow(100);
  const at = new Date(log.deps.now()).toISOString();
  await log.database.admin.sql`
    insert into ledger_verification (started_at, from_index, done, total, started_by) values (${at}, 0, 50, 100, 'worker')`;
  await recordVerification(log.database.api, { at, fromIndex: 0, startedBy: "user:7" });
  await verify();
  expect(await runs()).toMatchObject([
    { ok: null, finishedAt: expect.any(String), report: { stopped: true } },
    { ok: true, done: 100, total: 100, startedBy: "user:7" },
  ]);
  expect((await events()).map(({ leaf }) => JSON.parse(leaf).facts.startedBy)).toEqual(["user:7"]);
});

test("a stop ends the run without a verdict, and without an event", async () => {
  await grow(100);
  log.pass(25 * hourMs);
  const stopping = new AbortController();
  stopping.abort();
  await verify(stopping.signal);
  expect(await runs()).toMatchObject([{ ok: null, report: { stopped: true } }]);
  expect(await events()).toEqual([]);
  await verify();
  expect((await runs()).at(-1)).toMatchObject({ ok: true });
});

test("nothing is found while the log grows, over many runs", async () => {
  // How long something waits to be sealed is told by the database's clock, behind which this one must not be.
  await log.end();
  log = await openSignedLog(Date.now());
  let growing = true;
  const writing = (async () => {
    while (growing) await grow(120);
  })();
  for (let run = 0; run < 25; run++) {
    await recordVerification(log.database.api, {
      at: new Date(log.deps.now()).toISOString(),
      fromIndex: run % 3,
      startedBy: "user:7",
    });
    await verify();
  }
  growing = false;
  await writing;
  const all = await runs();
  expect(all.length).toBeGreaterThanOrEqual(20);
  for (const { ok, report } of all) expect({ ok, report }).toMatchObject({ ok: true, report: { found: 0 } });
});
