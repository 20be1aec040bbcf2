import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { endHold, type HoldScope, insertHold, lockPlacing } from "@countersign/db/legal-holds";
import { listRuns, type RetentionRun } from "@countersign/db/retention-runs";
import { runVerification } from "@countersign/db/run-verification";
import { inTransaction } from "@countersign/db/transaction";
import type { VerificationReport } from "@countersign/db/verification-records";
import { nodeCrypto } from "@countersign/service/crypto";
import { applyRetentionJob } from "../jobs/apply-retention.ts";
import { keepPlatformEvent } from "../sealing/keep-platform-event.ts";
import { anchorFileOf } from "../sealing/open-ledger.ts";
import { openSignedLog, type SignedLog } from "./signed-log.ts";

const dayMs = 86_400_000;

export type AgedLog = SignedLog & {
  /** The months in which events were kept, `2024-05`, oldest first. */
  months: readonly string[];
  archiveFolder: string;
  /** What a whole verification finds. */
  verify: () => Promise<VerificationReport>;
  /** Asks for a run and lets it be done; signs whenever it waits. */
  apply: () => Promise<RetentionRun>;
  /** The same, broken off at a point as if the process had ended there. */
  applyUntil: (point: string) => Promise<void>;
  hold: (scope: HoldScope) => Promise<number>;
  release: (holdId: number) => Promise<void>;
  /** Rows of each table of the log that has any. */
  rows: () => Promise<Record<string, number>>;
  settle: () => Promise<void>;
};

/**
 * A log that began two years ago: `perMonth` events in each of two months, kept under `read` for a year, and today's.
 * `amid` is done in the first month, after its events.
 */
export const openAgedLog = async (
  perMonth: number,
  amid?: (log: SignedLog, settle: () => Promise<void>) => Promise<void>,
): Promise<AgedLog> => {
  const today = Date.now();
  const begun = new Date(today - 730 * dayMs);
  const firstMs = Date.UTC(begun.getUTCFullYear(), begun.getUTCMonth(), 15, 12);
  const log = await openSignedLog(firstMs);
  const { database, deps, anchorFile } = log;
  const { sql } = database.admin;
  const months: string[] = [];
  const settle = async (): Promise<void> => {
    await log.store();
    await log.seal();
  };
  const grow = async (count: number): Promise<void> => {
    await log.keep(count);
    await settle();
  };
  for (const _ of [1, 2]) {
    months.push(new Date(deps.now()).toISOString().slice(0, 7));
    await grow(perMonth);
    if (months.length === 1) await amid?.(log, settle);
    log.pass(31 * dayMs);
  }
  log.pass(Date.now() - deps.now());
  await grow(50);
  const archiveFolder = join(dirname(anchorFile), "archive");

  const verify = async (): Promise<VerificationReport> => {
    await settle();
    const run = await runVerification(database.worker, {
      crypto: nodeCrypto,
      keys: null,
      readAnchors: async (epoch, isCurrent) =>
        isCurrent ? [await readFile(anchorFileOf(anchorFile, epoch), "utf8")] : [],
      full: true,
      startedBy: "worker",
      now: deps.now,
      sleep: async () => undefined,
    });
    if (run === null) throw new Error("nothing was verified");
    return run.report;
  };
  const ask = () =>
    sql`insert into retention_run (state, started_by, started_at) values ('asked', 'user:1', now()) on conflict do nothing`;
  /** The clock of the test is never far from the database's. */
  const apply = async (crashPoint = deps.crashPoint): Promise<RetentionRun> => {
    log.pass(Date.now() - deps.now());
    await ask();
    const job = applyRetentionJob({ ...deps, crashPoint }, { archiveFolder, sleep: settle });
    await job(new AbortController().signal);
    await settle();
    const [run] = await listRuns(database.api, null, 1);
    if (run === undefined) throw new Error("there was no run");
    return run;
  };
  const end = () => ({ at: new Date(deps.now()).toISOString(), by: 1 });

  return {
    ...log,
    months,
    archiveFolder,
    verify,
    settle,
    apply: () => apply(),
    applyUntil: async (point) => {
      await apply((here) => {
        if (here === point) throw new Error(`ended at ${point}`);
      });
    },
    hold: async (scope) => {
      const hold = await inTransaction(database.api, async (tx) => {
        await lockPlacing(tx);
        return insertHold(tx, { name: "Case 7", reason: "court order", scope, ...end() });
      });
      await keepPlatformEvent(deps, {
        code: "sys_hold_placed",
        object: { type: "legal_hold", id: String(hold.id), label: hold.name },
      });
      return hold.id;
    },
    release: async (id) => {
      await inTransaction(database.api, (tx) => endHold(tx, { id, reason: "over", ...end() }));
    },
    rows: async () =>
      Object.fromEntries(
        (
          await sql`select tableoid::regclass::text as name, count(*)::int as count from event_log group by 1 order by 1`
        ).map(({ name, count }) => [String(name), Number(count)]),
      ),
  };
};
