import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { DomainError } from "../domain/domain-error.ts";
import type { StoredFile } from "./storage.ts";

/** Writes all of `source` to a new file and returns once its bytes are on the disk. */
export const writeTo = async (file: FileHandle, source: AsyncIterable<Uint8Array>): Promise<StoredFile> => {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of source) {
    hash.update(chunk);
    bytes += chunk.length;
    // From where the last one ended, and unlike `write` never only a part of it.
    await file.writeFile(chunk);
  }
  await file.sync();
  return { bytes, sha256: hash.digest() };
};

const roomFaults = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const diskFaults = new Set(["EIO", "EROFS", "EMFILE", "ENFILE"]);

/** What a disk that is full or ill means for the caller; every other error stays as it is. */
export const asDiskFault = (error: unknown): unknown => {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? "";
  if (roomFaults.has(code)) {
    return new DomainError(
      "unavailable",
      "storage_full",
      "Nothing was changed: there is no room left for files. Ask an operator to make some.",
      { retryAfterS: 60 },
    );
  }
  return diskFaults.has(code) ? storageUnavailable() : error;
};

export const storageUnavailable = (): DomainError =>
  new DomainError(
    "unavailable",
    "storage_unavailable",
    "Nothing was changed: the files cannot be reached at the moment. Try again in a little while.",
    { retryAfterS: 5 },
  );
