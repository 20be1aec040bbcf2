import { changesBetween } from "@countersign/audit/changes";
import {
  type Document,
  type DocumentFile,
  deleteDocument,
  insertDocument,
  lockDocument,
  type NewDocument,
  setDocumentState,
} from "@countersign/db/documents";
import { lockPermit } from "@countersign/db/permits";
import type { Transaction } from "@countersign/db/transaction";
import { DomainError, notFound } from "./domain-error.ts";
import type { Acting } from "./permits.ts";

export type DocumentChange = { before: Document | null; after: Document | null };

/** What somebody can say of a document after comparing it with its source, and the state that follows. */
export const decisions = { accepted: "verified", refused: "refused" } as const;
export const decisionNames = Object.keys(decisions) as (keyof typeof decisions)[];

const person = (who: Document["verifiedBy"]) => (who === null ? null : { id: String(who.id), label: who.name });

/** A document as the log tells of it: never its bytes, nor where they lie. */
const facts = (document: Document) => ({
  name: document.name,
  kind: document.kind,
  media_type: document.mediaType,
  size: document.size,
  sha256: document.sha256,
  state: document.state,
  verified_at: document.verifiedAt,
  verified_by: person(document.verifiedBy),
});

export const documentChanges = ({ before, after }: DocumentChange) =>
  changesBetween(before === null ? null : facts(before), after === null ? null : facts(after));

const stamp = ({ userId, now }: Acting) => ({ by: userId, at: new Date(now).toISOString() });

/** Adds a stored file to a permit that is still there. */
export const addDocument = async (
  tx: Transaction,
  document: NewDocument,
  acting: Acting,
): Promise<{ before: null; after: Document }> => {
  if ((await lockPermit(tx, document.permitId)) === undefined) throw notFound("permit");
  const after = await insertDocument(tx, document, stamp(acting));
  if (after === undefined) {
    throw new DomainError(
      "conflict",
      "upload_expired",
      "Nothing was kept: the upload took too long. Send the file again.",
    );
  }
  return { before: null, after };
};

type Named = { documentId: number; version?: number | undefined };

const locked = async (tx: Transaction, { documentId, version }: Named): Promise<DocumentFile> => {
  const file = await lockDocument(tx, documentId);
  if (file === undefined) throw notFound("document");
  if (version === undefined || version === file.document.version) return file;
  throw new DomainError(
    "conflict",
    "stale_version",
    `Nothing was changed: somebody changed ${file.document.name} meanwhile. Look at the new version and try again.`,
  );
};

/** Records whether a document is what it should be; a decision is made once. */
export const decideDocument = async (
  tx: Transaction,
  { decision, ...named }: Named & { decision: keyof typeof decisions },
  acting: Acting,
): Promise<{ before: Document; after: Document }> => {
  const { document } = await locked(tx, named);
  if (document.state !== "uploaded") {
    const by = document.verifiedBy === null ? "" : ` by ${document.verifiedBy.name}`;
    throw new DomainError("conflict", "illegal_transition", `${document.name} was ${document.state} already${by}.`);
  }
  return { before: document, after: await setDocumentState(tx, document.id, decisions[decision], stamp(acting)) };
};

/** Removes a document; its file is to be removed once this is committed. */
export const removeDocument = async (
  tx: Transaction,
  named: Named,
): Promise<{ before: Document; after: null; storageKey: string }> => {
  const { document, storageKey } = await locked(tx, named);
  await deleteDocument(tx, document.id);
  return { before: document, after: null, storageKey };
};
