import { basisSentence } from "@countersign/audit/erasure-bases";
import type { Sha256 } from "@countersign/audit/json";
import type { Database } from "@countersign/db/client";
import { erasuresAfter, findErasure, listErased } from "@countersign/db/erasures";
import { findEvent } from "@countersign/db/events";
import { logName } from "@countersign/db/sealing";
import { DomainError, notFound } from "./domain-error.ts";
import { proveEvent } from "./proofs.ts";

export type ErasureCertificate = {
  erasure: string;
  log: string;
  /** What the manifest says. */
  subject: string | null;
  basis: string;
  reason: string;
  requestedAt: string;
  requestedBy: string;
  startedAt: string | null;
  doneAt: string;
  count: number;
  gone: number;
  archives: number;
  accountRemoved: boolean;
  /** SHA-256, base64, of the ids in their order, each followed by a newline. */
  idsHash: string;
  ids: string[];
  event: string;
  doneEvent: string;
  /** The proof that the manifest's event is in the log, as a `.tlog-proof` file; null once that event itself expired. */
  proof: string | null;
  /** Erasures that complete this one, in the archive or after a restore; each has its own certificate. */
  completedBy: string[];
  backups: string;
  /** What had left the log before, and cannot be called back. */
  sentBefore: string;
};

const proofOf = async (db: Database, eventId: string, sha256: Sha256): Promise<string | null> => {
  const event = await findEvent(db, eventId);
  return event === undefined ? null : (await proveEvent(db, event, sha256)).file;
};

const notDone = () =>
  new DomainError("conflict", "not_done", "There is no certificate yet: the erasure is not finished.", {
    retryAfterS: 5,
  });

const sentBefore =
  "Events that were streamed to other systems, messages about alerts, exports and copies of archives that had left before are not reached. Whoever received them erases them.";

const endOfBackups = (doneAt: string, backupDays: number): string =>
  new Date(Date.parse(doneAt) + backupDays * 86_400_000).toISOString().slice(0, 10);

/** What was erased, when, and on what ground; it claims nothing that the log does not show. */
export const certify = async (
  db: Database,
  id: string,
  { sha256, backupDays }: { sha256: Sha256; backupDays: number },
): Promise<ErasureCertificate> => {
  const erasure = await findErasure(db, id);
  if (erasure === undefined) throw notFound("erasure");
  const { eventId, doneEventId, doneAt } = erasure;
  if (doneAt === null || eventId === null || doneEventId === null) throw notDone();
  const { subjectId, basis, reason, requestedAt, requestedBy, startedAt, count, gone, archives } = erasure;
  return {
    erasure: id,
    log: await logName(db),
    subject: subjectId === null ? null : `user ${subjectId}`,
    basis,
    reason,
    requestedAt,
    requestedBy: requestedBy.replace(":", " "),
    startedAt,
    doneAt,
    count,
    gone,
    archives,
    accountRemoved: erasure.accountRemoved,
    idsHash: erasure.idsHash,
    ids: await listErased(db, id),
    event: eventId,
    doneEvent: doneEventId,
    proof: await proofOf(db, eventId, sha256),
    completedBy: await erasuresAfter(db, id),
    backups: `Backups that were made before hold the erased parts until they age out, ${backupDays} days after the erasure: ${endOfBackups(doneAt, backupDays)}. A restore from one of them repeats the erasure.`,
    sentBefore,
  };
};

const events = (count: number): string => `${count.toLocaleString("en")} ${count === 1 ? "event" : "events"}`;

/** The same for a reader. */
export const certificateText = (certificate: ErasureCertificate): string => {
  const { subject, count, gone, archives, ids, proof } = certificate;
  const row = (title: string, text: string): string => `${title.padEnd(18)}${text}`;
  return [
    "CERTIFICATE OF ERASURE",
    "",
    row("Erasure", certificate.erasure),
    row("Log", certificate.log),
    row("Of", subject ?? "events that were chosen one by one"),
    row("Legal basis", basisSentence(certificate.basis)),
    row("Reason", certificate.reason),
    row("Asked for", `${certificate.requestedAt} by ${certificate.requestedBy}`),
    row("Finished", certificate.doneAt),
    "",
    row("Erased", `details and salt of ${events(count)}: names, addresses, browsers, notes, messages, changed values`),
    ...(gone > 0 ? [row("", `of which ${events(gone)} had been removed by retention before`)] : []),
    row("Archives", archives === 0 ? "none held any of them" : `${archives} rewritten`),
    row("Account", certificate.accountRemoved ? "removed" : "none was left to remove"),
    row("Not erased", "what happened, when, to what and by which id: places in the log and proofs still hold"),
    "",
    row("Manifest event", certificate.event),
    row("Finished event", certificate.doneEvent),
    row("SHA-256 of ids", `${certificate.idsHash} (base64; each id in order and a newline)`),
    ...(certificate.completedBy.length > 0
      ? [row("Completed by", `${certificate.completedBy.join(", ")}, with a certificate of its own`)]
      : []),
    row("Backups", certificate.backups),
    row("Sent before", certificate.sentBefore),
    "",
    ...(proof === null
      ? ["The manifest's event has itself been removed by retention; its proof is no longer made here."]
      : [
          "Proof that the manifest is in the log (save as manifest.tlog-proof; npm run verify-proof):",
          "",
          proof.trimEnd(),
        ]),
    "",
    `Ids of the ${events(count)}:`,
    ...ids,
    "",
  ].join("\n");
};
