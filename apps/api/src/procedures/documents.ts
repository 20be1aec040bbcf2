import { type Document, findDocument, findDocumentFile, listDocuments } from "@countersign/db/documents";
import { findPermit } from "@countersign/db/permits";
import { documentStates } from "@countersign/db/schema/documents";
import type { Transaction } from "@countersign/db/transaction";
import { z } from "zod";
import { checkFile } from "../documents/files.ts";
import { fileTypes, mediaTypes } from "../documents/media-types.ts";
import { dropFile } from "../documents/receive.ts";
import { documentAnswer, done, pageOf } from "../domain/answers.ts";
import {
  type DocumentChange,
  decideDocument,
  decisionNames,
  documentChanges,
  removeDocument,
} from "../domain/documents.ts";
import { notFound } from "../domain/domain-error.ts";
import { reason, requiredReason, rowId, text, version } from "../domain/fields.ts";
import { rowCursor, rowPage, toPage } from "../domain/paging.ts";
import type { Context } from "../trpc/context.ts";
import { router } from "../trpc/init.ts";
import { operation, type SignedIn } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";

/** A document, and the permit it belongs to, as an event names them. */
export const documentRef = (id: number, document?: Document | null) =>
  ({ type: "document", id: String(id), label: document?.name }) as const;
export const permitOf = (document: Document | null | undefined) =>
  document == null
    ? undefined
    : ({ type: "permit", id: String(document.permit.id), label: document.permit.permitNumber } as const);

/** What all operations on one document have in common. */
const onDocument = {
  object: ({ documentId }: { documentId: number }, outcome: DocumentChange | null) =>
    documentRef(documentId, outcome?.after ?? outcome?.before),
  target: (_: unknown, outcome: DocumentChange | null) => permitOf(outcome?.after ?? outcome?.before),
  name: async ({ services }: Context, { id }: { id: string }) => (await findDocument(services.db, Number(id)))?.name,
  notes: (input: { reason?: string | undefined }) => input.reason,
  changes: documentChanges,
};

const target = { documentId: rowId, version: version.optional() };

/** Without its file, which is read again when it is done. */
const decide = (
  { tx, ctx: { session, services } }: { tx: Transaction; ctx: SignedIn },
  input: { documentId: number; version?: number | undefined; decision: (typeof decisionNames)[number] },
) => decideDocument(tx, input, { userId: session.userId, now: services.now(), settings: services.settings });

const decision = z
  .strictObject({ ...target, decision: z.enum(decisionNames), reason })
  .refine((input) => input.decision !== "refused" || input.reason !== undefined, {
    path: ["reason"],
    params: { rule: "required", sentence: "Nothing was changed: say why the document is refused." },
  });

export const documents = router({
  list: may("documents.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/permits/{permitId}/documents",
        summary: "The documents of a permit, newest first",
        output: pageOf(documentAnswer),
      },
    })
    .input(z.strictObject({ permitId: rowId, ...rowPage }))
    .query(async ({ ctx: { services }, input: { permitId, cursor, limit } }) => {
      if ((await findPermit(services.db, permitId)) === undefined) throw notFound("permit");
      return toPage(await listDocuments(services.db, { permitId }, rowCursor(cursor), limit + 1), limit);
    }),

  listAll: may("documents.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/documents",
        summary: "Documents of all permits, newest first",
        output: pageOf(documentAnswer),
      },
    })
    .input(
      z.strictObject({
        search: text(256).optional(),
        state: z.enum(documentStates).optional(),
        mediaType: z.enum(fileTypes.map((type) => mediaTypes[type].mediaType)).optional(),
        ...rowPage,
      }),
    )
    .query(async ({ ctx: { services }, input: { cursor, limit, ...filter } }) =>
      toPage(await listDocuments(services.db, filter, rowCursor(cursor), limit + 1), limit),
    ),

  get: may("documents.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/documents/{documentId}",
        summary: "What is known of a document, without its bytes",
        output: z.object({ document: documentAnswer }),
      },
    })
    .input(z.strictObject({ documentId: rowId }))
    .query(async ({ ctx, input: { documentId } }) => {
      const document = await findDocument(ctx.services.db, documentId);
      if (document === undefined) throw notFound("document");
      return { document };
    }),

  verify: operation({
    ...onDocument,
    feature: "documents.verify",
    event: "document_verify",
    rest: {
      method: "POST",
      path: "/api/documents/{documentId}/verify",
      summary: "Accept or refuse a document; its stored file is compared with what was uploaded",
      output: done({ document: documentAnswer }),
    },
    input: decision,
    prepare: async ({ services }, { documentId }) => {
      const file = await findDocumentFile(services.db, documentId);
      if (file === undefined) throw notFound("document");
      await checkFile(services.documents, file);
    },
    run: decide,
    standing: decide,
    answer: ({ after }) => ({ document: after }),
  }),

  delete: operation({
    ...onDocument,
    feature: "documents.delete",
    event: "document_delete",
    rest: {
      method: "DELETE",
      path: "/api/documents/{documentId}",
      summary: "Remove a document from its permit, and its file",
      output: done({ name: z.string() }),
    },
    input: z.strictObject({ ...target, reason: requiredReason }),
    run: async ({ tx, ctx }, input) => {
      const removed = await removeDocument(tx, input);
      tx.afterCommit(() => dropFile(ctx.services, removed.storageKey));
      return removed;
    },
    answer: ({ before }) => ({ name: before.name }),
  }),
});
