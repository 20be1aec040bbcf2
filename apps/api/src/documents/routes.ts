import { Readable } from "node:stream";
import { findDocument, findDocumentFile } from "@countersign/db/documents";
import { findPermit } from "@countersign/db/permits";
import { z } from "zod";
import { documentAnswer, done } from "../domain/answers.ts";
import { addDocument, documentChanges } from "../domain/documents.ts";
import { notFound } from "../domain/domain-error.ts";
import { rowId } from "../domain/fields.ts";
import { download, upload } from "../http/raw-route.ts";
import { documentRef, permitOf } from "../procedures/documents.ts";
import { sessionOf } from "../trpc/access.ts";
import { checkFile, fileBytes } from "./files.ts";
import { fileTypes, mediaTypes } from "./media-types.ts";
import { asAttachment, documentKind, documentName } from "./names.ts";
import { dropFile, receiveFile } from "./receive.ts";

const allMediaTypes = fileTypes.map((type) => mediaTypes[type].mediaType);

/** The body is the file itself; its name and what kind of paper it is stand in the query. */
export const uploadDocument = upload({
  feature: "documents.upload",
  event: "document_upload",
  path: "/api/permits/{permitId}/documents",
  summary: "Add a file to a permit",
  takes: allMediaTypes,
  gives: done({ document: documentAnswer }),
  input: z.strictObject({ permitId: rowId, name: documentName, kind: documentKind }),
  receive: async (ctx, { permitId, name }, body) => {
    const { services } = ctx;
    if ((await findPermit(services.db, permitId)) === undefined) throw notFound("permit");
    return receiveFile(services, { name, senderId: sessionOf(ctx).userId }, body);
  },
  discard: ({ services }, { storageKey }) => dropFile(services, storageKey),
  run: ({ tx, ctx: { session, services } }, input, { bytes, sha256, storageKey, mediaType }) =>
    addDocument(
      tx,
      { ...input, mediaType, size: bytes, sha256, storageKey },
      { userId: session.userId, now: services.now(), settings: services.settings },
    ),
  object: (_, outcome) => (outcome === null ? undefined : documentRef(outcome.after.id, outcome.after)),
  target: ({ permitId }, outcome) => permitOf(outcome?.after) ?? { type: "permit", id: String(permitId) },
  metadata: ({ name }, outcome) => (outcome === null ? { name } : undefined),
  changes: documentChanges,
  answer: ({ after }) => ({ document: after }),
});

/** The file is compared with what was uploaded before anything of it is sent. */
export const downloadDocument = download({
  feature: "documents.read",
  event: "document_download",
  path: "/api/documents/{documentId}/content",
  summary: "The file of a document; that it was downloaded is recorded",
  gives: allMediaTypes,
  input: z.strictObject({ documentId: rowId }),
  run: async ({ services }, { documentId }) => {
    const file = await findDocumentFile(services.db, documentId);
    if (file === undefined) throw notFound("document");
    await checkFile(services.documents, file);
    return { ...file, storage: services.documents };
  },
  object: ({ documentId }, outcome) => documentRef(documentId, outcome?.document),
  target: (_, outcome) => permitOf(outcome?.document),
  name: async ({ services }, { id }) => (await findDocument(services.db, Number(id)))?.name,
  metadata: (_, outcome) =>
    outcome === null ? undefined : { size: outcome.document.size, sha256: outcome.document.sha256 },
  send: ({ document, storageKey, storage }) => ({
    body: Readable.toWeb(Readable.from(fileBytes(storage, { document, storageKey }))) as ReadableStream<Uint8Array>,
    headers: {
      "content-type": document.mediaType,
      "content-length": String(document.size),
      "content-disposition": asAttachment(document.name),
    },
  }),
});
