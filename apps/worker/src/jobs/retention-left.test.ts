import { readdir } from "node:fs/promises";
import { createReadKnown } from "@countersign/db/known-events";
import { inTransaction } from "@countersign/db/transaction";
import { type ReadKnown, verifyLog } from "@countersign/db/verification";
import { nodeCrypto } from "@countersign/service/crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AgedLog, openAgedLog } from "../testing/aged-log.ts";
import { applyRetentionJob } from "./apply-retention.ts";

const perMonth = 60;
const one = { kind: "object", type: "permit", id: "7" } as const;
let log: AgedLog;
beforeEach(async () => {
  log = await openAgedLog(perMonth);
  await log.verify();
});
afterEach(() => log.end());

const first = () => `event_log_read_${log.months[0]?.replace("-", "_")}`;
const reasons = async () => (await log.apply()).skipped.map(({ month, reason }) => [month, reason]);
const keepFor = (days: number, policy = "read") =>
  log.database.admin.sql`update retention_policy set retain_days = ${days} where policy = ${policy}`;

describe("what a run left is brought to its end", () => {
  test.each(["after_plan", "after_manifest_signed", "after_archive", "after_detach"])(
    "when a hold that it obeyed is released %s",
    async (point) => {
      const hold = await log.hold(one);
      await log.applyUntil(point);
      await log.release(hold);
      expect(await log.apply()).toMatchObject({ state: "done", skipped: [] });
      await log.apply();
      expect(Object.keys(await log.rows()).filter((name) => name.startsWith("event_log_held"))).toEqual([]);
      expect(await log.verify()).toMatchObject({ ok: true, counts: { OK_EXPIRED: 2 * perMonth, MISSING: 0 } });
    },
  );

  test.each(["after_plan", "after_archive", "after_detach"])(
    "and put back whole when its period was made longer %s",
    async (point) => {
      await log.applyUntil(point);
      await keepFor(36_500);
      expect(await reasons()).toContainEqual([log.months[0], "kept_longer"]);
      expect((await log.rows())[first()]).toBe(perMonth);
      expect(await log.verify()).toMatchObject({ ok: true, counts: { OK_EXPIRED: 0, MISSING: 0 } });
      await keepFor(365);
      expect(await log.apply()).toMatchObject({ partitions: 2, skipped: [] });
      expect(await log.verify()).toMatchObject({ ok: true, counts: { OK_EXPIRED: 2 * perMonth } });
    },
  );

  test("a month that is not what its manifest says any more goes back, and is looked at anew", async () => {
    await log.applyUntil("after_detach");
    const { sql } = log.database.admin;
    await sql.unsafe(`set session_replication_role = replica; delete from ${first()} where id = (select min(id::text)::uuid from ${first()});
      set session_replication_role = origin`);
    expect(await reasons()).toContainEqual([log.months[0], "changed"]);
    expect((await log.rows())[first()]).toBe(perMonth - 1);
    expect((await log.verify()).counts).toMatchObject({ MISSING: 1 });
  });

  test("one with other rows than when it was planned is not taken out of the log", async () => {
    await log.applyUntil("after_archive");
    const { sql } = log.database.admin;
    await sql.unsafe(`set session_replication_role = replica; delete from ${first()} where id = (select min(id::text)::uuid from ${first()});
      set session_replication_role = origin`);
    expect(await reasons()).toContainEqual([log.months[0], "changed"]);
    const [manifest] = await sql`select state, detached_at from retention_manifest order by month limit 1`;
    expect(manifest).toMatchObject({ state: "skipped", detached_at: null });
  });
});

describe("a verification beside a run", () => {
  /** A whole walk during which `meanwhile` is done between reading rows and reading what explains them. */
  const walk = async (meanwhile: () => Promise<unknown>) => {
    const known = createReadKnown(nodeCrypto.sha256, async () => new Set());
    let isDone = false;
    const readKnown: ReadKnown = async (...of) => {
      if (!isDone) await meanwhile();
      isDone = true;
      return known(...of);
    };
    return inTransaction(log.database.admin, async (tx) => {
      await tx.sql`set local idle_in_transaction_session_timeout = 0`;
      await tx.sql`select pg_advisory_xact_lock_shared(hashtext('countersign.log-reads'))`;
      const { counts } = await verifyLog(tx, {
        ...{ epoch: 1, crypto: nodeCrypto, trust: null, readAnchors: async () => [], unsealedFrom: null, readKnown },
        ...{ onFinding: () => undefined, sleep: async () => undefined },
      });
      return counts;
    });
  };

  test("raises no alarm about what a run would put back under its policy meanwhile", async () => {
    const hold = await log.hold(one);
    await log.apply();
    const counts = await walk(async () => {
      await log.release(hold);
      await log.apply();
    });
    expect(counts).toMatchObject({ COLUMN_MISMATCH: 0, MISSING: 0 });
    expect(await log.apply()).toMatchObject({ partitions: 2, rows: 2 });
  });

  test("raises none about a month that a run would put back meanwhile", async () => {
    await log.applyUntil("after_detach");
    await log.hold(one);
    const counts = await walk(() => log.apply());
    expect(counts).toMatchObject({ MISSING: 0, OK_EXPIRED: perMonth });
    expect(await reasons()).toContainEqual([log.months[0], "on_hold"]);
  }, 60_000);
});

describe("what is in the way of one month is not in the way of the others", () => {
  test("of an empty one that somebody reads", async () => {
    const hold = await log.hold({ kind: "time", fromMs: 0, toMs: Date.parse(`${log.months[1]}-01T00:00:00Z`) });
    await log.apply();
    await log.release(hold);
    const { sql } = log.database.admin;
    await sql.begin(async (tx) => {
      await tx`set local idle_in_transaction_session_timeout = 0`;
      await tx.unsafe(`select from event_log_held limit 1`);
      expect(await log.apply()).toMatchObject({ state: "done", error: null, skipped: [{ reason: "busy" }] });
    });
    expect(await log.apply()).toMatchObject({ state: "done", skipped: [] });
    expect(await log.verify()).toMatchObject({ ok: true, counts: { OK_EXPIRED: 2 * perMonth } });
  }, 60_000);
});

test("a month that a stream has not sent yet stays until it has, or is switched off", async () => {
  const { sql } = log.database.admin;
  const [channel] = await sql`insert into channels (name, name_folded, kind, enabled, created_at, updated_at)
    values ('Lake', 'lake', 'stream', true, now(), now()) returning id`;
  await sql`insert into channel_streams (channel_id, format, filter, epoch, index) values (${channel?.id}, 'ocsf', '{}', 1, ${perMonth})`;
  expect(await reasons()).toEqual([[log.months[1], "not_streamed"]]);
  await sql`update channels set enabled = false`;
  expect(await reasons()).toEqual([]);
  expect(await log.verify()).toMatchObject({ ok: true, counts: { OK_EXPIRED: 2 * perMonth } });
});

test("a month with an event that was never sealed, or whose manifest nobody signs, stays and goes later", async () => {
  const { sql } = log.database.admin;
  const [row] =
    await sql`select id, leaf_hash from event_log where tableoid = ${first()}::regclass order by id limit 1`;
  await sql`insert into ledger_pending (envelope_id, received_at, ids, hashes)
    values (gen_random_uuid(), now() - interval '700 days', array[${row?.id}]::uuid[], ${row?.leaf_hash})`;
  const job = applyRetentionJob(log.deps, { archiveFolder: log.archiveFolder, sleep: async () => undefined });
  const run = async () => {
    log.pass(Date.now() - log.deps.now());
    await sql`insert into retention_run (state, started_by, started_at) values ('asked', 'user:1', now())`;
    await job(new AbortController().signal);
    const [last] = await sql`select skipped from retention_run order by id desc limit 1`;
    return last?.skipped.map(({ reason }: { reason: string }) => reason);
  };
  expect(await run()).toEqual(["unsealed", "unsealed"]);
  await sql`delete from ledger_pending`;
  expect(await run()).toEqual(["not_signed", "not_signed"]);
  expect(await log.apply()).toMatchObject({ partitions: 2, skipped: [] });
});

test("what is held stays explained when the event of placing the hold has reached its end", async () => {
  await log.hold(one);
  await log.settle();
  await log.apply();
  const { sql } = log.database.admin;
  await sql.unsafe(`set session_replication_role = replica; delete from event_log where code = 'sys_hold_placed';
    set session_replication_role = origin`);
  expect((await log.verify()).counts).toMatchObject({ COLUMN_MISMATCH: 0, MISSING: 1 });
});

test("what was held, or put back, in part when a worker was killed is held and put back whole by the next", async () => {
  const hold = await log.hold(one);
  const { worker, admin } = log.database;
  const [seventh] =
    await admin.sql`select id from event_log where object_type = 'permit' and object_id = '7' order by id limit 1`;
  await worker.sql`select hold_events(${hold}, array[${seventh?.id}]::uuid[])`;
  expect(await log.verify()).toMatchObject({ ok: true });
  expect(await log.apply()).toMatchObject({ held: 1, rows: 2 * perMonth - 2 });
  await log.release(hold);
  await worker.sql`select unhold_events(array[${seventh?.id}]::uuid[])`;
  expect(await log.verify()).toMatchObject({ ok: true });
  expect(await log.apply()).toMatchObject({ rows: 2, partitions: 2, skipped: [] });
  expect(await log.verify()).toMatchObject({ ok: true, counts: { OK_EXPIRED: 2 * perMonth } });
});

test("an archive that was written before the worker was killed is written again, and noted", async () => {
  await log.applyUntil("after_archive_files");
  expect((await readdir(log.archiveFolder)).length).toBe(2);
  expect(await log.apply()).toMatchObject({ partitions: 2, skipped: [] });
  expect((await readdir(log.archiveFolder)).length).toBe(4);
  const noted = await log.database.admin
    .sql`select from retention_manifest where leaves_file is not null and state = 'dropped'`;
  expect(noted).toHaveLength(2);
});

test("the files of a month that stays after all go", async () => {
  await log.applyUntil("after_archive");
  await keepFor(36_500);
  await log.apply();
  expect(await readdir(log.archiveFolder)).toEqual([]);
});

describe("the run of the schedule", () => {
  const { sql } = { sql: () => log.database.admin.sql };
  const tick = async () => {
    await applyRetentionJob(log.deps, { archiveFolder: log.archiveFolder, sleep: log.settle })(
      new AbortController().signal,
    );
    await log.settle();
    return [...(await sql()`select state, started_by, error, partitions, skipped from retention_run order by id`)];
  };
  const toNow = () => log.pass(Date.now() - log.deps.now());
  const overdue = async () => (await sql()`select from event_log where code = 'sys_retention_overdue'`).length;
  const ranBefore = (days: number) => sql()`
    insert into retention_run (state, started_by, started_at, ended_at) values ('done', 'worker', now() - make_interval(days => ${days}), now())`;
  beforeEach(async () => {
    await sql()`insert into system_config (key, value) values ('retention.run_at', '"00:00"')`;
    toNow();
  });

  test("is taken up once a day without being asked for", async () => {
    expect(await tick()).toMatchObject([{ state: "done", started_by: "worker", partitions: 2, error: null }]);
    expect(await tick()).toHaveLength(1);
  });

  test("is not held up by one that a wrong clock began", async () => {
    await sql()`insert into retention_run (state, started_by, started_at, ended_at) values ('failed', 'worker', now() + interval '40 days', now())`;
    expect((await tick()).at(-1)).toMatchObject({ state: "done", partitions: 2 });
  });

  test("fails once a day while the worker's clock is wrong, and goes on with the next when that was put right", async () => {
    log.pass(40 * 86_400_000);
    expect(await tick()).toMatchObject([{ state: "failed", error: expect.stringContaining("clocks") }]);
    expect(await tick()).toHaveLength(1);
    toNow();
    await sql()`update retention_run set started_at = started_at - interval '1 day'`;
    expect((await tick()).at(-1)).toMatchObject({ state: "done", error: null });
  });

  test("removes nothing after a long time without a run until somebody asks for one", async () => {
    await ranBefore(10);
    expect((await tick()).at(-1)).toMatchObject({
      state: "failed",
      partitions: 0,
      error: expect.stringMatching(/for (9|10) days/),
    });
    expect(await log.apply()).toMatchObject({ state: "done", partitions: 2 });
  });

  test("raises one alarm when it does not come to its end", async () => {
    await ranBefore(2);
    await sql()`insert into retention_run (state, started_by, started_at, ended_at) values ('failed', 'worker', now(), now())`;
    await tick();
    await tick();
    expect(await overdue()).toBe(1);
  });

  test("raises none while it is under way", async () => {
    await ranBefore(2);
    await sql()`insert into retention_run (state, started_by, started_at) values ('running', 'worker', now() - interval '3 hours')`;
    await inTransaction(log.database.admin, async (tx) => {
      await tx.sql`set local idle_in_transaction_session_timeout = 0`;
      await tx.sql`select pg_advisory_xact_lock(hashtext('countersign.retention'))`;
      await tick();
    });
    expect(await overdue()).toBe(0);
  });
});
