import { failureCode } from "@countersign/db/failures";
import { isAnythingHeld } from "@countersign/db/held-events";
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
import type { SkipReason } from "@countersign/db/retention-months";
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
  sleep: (ms: number) => Promise<unknown>;
};

type Detached = { reason: SkipReason | null; lockMs: number };

const pauseMs = 1000;
const signTries = 90;
const detachTries = 10;
/** What a function of retention refuses: see its migration. */
const isRefused = (error: unknown): boolean => failureCode(error) === "CS412";
const isBusy = (error: unknown): boolean => ["55P03", "40P01"].includes(failureCode(error));

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

/** Takes a month out of the log, unless somebody reads it at length or has put a hold on something in it. */
const detach = (deps: Deps, month: Manifest): Promise<Detached> =>
  inTransaction(deps.db, async (tx) => {
    await lockHolds(tx);
    if (!(await lockRemoving(tx))) return { reason: "being_read", lockMs: 0 };
    if (await isOnHold(tx, month, false)) return { reason: "on_hold", lockMs: 0 };
    return { reason: null, lockMs: await detachMonth(tx, month.partition) };
  });

const detachAtLast = async (deps: Deps, month: Manifest, sleep: RemoveOptions["sleep"]): Promise<Detached> => {
  for (let n = 1; ; n++) {
    const done = await detach(deps, month).catch((error: unknown): Detached => {
      if (isBusy(error)) return { reason: "busy", lockMs: 0 };
      throw error;
    });
    if (done.reason !== "busy" && done.reason !== "being_read") return done;
    if (n === detachTries) return done;
    await sleep(pauseMs);
  }
};

/** Drops a detached month, or puts it back when a hold came in between: whoever placed it wins. */
const drop = (
  { db }: Deps,
  month: Manifest,
  { runId, lockMs }: { runId: number; lockMs: number },
): Promise<SkipReason | null> =>
  inTransaction(db, async (tx) => {
    await tx.sql`set local statement_timeout = '5min'`;
    await lockHolds(tx);
    await openMonth(tx, month.partition);
    if (await isOnHold(tx, month, true)) {
      await reattachMonth(tx, month.partition, "on_hold");
      return "on_hold";
    }
    await dropMonth(tx, month.partition);
    await countInRun(tx, runId, { partitions: 1, rows: month.rows, bytes: month.bytes, lockMs });
    return null;
  });

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
  const { runId, archiveFolder, sleep } = options;
  const at = () => new Date(now()).toISOString();
  const [month] = manifests;
  if (month === undefined) return null;
  const skip = async (reason: SkipReason): Promise<SkipReason> => {
    await skipMonth(db, month.partition, reason, at());
    return reason;
  };
  let lockMs = 0;
  try {
    for (const manifest of manifests) {
      if (manifest.state !== "planned") continue;
      // It stays planned, and the next run goes on with it.
      if (!(await waitForSignature(deps, manifest, sleep))) return "not_signed";
      await markSigned(db, manifest.id, at());
    }
    crashPoint("after_manifest_signed");
    for (const manifest of manifests) {
      if (manifest.state !== "planned" && manifest.state !== "signed") continue;
      const archive = archiveFolder === null ? null : await archiveMonth(db, manifest, archiveFolder);
      await markArchived(db, manifest.id, at(), archive);
    }
    crashPoint("after_archive");
    if (month.state !== "detached") {
      const done = await detachAtLast(deps, month, sleep);
      if (done.reason !== null) return skip(done.reason);
      lockMs = done.lockMs;
    }
    crashPoint("after_detach");
    return await drop(deps, month, { runId, lockMs });
  } catch (error) {
    if (error instanceof MonthChanged) return skip("changed");
    if (!isRefused(error)) throw error;
    deps.log.error({ err: error, partition: month.partition }, "a month that was due could not be removed");
    return skip("changed");
  }
};
