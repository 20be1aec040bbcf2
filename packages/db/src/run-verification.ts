import { readLeaf } from "@countersign/audit/leaf";
import type { Crypto } from "@countersign/audit/ledger/ed25519";
import { noFindings } from "@countersign/audit/ledger/findings";
import { uuid7Floor } from "@countersign/audit/uuid7";
import type { Database } from "./client.ts";
import { erasedReader } from "./erased-known.ts";
import { createReadKnown } from "./known-events.ts";
import { type Keys, ledgerTrust } from "./ledger-trust.ts";
import { lockReading } from "./retention-manifests.ts";
import { currentEpoch } from "./sealing.ts";
import { inTransaction, type Transaction } from "./transaction.ts";
import { type LogVerdict, verifyLog } from "./verification.ts";
import {
  type LogFinding,
  lastVerified,
  recordEnd,
  recordProgress,
  recordVerification,
  type VerificationReport,
} from "./verification-records.ts";

export type RunOptions = {
  crypto: Crypto;
  /** Given from outside of the database; null takes those that it names itself. */
  keys: Keys | null;
  /** Notes kept outside of the database for an epoch; those of an epoch that has ended may name leaves that are known to be lost. */
  readAnchors: (epoch: number, isCurrent: boolean) => Promise<readonly string[]>;
  /** The whole log, or what came after the last checkpoint that was verified. */
  full: boolean;
  startedBy: string;
  /** The record of a verification that was asked for. */
  recordId?: number | undefined;
  now: () => number;
  sleep: (ms: number) => Promise<unknown>;
  onFinding?: ((finding: LogFinding) => void) | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
  signal?: AbortSignal | undefined;
};

const findingsInReport = 100;
const progressEveryMs = 1000;
const lateMs = 3_600_000;

const walk = async (tx: Transaction, db: Database, id: number, options: RunOptions): Promise<VerificationReport> => {
  const { crypto, keys: given, full, now, sleep, onFinding, onProgress, signal } = options;
  const epoch = await currentEpoch(tx);
  const { trustOf } = await ledgerTrust(tx, given, crypto);
  const last = full ? undefined : await lastVerified(tx, epoch);
  const findings: LogFinding[] = [];
  let found = 0;
  let before = 0;
  let told = Number.NEGATIVE_INFINITY;

  const hear = (finding: LogFinding): void => {
    found += 1;
    if (findings.length < findingsInReport) findings.push(finding);
    onFinding?.(finding);
  };
  const readKnown = createReadKnown(crypto.sha256, erasedReader(crypto, trustOf));
  const walkEpoch = (each: number): Promise<LogVerdict> =>
    verifyLog(tx, {
      epoch: each,
      crypto,
      trust: trustOf(each),
      readAnchors: () => options.readAnchors(each, each === epoch),
      start: each === epoch ? last?.note : undefined,
      unsealedFrom: each < epoch ? null : uuid7Floor(last === undefined ? 0 : Date.parse(last.startedAt) - lateMs),
      readKnown,
      onFinding: (finding) => hear({ ...finding, epoch: each }),
      onProgress: (done, total) => {
        onProgress?.(before + done, before + total);
        if (now() - told < progressEveryMs) return;
        told = now();
        // Only for those who watch: the end is recorded in any case.
        recordProgress(db, id, before + done, before + total).catch(() => undefined);
      },
      sleep,
      signal,
    });
  const counts = noFindings();
  let rootsMet = 0;
  for (let each = full ? 1 : epoch; ; each++) {
    const verdict = await walkEpoch(each);
    for (const code of Object.keys(counts) as (keyof typeof counts)[]) counts[code] += verdict.counts[code];
    rootsMet += verdict.rootsMet;
    before += verdict.size;
    if (each < epoch) {
      const signedSize = await signedSizeBefore(tx, each + 1);
      if ((verdict.verified?.size ?? 0) >= signedSize) continue;
      hear({ code: "ROLLED_BACK", index: signedSize, id: null, part: `epoch ${each + 1}`, epoch: each });
      counts.ROLLED_BACK += 1;
      continue;
    }
    const { from, size, root, verified, anchors, cosigned } = verdict;
    return {
      ok: found === 0,
      trust: given === null ? "self_consistent" : verdict.trust,
      epoch,
      from,
      size,
      root: Buffer.from(root).toString("base64"),
      rootsMet,
      verified,
      anchors,
      cosigned,
      counts,
      found,
      findings,
    };
  }
};

/**
 * Verifies the log, which may be written meanwhile, and records the run. With `isDue` it does so alone: null when another
 * process is at it, or when nothing is due any more.
 */
export const runVerification = (
  db: Database,
  options: RunOptions,
  isDue?: () => Promise<boolean>,
): Promise<{ id: number; report: VerificationReport } | null> =>
  inTransaction(db, async (tx) => {
    if (isDue !== undefined && !((await lockVerifying(tx)) && (await isDue()))) return null;
    await tx.sql`set local statement_timeout = '15min'`;
    await lockReading(tx);
    const at = () => new Date(options.now()).toISOString();
    const { startedBy, recordId } = options;
    const id = recordId ?? (await recordVerification(db, { at: at(), fromIndex: 0, startedBy }));
    try {
      const report = await walk(tx, db, id, options);
      await recordEnd(db, id, at(), report);
      return { id, report };
    } catch (error) {
      await recordEnd(db, id, at(), { stopped: true }).catch(() => undefined);
      throw error;
    }
  });

/** How many leaves of the epoch before were signed when an epoch was opened, as its first leaf says. */
const signedSizeBefore = async (tx: Transaction, epoch: number): Promise<number> => {
  const [row] = await tx.sql<{ leaf: string }[]>`
    select e.leaf from ledger_batch b join event_log e on e.id = b.ids[1] where b.epoch = ${epoch} and b.first_index = 0`;
  const signedSize = row === undefined ? 0 : readLeaf(row.leaf)?.facts?.signedSize;
  return typeof signedSize === "number" ? signedSize : 0;
};

/** True when this transaction alone may verify for the workers until it ends. */
const lockVerifying = async (tx: Transaction): Promise<boolean> =>
  (await tx.sql`select pg_try_advisory_xact_lock(hashtext('countersign.verify')) as mine`)[0]?.mine === true;
