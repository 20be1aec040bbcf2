import { randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { forgetFile, noteFile } from "@countersign/db/documents";
import { DomainError } from "../domain/domain-error.ts";
import type { IncomingBody } from "../http/raw-route.ts";
import type { Services } from "../services.ts";
import { atMost, type FileType, fileTypeOf, mediaTypes, onlyOfType, tooLarge } from "./media-types.ts";
import { isNamedAs } from "./names.ts";
import { newStorageKey, type StoredFile } from "./storage.ts";

export type ReceivedFile = StoredFile & { storageKey: string; mediaType: string };

/** More files than these are not received at the same time, in all and from one person. */
export const mostAtOnce = 16;
export const mostFromOne = 4;

type Needs = Pick<Services, "db" | "documents" | "settings" | "log" | "keeper">;

/** By the id of who sends; one who sends slowly keeps nobody else waiting. */
const receiving = new Map<number, number>();

const takeTurn = (senderId: number): (() => void) => {
  const own = receiving.get(senderId) ?? 0;
  const all = [...receiving.values()].reduce((sum, count) => sum + count, 0);
  if (own >= mostFromOne || all >= mostAtOnce) throw tooMany();
  receiving.set(senderId, own + 1);
  return () => {
    const left = (receiving.get(senderId) ?? 1) - 1;
    if (left === 0) receiving.delete(senderId);
    else receiving.set(senderId, left);
  };
};

/** Passes a file on as long as its event could be kept: files may not take the room that the log needs. */
const whileThereIsRoom = async function* (
  source: AsyncIterable<Uint8Array>,
  { keeper }: Needs,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    keeper.admit("document_upload");
    yield chunk;
  }
};

/**
 * Keeps the body of an upload in the storage, after all that can be refused without it. The file is noted in the database
 * first, so that whatever ends this process in between, a sweep finds bytes that nothing refers to.
 */
export const receiveFile = async (
  services: Needs,
  { name, senderId }: { name: string; senderId: number },
  body: IncomingBody,
): Promise<ReceivedFile> => {
  const { settings, keeper } = services;
  const type = fileTypeOf(body.contentType, settings["document.media_types"]);
  if (!isNamedAs(name, type)) throw wrongExtension(type);
  const megabytes = settings["document.max_mb"];
  if ((body.announcedBytes ?? 0) > megabytes * 1024 * 1024) throw tooLarge(megabytes);
  keeper.admit("document_upload");
  const endTurn = takeTurn(senderId);
  try {
    const source = onlyOfType(whileThereIsRoom(atMost(arriving(body.stream), megabytes), services), type);
    return { ...(await store(services, source)), mediaType: mediaTypes[type].mediaType };
  } finally {
    endTurn();
  }
};

const store = async (
  services: Needs,
  source: AsyncIterable<Uint8Array>,
): Promise<StoredFile & { storageKey: string }> => {
  const storageKey = newStorageKey(randomBytes);
  await noteFile(services.db, storageKey);
  try {
    return { ...(await services.documents.put(storageKey, source)), storageKey };
  } catch (error) {
    await dropFile(services, storageKey);
    throw error;
  }
};

/** Removes a file that nothing refers to. What cannot be removed now the sweep removes later. */
export const dropFile = async ({ db, documents, log }: Needs, storageKey: string): Promise<void> => {
  try {
    await documents.remove(storageKey);
    await forgetFile(db, storageKey);
  } catch (error) {
    log.warn({ err: error }, "a file that is not wanted could not be removed yet");
  }
};

/** The body as it arrives. Ending early leaves the connection open, so that the refusal can be read. */
const arriving = async function* (stream: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* stream.iterator({ destroyOnReturn: false });
  } catch {
    throw new DomainError("invalid", "cut_off", "Nothing was kept: the file ended before it was complete.");
  }
};

const wrongExtension = (type: FileType): DomainError =>
  new DomainError(
    "invalid",
    "invalid_input",
    `Nothing was kept: the name of a ${type.toUpperCase()} ends in ${mediaTypes[type].extensions.map((end) => `.${end}`).join(" or ")}.`,
    { fields: [{ path: "name", rule: "extension" }] },
  );

const tooMany = (): DomainError =>
  new DomainError("unavailable", "busy", "Nothing was kept: many files are arriving just now. Try again in a moment.", {
    retryAfterS: 2,
  });
