import { removableMs } from "@countersign/audit/retention";
import type { Database } from "@countersign/db/client";
import { failureCode } from "@countersign/db/failures";
import { atLength, isAnythingHeld } from "@countersign/db/held-events";
import { activeHolds, lockHolds } from "@countersign/db/legal-holds";
import {
  detachMonth,
  dropMonth,
  lockRemoving,
  type Manifest,
  markArchived,
  markSigned,
  openMonth,
  reattachMonth,
  skipMonth,
} from "@countersign/db/retention-manifests";
import { readPeriods, type SkipReason } from "@countersign/db/retention-months";
import { countMonth } from "@countersign/db/retention-places";
import { countInRun } from "@countersign/db/retention-runs";
import { checkpointOver, findPosition } from "@countersign/db/sealing";
import { inTransaction, type Transaction } from "@countersign/db/transaction";
import type { Deps } from "../deps.ts";
import { archiveMonth, MonthChanged } from "./archive-month.ts";

export type RemoveOptions = {
  /** The run that counts what goes. */
  runId: number;
  /** Where archives go; null: none is wanted. */
  archiveFolder: string | null;
  /** Why nothing may go now, whatever was planned. */
  keeps: SkipReason | null;
  sleep: (ms: number) => Promise<unknown>;
};

const pauseMs = 1000;
const signTries = 90;
const tries = 10;
const tooSlow = "57014";
/** What a function of retention refuses: see its migration. */
const isRefused = (error: unknown): boolean => failureCode(error) === "CS412";
/** Others are at a month, or it takes too long: the next run tries again. */
export const isBusy = (error: unknown): boolean => ["55P03", "40P01", tooSlow].includes(failureCode(error));

/** Whether the event of a manifest stands under a signed checkpoint. */
const isSigned = async ({ db }: Deps, { eventId, plannedAt }: Manifest): Promise<boolean> => {
  const position = await findPosition(db, eventId, plannedAt);
  return position !== undefined && (await checkpointOver(db, position.epoch, position.index)) !== undefined;
};

const waitForSignature = async (deps: Deps, manifest: Manifest, sleep: RemoveOptions["sleep"]): Promise<boolean> => {
  for (let n = 0; n < signTries; n++) {
    if (await isSigned(deps, manifest)) return true;
    await sleep(pauseMs);
  }
  return false;
};

/** Whether a hold that was placed after the month was planned is on anything in it. Whoever asks holds back further ones. */
const isOnHold = async (tx: Transaction, month: Manifest, isDetached: boolean): Promise<boolean> => {
  const holds = (await activeHolds(tx)).filter(({ id }) => id > month.holdsSeen);
  return isAnythingHeld(tx, month, holds, isDetached);
};

/** Whether the period of a month that was planned is not over any more. */
const isKeptLonger = async (db: Database, { policy, month }: Manifest, nowMs: number): Promise<boolean> => {
  const days = (await readPeriods(db)).get(policy);
  return days === undefined || removableMs(month, days) > nowMs;
};

/** Tries again for some seconds while others are in the way; what was too slow once is not tried again. */
const tryOften = async (
  sleep: RemoveOptions["sleep"],
  attempt: () => Promise<SkipReason | null>,
): Promise<SkipReason | null> => {
  for (let n = 1; ; n++) {
    let isSlow = false;
    const reason = await attempt().catch((error: unknown): SkipReason => {
      if (!isBusy(error)) throw error;
      isSlow = failureCode(error) === tooSlow;
      return "busy";
    });
    if ((reason !== "busy" && reason !== "being_read") || isSlow || n === tries) return reason;
    await sleep(pauseMs);
  }
};

/** Takes a month out of the log, unless somebody reads it at length or has put a hold on something in it. */
const detach = ({ db }: Deps, month: Manifest, runId: number): Promise<SkipReason | null> =>
  inTransaction(db, async (tx) => {
    await lockHolds(tx);
    if (!(await lockRemoving(tx))) return "being_read";
    if (await isOnHold(tx, month, false)) return "on_hold";
    await countInRun(tx, runId, { lockMs: await detachMonth(tx, month.partition) });
    return null;
  });

/** Drops a detached month, or puts it back for a reason, or when a hold came in between: whoever placed it wins. */
const drop = (
  { db, now }: Deps,
  month: Manifest,
  { runId, keeps }: { runId: number; keeps: SkipReason | null },
): Promise<SkipReason | null> =>
  inTransaction(db, async (tx) => {
    await tx.sql`set local statement_timeout = '5min'`;
    await lockHolds(tx);
    const stays = async (): Promise<SkipReason | null> => {
      if (keeps !== null) return keeps;
      if (await isKeptLonger(tx, month, now())) return "kept_longer";
      await openMonth(tx, month.partition);
      return (await isOnHold(tx, month, true)) ? "on_hold" : null;
    };
    const reason = await stays();
    if (reason !== null) {
      // Whoever verifies would see no row, and then nothing that explains it.
      if (!(await lockRemoving(tx))) return "being_read";
      await reattachMonth(tx, month.partition, reason);
      return reason;
    }
    await dropMonth(tx, month.partition);
    await countInRun(tx, runId, { partitions: 1, rows: month.rows, bytes: month.bytes });
    return null;
  });

/** Signed and archived, so that the month may be taken out of the log; or why it may not be. */
const prepare = async (
  deps: Deps,
  manifests: readonly Manifest[],
  { archiveFolder, sleep }: RemoveOptions,
): Promise<SkipReason | null> => {
  const { db, now, crashPoint } = deps;
  const at = () => new Date(now()).toISOString();
  for (const manifest of manifests) {
    if (manifest.state !== "planned") continue;
    if (!(await waitForSignature(deps, manifest, sleep))) return "not_signed";
    await markSigned(db, manifest.id, at());
  }
  crashPoint("after_manifest_signed");
  for (const manifest of manifests) {
    if (manifest.state !== "planned" && manifest.state !== "signed") continue;
    const archive = archiveFolder === null ? null : await archiveMonth(db, manifest, archiveFolder);
    crashPoint("after_archive_files");
    await markArchived(db, manifest.id, at(), archive);
  }
  crashPoint("after_archive");
  return null;
};

/**
 * Brings a planned month to its end, from whatever state it was left in: signed, archived, detached, dropped. Answers why it
 * stays, or null.
 */
export const removeMonth = async (
  deps: Deps,
  manifests: readonly Manifest[],
  options: RemoveOptions,
): Promise<SkipReason | null> => {
  const { db, now, crashPoint } = deps;
  const { runId, keeps, sleep } = options;
  const [month] = manifests;
  if (month === undefined) return null;
  let isDetached = month.state === "detached";
  const skip = async (reason: SkipReason): Promise<SkipReason> => {
    await skipMonth(db, month.partition, reason, new Date(now()).toISOString());
    return reason;
  };
  try {
    if (!isDetached) {
      if (keeps !== null) return await skip(keeps);
      if (await isKeptLonger(db, month, now())) return await skip("kept_longer");
      const unready = await prepare(deps, manifests, options);
      // It stays planned, and the next run goes on with it.
      if (unready !== null) return unready;
      if ((await atLength(db, (tx) => countMonth(tx, month))) !== month.rows) return await skip("changed");
      const reason = await tryOften(sleep, () => detach(deps, month, runId));
      if (reason !== null) return await skip(reason);
      isDetached = true;
    }
    crashPoint("after_detach");
    return await tryOften(sleep, () => drop(deps, month, { runId, keeps }));
  } catch (error) {
    if (isBusy(error)) return "busy";
    if (!(error instanceof MonthChanged || isRefused(error))) throw error;
    deps.log.error({ err: error, partition: month.partition }, "a month that was due could not be removed");
    if (!isDetached) return skip("changed");
    return tryOften(sleep, () => drop(deps, month, { runId, keeps: "changed" }));
  }
};
