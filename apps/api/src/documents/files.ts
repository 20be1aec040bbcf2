import { createHash } from "node:crypto";
import type { Document, DocumentFile } from "@countersign/db/documents";
import { DomainError } from "../domain/domain-error.ts";
import type { DocumentStorage } from "./storage.ts";
import { storageUnavailable } from "./write-file.ts";

const notWhatItWas = ({ name }: Document): DomainError =>
  new DomainError(
    "conflict",
    "content_mismatch",
    `Nothing was changed: the stored file of ${name} is not the one that was uploaded. Tell whoever runs this server.`,
  );
const missing = ({ name }: Document): DomainError =>
  new DomainError(
    "conflict",
    "content_missing",
    `Nothing was changed: the stored file of ${name} is not there. Tell whoever runs this server.`,
  );

/** Reads the stored file of a document to its end; throws when it is not the very file that was uploaded. */
export const checkFile = async (storage: DocumentStorage, { document, storageKey }: DocumentFile): Promise<void> => {
  const opened = await storage.open(storageKey);
  if (opened === null) throw missing(document);
  const hash = createHash("sha256");
  try {
    for await (const chunk of opened.stream) hash.update(chunk);
  } catch {
    throw storageUnavailable();
  }
  if (hash.digest("hex") !== document.sha256) throw notWhatItWas(document);
};

/**
 * The bytes of a document. The file is opened when they are first asked for and closed when nobody wants more; the last
 * piece is held back until all of them are seen to be the ones that were uploaded, so that no other file arrives whole.
 */
export const fileBytes = async function* (
  storage: DocumentStorage,
  { document, storageKey }: DocumentFile,
): AsyncGenerator<Uint8Array> {
  const opened = await storage.open(storageKey);
  if (opened === null) throw missing(document);
  const hash = createHash("sha256");
  let held: Uint8Array | undefined;
  for await (const chunk of opened.stream) {
    hash.update(chunk);
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (hash.digest("hex") !== document.sha256) throw notWhatItWas(document);
  if (held !== undefined) yield held;
};
