import { join } from "node:path";
import { archiveNames } from "@countersign/audit/ledger/archive";
import type { Finding } from "@countersign/audit/ledger/findings";
import { type ArchiveVerdict, verifyArchive } from "@countersign/audit/ledger/verify-archive";
import { openArchivedMonth } from "@countersign/db/archived-month";
import type { TrustOf } from "@countersign/db/proven-leaf";
import type { Manifest } from "@countersign/db/retention-manifests";
import type { Transaction } from "@countersign/db/transaction";
import { detailsLines, leafLines, UnreadableArchive } from "@countersign/service/archive-lines";
import { nodeCrypto } from "@countersign/service/crypto";

export type ArchiveCheck = { manifest: Manifest; verdict: ArchiveVerdict; findings: Finding[] };

const findingsKept = 100;

/** The files of a manifest in the archive's folder. */
export const archiveFiles = (folder: string, manifestId: string): { leaves: string; details: string } => {
  const { leaves, details } = archiveNames(manifestId);
  return { leaves: join(folder, leaves), details: join(folder, details) };
};

/**
 * Checks the two files of an archive against the proven event of its manifest, against what was sealed at each place, and
 * against the erasures. Throws `UnreadableArchive` when there is nothing to check, or nothing to check it against.
 */
export const checkArchive = async (
  tx: Transaction,
  manifestId: string,
  { leaves, details }: { leaves: string; details: string | null },
  trustOf: TrustOf,
): Promise<ArchiveCheck> => {
  const month = await openArchivedMonth(tx, manifestId, { crypto: nodeCrypto, trustOf });
  if (month === null) throw new UnreadableArchive(`There is no manifest ${manifestId} in this database.`);
  if (month === "not_proven") {
    throw new UnreadableArchive(
      `The event of manifest ${manifestId} is not proven to be in the log; verify the log first.`,
    );
  }
  const findings: Finding[] = [];
  const verdict = await verifyArchive({
    ...month,
    leaves: leafLines(leaves),
    details: details === null ? null : detailsLines(details),
    sha256: nodeCrypto.sha256,
    onFinding: (finding) => {
      if (findings.length < findingsKept) findings.push(finding);
    },
  });
  return { manifest: month.manifest, verdict, findings };
};
