import type { Finding } from "@countersign/audit/ledger/findings";
import { type ArchiveTask, endArchiveTask, openArchiveTasks, unloadArchive } from "@countersign/db/archives";
import { ledgerTrust } from "@countersign/db/ledger-trust";
import { findManifest } from "@countersign/db/retention-manifests";
import { lockRetention } from "@countersign/db/retention-runs";
import { inTransaction, type Transaction } from "@countersign/db/transaction";
import { UnreadableArchive } from "@countersign/service/archive-lines";
import { nodeCrypto } from "@countersign/service/crypto";
import { type ArchiveCheck, archiveFiles, checkArchive } from "../archive/check-archive.ts";
import { loadArchive } from "../archive/load-archive.ts";
import type { Deps } from "../deps.ts";
import { keepPlatformEvent } from "../sealing/keep-platform-event.ts";

type Ended = { ok: boolean; report: object; rows: number };

const findingsInReport = 20;

const reportOf = ({ verdict, findings }: ArchiveCheck): { leaves: number; erased: number; findings: Finding[] } => ({
  leaves: verdict.leaves,
  erased: verdict.counts.OK_ERASED,
  findings: findings.slice(0, findingsInReport),
});

/** Does what was asked of archives: verifies their files, loads one back to be read, takes it out again. */
export const archiveTasksJob =
  (deps: Deps, folder: string) =>
  async (signal: AbortSignal): Promise<void> => {
    const { db, now, log } = deps;
    const at = () => new Date(now()).toISOString();

    const work: Record<ArchiveTask["kind"], (tx: Transaction, manifestId: string) => Promise<Ended>> = {
      verify: async (tx, manifestId) => {
        const { trustOf } = await ledgerTrust(tx, null, nodeCrypto);
        const check = await checkArchive(tx, manifestId, archiveFiles(folder, manifestId), trustOf);
        return { ok: check.verdict.ok, report: reportOf(check), rows: 0 };
      },
      load: async (tx, manifestId) => {
        const { trustOf } = await ledgerTrust(tx, null, nodeCrypto);
        const { loaded, ...check } = await loadArchive(tx, manifestId, { folder, trustOf, at: at() });
        return { ok: check.verdict.ok, report: { ...reportOf(check), loaded }, rows: loaded };
      },
      unload: async (tx, manifestId) => {
        const rows = await unloadArchive(tx, manifestId);
        return { ok: true, report: { unloaded: rows }, rows };
      },
    };

    const tell = async (tx: Transaction, task: ArchiveTask, { ok, rows }: Ended): Promise<void> => {
      const { kind, manifestId, requestedBy, reason } = task;
      if (kind === "verify" || (ok && rows === 0)) return;
      const manifest = await findManifest(tx, manifestId);
      const userId = /^user:(\d+)$/.exec(requestedBy)?.[1];
      const publish = (ids: readonly string[]) => tx.afterCommit(() => deps.publish(ids));
      await keepPlatformEvent(
        { ...deps, db: tx, publish },
        {
          code: kind === "load" ? "sys_archive_loaded" : "sys_archive_unloaded",
          ...(ok
            ? {}
            : {
                status: "failed" as const,
                errorMessage: "The archive is not what its manifest says. Nothing was loaded.",
              }),
          object: {
            type: "retention_manifest",
            id: manifestId,
            label: manifest && `${manifest.policy} ${manifest.month}`,
          },
          ...(userId !== undefined && { target: { type: "user", id: userId } }),
          ...(reason !== null && { notes: reason }),
          metadata: { count: rows },
          facts: { count: rows, requestedBy },
        },
      );
    };

    const take = (task: ArchiveTask): Promise<void> =>
      inTransaction(db, async (tx) => {
        if (!(await lockRetention(tx))) return;
        await tx.sql`set local statement_timeout = '15min'`;
        const ended = await tx
          .attempt((part) => work[task.kind](part, task.manifestId))
          .catch((error: unknown): Ended => {
            if (!(error instanceof UnreadableArchive)) throw error;
            return { ok: false, report: { error: error.message }, rows: 0 };
          });
        await endArchiveTask(tx, task.id, { at: at(), ...ended });
        await tell(tx, task, ended);
      });

    for (const task of await openArchiveTasks(db)) {
      if (signal.aborted) return;
      await take(task).catch((error: unknown) => {
        log.warn({ err: error, task: task.id }, "an archive could not be worked on and will be again");
      });
    }
  };
