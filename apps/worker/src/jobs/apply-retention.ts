import { isRunDue, isRunOverdue, longGapMs, monthClosedMs, removableMs } from "@countersign/audit/retention";
import { uuid7Floor } from "@countersign/audit/uuid7";
import { hasEventSince } from "@countersign/db/events";
import { unholdMonth } from "@countersign/db/held-events";
import { activeHolds, noteHoldEvents } from "@countersign/db/legal-holds";
import { dropEmptyMonth, type Manifest, openManifests } from "@countersign/db/retention-manifests";
import {
  clockAheadMs,
  listMonths,
  readPeriods,
  type StoredMonth,
  verifiedState,
  whatBlocks,
} from "@countersign/db/retention-months";
import {
  beginRun,
  countInRun,
  endRun,
  insertRun,
  lastRuns,
  lastScheduled,
  lockRetention,
  noteSkipped,
  openRun,
  type RetentionRun,
} from "@countersign/db/retention-runs";
import { readSettings } from "@countersign/db/system-config";
import { inTransaction } from "@countersign/db/transaction";
import { sweepArchive } from "../archive/sweep-archive.ts";
import type { Deps } from "../deps.ts";
import { planMonth } from "../retention/plan-month.ts";
import { isBusy, type RemoveOptions, removeMonth } from "../retention/remove-month.ts";
import { keepPlatformEvent } from "../sealing/keep-platform-event.ts";

const clockLimitMs = 60_000;
const dayMs = 86_400_000;

export type RetentionOptions = { archiveFolder: string; sleep: RemoveOptions["sleep"] };

/** What others, or its length, keep from being done to one month is noted, and the run goes on. */
const unlessBusy = async (deps: Deps, run: RetentionRun, { policy, month }: StoredMonth, work: () => Promise<void>) => {
  try {
    await work();
  } catch (error) {
    if (!isBusy(error)) throw error;
    await noteSkipped(deps.db, run.id, { policy, month, reason: "busy" });
  }
};

/** Puts back what no hold is on any more, and drops months of `held` in which nothing is left. */
const releaseHeld = async (deps: Deps, run: RetentionRun): Promise<void> => {
  const { db, now } = deps;
  const holds = await activeHolds(db);
  for (const stored of await listMonths(db)) {
    const { policy, month, partition } = stored;
    if (policy !== "held" || monthClosedMs(month) > now()) continue;
    await unlessBusy(deps, run, stored, async () => {
      if (await unholdMonth(db, month, holds)) await dropEmptyMonth(db, partition);
      else await noteSkipped(db, run.id, { policy, month, reason: "being_read" });
    });
  }
};

/** Plans every month whose period is over and that nothing keeps, but for those that an earlier run had planned. */
const planDue = async (
  deps: Deps,
  run: RetentionRun,
  planned: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<void> => {
  const { db, now, crashPoint } = deps;
  await releaseHeld(deps, run);
  const periods = await readPeriods(db);
  const verified = await verifiedState(db);
  for (const month of await listMonths(db)) {
    signal.throwIfAborted();
    const days = periods.get(month.policy);
    if (days === undefined || removableMs(month.month, days) > now() || planned.has(month.partition)) continue;
    const { policy, month: name } = month;
    await unlessBusy(deps, run, month, async () => {
      const blocked = await whatBlocks(db, month, verified);
      const done =
        blocked === null
          ? await planMonth(deps, run.id, month)
          : { outcome: "skipped" as const, reason: blocked, held: 0 };
      await countInRun(db, run.id, { held: done.held });
      if (done.outcome === "skipped") await noteSkipped(db, run.id, { policy, month: name, reason: done.reason });
    });
    crashPoint("after_plan");
  }
};

/** Removes what is planned, month by month; answers which tables that was about. */
const removePlanned = async (
  deps: Deps,
  run: RetentionRun,
  options: RemoveOptions,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> => {
  const { db } = deps;
  const months = new Map<string, Manifest[]>();
  for (const manifest of await openManifests(db)) {
    months.set(manifest.partition, [...(months.get(manifest.partition) ?? []), manifest]);
  }
  for (const manifests of months.values()) {
    signal.throwIfAborted();
    const reason = await removeMonth(deps, manifests, options);
    const [first] = manifests;
    if (reason !== null && first !== undefined)
      await noteSkipped(db, run.id, { policy: first.policy, month: first.month, reason });
  }
  return new Set(months.keys());
};

const eventOf = ({ id, partitions, rows, held, skipped, longestLockMs, startedBy, error }: RetentionRun) => ({
  code: "sys_retention_run" as const,
  ...(error === null ? {} : { status: "failed" as const, errorMessage: error }),
  object: { type: "retention_run" as const, id: String(id), label: `run ${id}` },
  facts: { partitions, rows, held, skipped: skipped.length, longestLockMs: Math.ceil(longestLockMs), startedBy },
  metadata: { count: rows, ...(held > 0 ? { held } : {}) },
});

/**
 * Takes up a run that another worker left, one that somebody asked for, or the one of today; null when none is due. Goes by
 * the clock of the database, so that what a worker with a wrong one began is not in the way of the next.
 */
const takeRun = async ({ db }: Deps, nowMs: number): Promise<RetentionRun | null> => {
  const at = new Date(nowMs).toISOString();
  const open = await openRun(db);
  if (open?.state === "asked") await beginRun(db, open.id, at);
  if (open !== undefined) return { ...open, state: "running" };
  const settings = await readSettings(db);
  const { firstSealedAt } = await lastRuns(db);
  const last = (await lastScheduled(db)) ?? firstSealedAt;
  const isDue =
    last !== null && isRunDue(nowMs, settings["display.time_zone"], settings["retention.run_at"], Date.parse(last));
  return isDue ? ((await insertRun(db, { state: "running", startedBy: "worker", at })) ?? null) : null;
};

/** For how long no run has come to its end; 0 before the first. */
const sinceLastRun = async ({ db, now }: Deps): Promise<number> => {
  const { startedAt } = await lastRuns(db);
  return startedAt === null ? 0 : now() - Date.parse(startedAt);
};

/** What went wrong; null when the run came to its end. */
const applyRun = async (
  deps: Deps,
  run: RetentionRun,
  { archiveFolder, sleep, ahead }: RetentionOptions & { ahead: number },
  signal: AbortSignal,
): Promise<string | null> => {
  const { db, log } = deps;
  if (Math.abs(ahead) > clockLimitMs) {
    return `The clocks of worker and database differ by ${Math.round(Math.abs(ahead) / 1000)} s. Nothing was removed.`;
  }
  const gapMs = run.startedBy === "worker" ? await sinceLastRun(deps) : 0;
  if (gapMs > longGapMs) {
    return `No run came to its end for ${Math.floor(gapMs / dayMs)} days, or the clock was put forward. Nothing was removed: check the clock, then start a run by hand.`;
  }
  try {
    const { "retention.archive": isArchived } = await readSettings(db);
    await noteHoldEvents(db);
    const remove = async () => {
      const keeps = (await verifiedState(db)).failed ? ("verification_failed" as const) : null;
      const folder = isArchived ? archiveFolder : null;
      return removePlanned(deps, run, { runId: run.id, archiveFolder: folder, keeps, sleep }, signal);
    };
    // What an earlier run left comes first: nothing may come to those months, or be planned for them anew.
    await planDue(deps, run, await remove(), signal);
    await remove();
    await sweepArchive(db, archiveFolder);
    return null;
  } catch (error) {
    if (signal.aborted) throw error;
    log.error({ err: error, run: run.id }, "retention was not applied");
    return "The run was broken off by an error. What it had begun goes on in the next one.";
  }
};

/** Removes what has reached the end of its period when that is due or was asked for, on one worker at a time (ADR 27). */
export const applyRetentionJob = (deps: Deps, options: RetentionOptions): ((signal: AbortSignal) => Promise<void>) => {
  const { db, now } = deps;
  const tellOverdue = createAlarm(deps);
  return async (signal) => {
    const running = inTransaction(db, async (tx) => {
      if (!(await lockRetention(tx))) return;
      const ahead = await clockAheadMs(db, now());
      const run = await takeRun(deps, now() + ahead);
      if (run === null) return;
      // A stop leaves the run open, and the next worker goes on with it.
      const error = await applyRun(deps, run, { ...options, ahead }, signal).catch((thrown: unknown) => {
        if (signal.aborted) return undefined;
        throw thrown;
      });
      if (error === undefined) return;
      await keepPlatformEvent(deps, eventOf(await endRun(db, run.id, new Date(now()).toISOString(), error)));
    });
    // A run that cannot even begin is the one of which somebody must hear.
    await Promise.allSettled([running]);
    await tellOverdue();
    await running;
  };
};

/** An alarm when the run of the day has not come to its end an hour after its time; one until a run does. */
const createAlarm = (deps: Deps) => {
  const { db, now } = deps;
  let told: string | null = null;
  return async (): Promise<void> => {
    const { startedAt, firstSealedAt } = await lastRuns(db);
    const since = startedAt ?? firstSealedAt;
    if (since === null || since === told) return;
    const settings = await readSettings(db);
    const open = await openRun(db);
    const isOverdue = isRunOverdue(now(), settings["display.time_zone"], settings["retention.run_at"], {
      sinceMs: Date.parse(since),
      runningSinceMs: open?.state === "running" ? Date.parse(open.startedAt) : null,
    });
    if (!isOverdue) return;
    told = since;
    if (await hasEventSince(db, "sys_retention_overdue", uuid7Floor(Date.parse(since)))) return;
    const duration = `${Math.floor((now() - Date.parse(since)) / 3_600_000)} h`;
    await keepPlatformEvent(deps, {
      code: "sys_retention_overdue",
      object: { type: "service", id: "worker", label: "retention" },
      metadata: { duration, since },
    });
  };
};
