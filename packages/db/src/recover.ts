import { randomBytes } from "node:crypto";
import { openCheckpoint } from "@countersign/audit/ledger/checkpoint";
import type { Crypto } from "@countersign/audit/ledger/ed25519";
import { parseVkey } from "@countersign/audit/ledger/vkey";
import { createRecorder } from "@countersign/audit/recorder";
import { toBase64 } from "@countersign/audit/utf8";
import { monotonicIds } from "@countersign/audit/uuid7";
import { compareWithAnchor } from "./anchor-check.ts";
import type { Database } from "./client.ts";
import { StartError } from "./embedded/start-error.ts";
import { openEpoch, readEpochEnd } from "./epochs.ts";
import { settingsFromTable } from "./event-type-settings.ts";
import { openLogTree } from "./log-tree.ts";
import { keepEnvelope } from "./outbox.ts";
import { listLedgerKeys, lockLedger, logName } from "./sealing.ts";
import { inTransaction } from "./transaction.ts";

const originOf = (name: string, epoch: number): string => (epoch === 1 ? name : `${name}/e${epoch}`);

export type Recovered = {
  epoch: number;
  /** Leaves that were signed and that this database does not have, or has otherwise. */
  lost: { from: number; to: number };
  /** Events without a checkpoint that the new epoch took over. */
  moved: number;
};

/**
 * Lets a log that was rolled back be signed again: a new epoch, whose first leaf names the last checkpoint and the range
 * that is lost. No second person can agree to it beforehand, so it is also told as an emergency command, in the new epoch.
 * Throws a `StartError` when the log is not behind its anchor, or the anchor is not this log's.
 */
export const recoverLog = (db: Database, anchorNote: string, reason: string, crypto: Crypto): Promise<Recovered> =>
  inTransaction(db, async (tx) => {
    const { sha256 } = crypto;
    await lockLedger(tx);
    const end = await readEpochEnd(tx);
    const name = await logName(tx);
    const origin = originOf(name, end.epoch);
    const keys = (await listLedgerKeys(tx)).flatMap(({ vkey, kind }) =>
      kind === "log" ? (parseVkey(vkey, sha256) ?? []) : [],
    );
    const opened = openCheckpoint(anchorNote, { origin, keys }, crypto);
    if (!opened.ok)
      throw new StartError(`The anchor is not a checkpoint of ${origin}: ${opened.reason.replaceAll("_", " ")}.`);
    const { checkpoint } = opened.value;
    const tree = openLogTree(tx, end.epoch, sha256);
    const state = await compareWithAnchor(checkpoint, { size: end.size, root: null }, tree, sha256);
    if (state === "extends") throw new StartError("The log is not behind its anchor; there is nothing to recover.");
    const lost = { from: end.signedSize, to: checkpoint.size };
    const nextId = monotonicIds(Date.now, randomBytes);
    const settingsOf = await settingsFromTable(tx);
    const recorder = createRecorder({ now: Date.now, nextId, randomBytes, sha256, settingsOf });
    const next = end.epoch + 1;
    const event = recorder.seal({
      code: "sys_epoch_opened",
      status: "success",
      actor: { type: "platform" },
      source: "cli",
      object: { type: "ledger", id: originOf(name, next), label: `epoch ${next} of the log` },
      notes: reason,
      metadata: { position: end.signedSize },
      facts: {
        previous: origin,
        anchorSize: checkpoint.size,
        anchorRoot: toBase64(checkpoint.root),
        signedSize: end.signedSize,
        state,
      },
    });
    if (event === null) throw new Error("sys_epoch_opened cannot be switched off");
    const { epoch, moved } = await openEpoch(tx, end, event, nextId());
    const told = recorder.seal({
      code: "sys_break_glass",
      status: "success",
      actor: { type: "platform" },
      source: "cli",
      object: { type: "system", id: "recover", label: "recover" },
      notes: reason,
      metadata: { event: event.id },
    });
    if (told === null) throw new Error("sys_break_glass cannot be switched off");
    await keepEnvelope(tx, nextId(), [told]);
    return { epoch, lost, moved };
  });
