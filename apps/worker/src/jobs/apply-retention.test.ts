import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { leafHash } from "@countersign/audit/leaf";
import type { DetailsLine, LeafLine } from "@countersign/audit/ledger/archive";
import { rootOf } from "@countersign/audit/ledger/merkle";
import { findHold } from "@countersign/db/erasure-holds";
import { manifestsOf } from "@countersign/db/retention-manifests";
import { nodeCrypto } from "@countersign/service/crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AgedLog, openAgedLog } from "../testing/aged-log.ts";
import { recordErasure } from "../testing/record-erasure.ts";
import { eraseDetailsJob } from "./erase-details.ts";

const perMonth = 120;
let log: AgedLog;
beforeEach(async () => {
  log = await openAgedLog(perMonth);
});
afterEach(() => log.end());

const tableOf = (month: string, policy = "read") => `event_log_${policy}_${month.replace("-", "_")}`;
const manifests = async () => manifestsOf(log.database.api, 1, 1000);
const events = async (code: string) => [
  ...(await log.database.admin
    .sql`select id, status, object_id, leaf, details from event_log where code = ${code} order by id`),
];
const lines = async <Line>(file: string): Promise<Line[]> =>
  gunzipSync(await readFile(join(log.archiveFolder, file)))
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

describe("a run", () => {
  test("removes the months whose period is over, says so in signed manifests, and the log still proves it", async () => {
    expect((await log.verify()).ok).toBe(true);
    const run = await log.apply();
    expect(run).toMatchObject({ state: "done", partitions: 2, rows: 2 * perMonth, held: 0, skipped: [], error: null });
    expect(Object.keys(await log.rows())).not.toEqual(expect.arrayContaining([tableOf(log.months[0] ?? "")]));
    const [gone] = await log.database.admin
      .sql`select count(*)::int as count from pg_class where relname = any(${log.months.map((m) => tableOf(m)) as never}::text[])`;
    expect(gone?.count).toBe(0);
    const report = await log.verify();
    expect(report).toMatchObject({ ok: true, counts: { OK_EXPIRED: 2 * perMonth, MISSING: 0 } });
    expect((await manifests()).map(({ month, count, state }) => [month, count, state])).toEqual(
      log.months.map((month) => [month, perMonth, "dropped"]),
    );
    const [told] = await events("sys_retention_drop");
    expect(JSON.parse(told?.leaf).facts).toMatchObject({
      partition: tableOf(log.months[0] ?? ""),
      count: perMonth,
      first: 0,
    });
    expect((await events("sys_retention_run")).map(({ status, object_id }) => [status, object_id])).toEqual([
      ["success", String(run.id)],
    ]);
  });

  test("archives what it removes in two files that stand for themselves", async () => {
    await log.verify();
    await log.apply();
    const [manifest] = await manifests();
    const { archive } = manifest ?? {};
    if (!archive) throw new Error("there is no archive");
    expect((await readdir(log.archiveFolder)).length).toBe(4);
    const leaves = await lines<LeafLine>(archive.leaves);
    const details = await lines<DetailsLine>(archive.details);
    expect([leaves.length, details.length]).toEqual([perMonth, perMonth]);
    expect(leaves.map(({ index }) => index)).toEqual(details.map(({ index }) => index));
    const [row] = await log.database.admin.sql`select root from retention_manifest where id = ${manifest?.id ?? ""}`;
    const root = rootOf(
      leaves.map(({ leaf }) => leafHash(leaf, nodeCrypto.sha256)),
      nodeCrypto.sha256,
    );
    expect(Buffer.from(root).toString("hex")).toBe(Buffer.from(row?.root).toString("hex"));
    const bytes = await readFile(join(log.archiveFolder, archive.leaves));
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(archive.leavesSha256);
  });

  test("writes no archive where none is wanted", async () => {
    await log.database.admin.sql`insert into system_config (key, value) values ('retention.archive', 'false')`;
    await log.verify();
    expect(await log.apply()).toMatchObject({ partitions: 2 });
    await expect(readdir(log.archiveFolder)).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("removes nothing before it was verified, nor after a verification that found something", async () => {
    const skipped = async () => (await log.apply()).skipped.map(({ reason }) => reason);
    expect(await skipped()).toEqual(["not_verified", "not_verified"]);
    await log.verify();
    await log.database.admin
      .sql`insert into ledger_verification (started_at, from_index, done, total, ok, started_by) values (now(), 0, 1, 1, false, 'worker')`;
    expect(await skipped()).toEqual(["verification_failed", "verification_failed"]);
    expect((await log.rows())[tableOf(log.months[0] ?? "")]).toBe(perMonth);
  });

  test("leaves a month alone of which something lies in the outbox or among the dead letters, or that is not what was sealed", async () => {
    await log.verify();
    const { sql } = log.database.admin;
    const [first = "", second = ""] = log.months;
    await sql`insert into dead_letter (id, envelope_id, kept_at, leaf, details, leaf_hash, salt, error_code, error, attempts)
      select id, id, received_at, leaf, details, leaf_hash, salt, '23514', 'x', 1 from event_log where tableoid = ${tableOf(first)}::regclass limit 1`;
    await sql.unsafe(`set session_replication_role = replica; update ${tableOf(second)} set leaf_hash = sha256(leaf_hash)
      where id = (select min(id::text)::uuid from ${tableOf(second)}); set session_replication_role = origin`);
    const reasons = (await log.apply()).skipped.map(({ month, reason }) => [month, reason]);
    expect(reasons).toEqual([
      [first, "dead_letters"],
      [second, "changed"],
    ]);
    await sql`insert into audit_outbox (id, kept_at, count, leaves, details, hashes, salts)
      values (gen_random_uuid(), now() - interval '2 years', 1, '', '', '', '')`;
    const waiting = (await log.apply()).skipped.map(({ reason }) => reason);
    expect(waiting).toEqual(["waiting", "waiting"]);
    expect(await manifests()).toEqual([]);
  });

  test("keeps what its policy still keeps, and follows the period as it is set", async () => {
    await log.verify();
    await log.database.admin.sql`update retention_policy set retain_days = 1000 where policy = 'read'`;
    expect(await log.apply()).toMatchObject({ partitions: 0, skipped: [] });
    await log.database.admin.sql`update retention_policy set retain_days = 720 - 31 where policy = 'read'`;
    expect((await log.apply()).partitions).toBeLessThan(2);
  });

  test("removes nothing while the clocks of worker and database differ", async () => {
    await log.verify();
    await log.database.admin
      .sql`insert into retention_run (state, started_by, started_at) values ('asked', 'user:1', now())`;
    const { applyRetentionJob } = await import("./apply-retention.ts");
    log.pass(400 * 86_400_000);
    await applyRetentionJob(log.deps, { archiveFolder: log.archiveFolder, sleep: log.settle })(
      new AbortController().signal,
    );
    const [run] = await log.database.admin.sql`select state, error, partitions from retention_run`;
    expect(run).toMatchObject({ state: "failed", partitions: 0, error: expect.stringContaining("clocks") });
  });

  test("two at once do the work once", async () => {
    await log.verify();
    const [left, right] = await Promise.all([log.apply(), log.apply()]);
    expect(left?.id).toBe(right?.id);
    expect((await manifests()).map(({ state }) => state)).toEqual(["dropped", "dropped"]);
    expect(await events("sys_retention_run")).toHaveLength(1);
  });

  test("a long reader is left alone, and the month goes in the next run", async () => {
    await log.verify();
    const { sql } = log.database.admin;
    await sql.begin(async (tx) => {
      await tx`set local idle_in_transaction_session_timeout = 0`;
      await tx`select pg_advisory_xact_lock_shared(hashtext('countersign.log-reads'))`;
      expect((await log.apply()).skipped.map(({ reason }) => reason)).toEqual(["being_read", "being_read"]);
    });
    await sql.begin(async (tx) => {
      await tx`set local idle_in_transaction_session_timeout = 0`;
      await tx`select from event_log limit 1`;
      expect((await log.apply()).skipped.map(({ reason }) => reason)).toEqual(["busy", "busy"]);
    });
    expect(await log.apply()).toMatchObject({ partitions: 2 });
    expect((await log.verify()).ok).toBe(true);
  }, 60_000);
});

describe("a hold", () => {
  const one = { kind: "object", type: "permit", id: "7" } as const;

  test("keeps what it is on under the policy held until it is released", async () => {
    await log.verify();
    const hold = await log.hold(one);
    expect(await log.apply()).toMatchObject({ partitions: 2, held: 2, rows: 2 * perMonth - 2 });
    const held = Object.entries(await log.rows()).filter(([name]) => name.startsWith("event_log_held"));
    expect(held.map(([, count]) => count)).toEqual([1, 1]);
    expect(await log.verify()).toMatchObject({ ok: true, counts: { COLUMN_MISMATCH: 0, MISSING: 0 } });
    expect(await log.apply()).toMatchObject({ partitions: 0, held: 0 });
    await log.release(hold);
    expect(await log.apply()).toMatchObject({ partitions: 2, rows: 2 });
    expect(Object.keys(await log.rows()).filter((name) => name.startsWith("event_log_held"))).toEqual([]);
    expect(await log.verify()).toMatchObject({ ok: true, counts: { OK_EXPIRED: 2 * perMonth } });
  });

  test.each([
    ["an actor", { kind: "actor", type: "user", id: "7" }],
    ["a query", { kind: "query", filter: { codes: ["permit_assign"] } }],
    ["a span of time", { kind: "time", fromMs: 0, toMs: 4e12 }],
    ["the second party of an act", { kind: "object", type: "user", id: "8" }],
  ] as const)("on %s holds whole months", async (_what, scope) => {
    await log.verify();
    await log.hold(scope);
    expect(await log.apply()).toMatchObject({ partitions: 0, held: 2 * perMonth });
    expect(await log.verify()).toMatchObject({ ok: true, counts: { OK_EXPIRED: 0 } });
  });

  test.each(["after_plan", "after_manifest_signed", "after_archive"])("that is placed %s wins", async (point) => {
    await log.verify();
    await log.applyUntil(point);
    await log.hold(one);
    const run = await log.apply();
    expect(run.skipped.map(({ reason }) => reason)).toContain("on_hold");
    await log.apply();
    const held = Object.entries(await log.rows()).filter(([name]) => name.startsWith("event_log_held"));
    expect(held.map(([, count]) => count)).toEqual([1, 1]);
    expect(await log.verify()).toMatchObject({ ok: true, counts: { OK_EXPIRED: 2 * perMonth - 2 } });
  });

  test("that is placed after a month was detached puts it back", async () => {
    await log.verify();
    await log.applyUntil("after_detach");
    expect((await log.rows())[tableOf(log.months[0] ?? "")]).toBeUndefined();
    expect((await log.verify()).counts).toMatchObject({ MISSING: 0, OK_EXPIRED: perMonth });
    await log.hold(one);
    expect((await log.apply()).skipped).toContainEqual({ policy: "read", month: log.months[0], reason: "on_hold" });
    expect((await log.rows())[tableOf(log.months[0] ?? "")]).toBe(perMonth);
    await log.apply();
    expect(await log.verify()).toMatchObject({ ok: true, counts: { OK_EXPIRED: 2 * perMonth - 2 } });
  });
});

// Fifty cycles in all. Each seal lets a second pass in the clock of the test, which must not leave the database's behind.
test.each([1, 2, 3, 4, 5])(
  "ten cycles of releasing, removing, erasing and verifying raise no false alarm and explain all that is gone, log %i of 5",
  async () => {
    await log.verify();
    const holds: number[] = [];
    for (let permit = 0; permit < 10; permit++) {
      holds.push(await log.hold({ kind: "object", type: "permit", id: String(permit) }));
    }
    let gone = 2 * perMonth - 20;
    expect(await log.apply()).toMatchObject({ held: 20, rows: gone });
    const erase = eraseDetailsJob(log.deps, {
      manifestDir: join(dirname(log.archiveFolder), "erasures"),
      archiveDir: log.archiveFolder,
      findHold,
    });
    let erased = 0;
    for (const hold of holds) {
      await log.release(hold);
      expect(await log.apply()).toMatchObject({ rows: 2, partitions: 2, skipped: [] });
      gone += 2;
      // Of the first permit, whose hold is the first to go.
      const ids = await log.keep(1);
      await log.settle();
      await recordErasure(log.database.api, log.deps, null, ids);
      await log.settle();
      await erase(new AbortController().signal);
      erased += 1;
      expect(await log.verify()).toMatchObject({
        ...{ ok: true, found: 0 },
        counts: { OK_EXPIRED: gone, OK_ERASED: erased, MISSING: 0 },
      });
    }
  },
  60_000,
);
