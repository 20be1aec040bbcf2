import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecorder } from "@countersign/audit/recorder";
import { monotonicIds } from "@countersign/audit/uuid7";
import { listRuns } from "@countersign/db/retention-runs";
import { storeAllWaiting } from "@countersign/db/store";
import { nodeCrypto } from "@countersign/service/crypto";
import { applyRetentionJob } from "../apps/worker/src/jobs/apply-retention.ts";
import { sealLog } from "../apps/worker/src/jobs/seal-log.ts";
import type { KeepOrder, KeepReport } from "./keeper.ts";
import { figure, type Report, ratio } from "./results.ts";
import { inTurn } from "./rounds.ts";
import type { Scene } from "./scene.ts";
import type { Office } from "./stage.ts";

const small = 10_000;
const large = 1_000_000;
const batch = 10_000;
const idleMs = 4000;

type Measured = { lockMs: number; seconds: number };

/** Removing a month of a million events against one of ten thousand: for how long others wait, and the whole of it. */
export const removeMonths = async ({ stage, rounds, tell }: Scene): Promise<Report> => {
  const { admin, urls } = await stage.office("office_retained");
  const keeper = await stage.start({ name: "keeper", file: "bench/keeper.ts", env: { DATABASE_URL: urls.api } });
  const keepWhile = async (work: () => Promise<unknown>): Promise<number> => {
    await keeper.ask<KeepOrder, KeepReport>({ act: "start" });
    await work();
    return (await keeper.ask<KeepOrder, KeepReport>({ act: "stop" })).p99Ms;
  };
  const folder = await mkdtemp(join(tmpdir(), "countersign-bench-retention-"));
  try {
    const { settle, remove } = await openRemoval(admin, folder);
    /** Stores and seals what is kept, as it goes on in a run too. */
    const idle = async (): Promise<void> => {
      const since = performance.now();
      while (performance.now() - since < idleMs) await settle();
    };
    let year = 2001;
    const seconds = { small: [] as number[], large: [] as number[] };
    const kept = { idle: Number.NaN, removing: Number.NaN };
    const measured = async (name: "small" | "large", rows: number): Promise<number> => {
      await fillMonth(admin, `${year++}-03`, rows);
      kept.idle = await keepWhile(idle);
      let removed: Measured = { lockMs: Number.NaN, seconds: Number.NaN };
      kept.removing = await keepWhile(async () => {
        removed = await remove();
      });
      seconds[name].push(removed.seconds);
      return removed.lockMs;
    };
    const figures = await inTurn(
      {
        small: () => measured("small", small),
        large: () => measured("large", large),
        // Of the large month: what comes last in a round.
        idle: async () => kept.idle,
        removing: async () => kept.removing,
      },
      rounds,
      tell,
    );
    const whole = (name: "small" | "large"): string => Math.min(...seconds[name]).toFixed(2);
    return {
      results: [
        figure("P6", `a month of ${large.toLocaleString("en")} events: others wait`, "ms", figures, "large"),
        figure("P6", `a month of ${small.toLocaleString("en")} events: others wait`, "ms", figures, "small"),
        ratio("P6", "large ÷ small", { atMost: 1.5 }, figures, (round) => round.large / round.small),
        figure("P6", "an event is kept while nothing is removed, p99", "ms", figures, "idle"),
        figure("P6", "an event is kept while a month of 1,000,000 is removed, p99", "ms", figures, "removing"),
        ratio("P6", "removing ÷ idle", { atMost: 1.5 }, figures, (round) => round.removing / round.idle),
      ],
      notes: [
        `P6: what is compared is for how long the policy is locked, which is all that others feel. The whole run, which finds the place of every event for the manifest and counts the detached table, took ${whole("small")} s and ${whole("large")} s, without an archive; it holds up nobody.`,
      ],
    };
  } finally {
    await keeper.stop();
    await rm(folder, { recursive: true, force: true });
  }
};

/** A month as workers of that time would have stored and sealed it. */
const fillMonth = async ({ sql }: Office["admin"], month: string, rows: number): Promise<void> => {
  const day = `${month}-10`;
  await sql`select ensure_partition('read', ${day}::timestamptz)`;
  await sql`
    insert into event_log (id, policy, code, category, severity, status, occurred_at, received_at, actor_type, actor_id, object_type,
      object_id, source, leaf, leaf_hash, details, salt)
    select id, 'read', 'permit_read', 'permit', 'info', 'success', ${day}, ${day}, 'user', '7', 'permit', (n % 1000)::text, 'app', leaf,
      sha256('\\x00' || convert_to(leaf, 'UTF8')), repeat('d', 300), decode(repeat('00', 32), 'hex')
    from (select n, overlay(uuid7_floor(${day}::timestamptz + n * interval '1 ms')::text placing '7' from 15)::uuid as id,
      '{"n":' || n || ',"pad":"' || repeat('x', 500) || '"}' as leaf from generate_series(1, ${rows}::int) as n) as made`;
  await sql`
    insert into ledger_batch (epoch, first_index, count, min_id, max_id, ids, hashes, sealed_at)
    select 1, coalesce((select max(first_index + count) from ledger_batch), 0) + part * ${batch}::bigint, count(*), (array_agg(id order by id))[1],
      (array_agg(id order by id desc))[1], array_agg(id order by id), string_agg(leaf_hash, ''::bytea order by id), now()
    from (select id, leaf_hash, (row_number() over (order by id) - 1) / ${batch}::int as part from event_log
      where policy = 'read' and id >= uuid7_floor(${day}::timestamptz) and id < uuid7_floor(${day}::timestamptz + interval '1 day')) as placed
    group by part`;
  await sql`insert into ledger_verification (started_at, from_index, done, total, ok, started_by) values (now(), 0, 1, 1, true, 'worker')`;
  await sql`vacuum analyze event_log_read`;
};

type Removal = { settle: () => Promise<void>; remove: () => Promise<Measured> };

const openRemoval = async (db: Office["admin"], folder: string): Promise<Removal> => {
  const nextId = monotonicIds(Date.now, randomBytes);
  const settingsOf = () => ({ enabled: true, severity: "low", policy: "decision" }) as const;
  const { sha256 } = nodeCrypto;
  const recorder = createRecorder({ now: Date.now, nextId, randomBytes, sha256, settingsOf });
  const nothing = () => undefined;
  const log = { error: nothing, warn: nothing, info: nothing } as never;
  const deps = { db, recorder, now: Date.now, nextId, publish: nothing, log, crashPoint: nothing };
  const seal = await sealLog(deps, { keyFile: join(folder, "log-key.pem"), anchorFile: join(folder, "anchor") });
  const settle = async (): Promise<void> => {
    await storeAllWaiting(db);
    await new Promise((done) => setTimeout(done, 1001));
    await seal(new AbortController().signal);
  };
  const job = applyRetentionJob(deps, { archiveFolder: join(folder, "archive"), sleep: settle });
  await db.sql`insert into system_config (key, value) values ('retention.archive', 'false')`;
  const remove = async (): Promise<Measured> => {
    await settle();
    await db.sql`insert into retention_run (state, started_by, started_at) values ('asked', 'user:1', now())`;
    const since = performance.now();
    await job(new AbortController().signal);
    const seconds = (performance.now() - since) / 1000;
    const [run] = await listRuns(db, null, 1);
    if (run?.partitions !== 1) throw new Error(`the month was not removed: ${JSON.stringify(run)}`);
    return { lockMs: run.longestLockMs, seconds };
  };
  return { settle, remove };
};
