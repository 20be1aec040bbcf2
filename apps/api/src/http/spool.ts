import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";

export type Spool = {
  write: (text: string) => Promise<void>;
  /** What was written so far: its size and the SHA-256 of it, in hex. */
  seal: () => { bytes: number; sha256: string };
  /** Everything that was written, once; the file is gone when it has been read or given up. */
  read: () => ReadableStream<Uint8Array>;
  discard: () => Promise<void>;
};

/**
 * A file without a name for what must be known as a whole before its first byte is sent. It holds no database connection
 * while a slow reader takes its time, and ends with the process.
 */
export const createSpool = async (): Promise<Spool> => {
  const path = join(tmpdir(), `countersign-spool-${randomBytes(12).toString("hex")}`);
  const file: FileHandle = await open(path, "wx+", 0o600);
  const unlinked = await unlink(path).then(
    () => true,
    () => false,
  );
  const hash = createHash("sha256");
  let bytes = 0;
  const forget = async (): Promise<void> => {
    if (!unlinked) await unlink(path);
  };
  return {
    write: async (text) => {
      const chunk = Buffer.from(text);
      hash.update(chunk);
      bytes += chunk.length;
      await file.writeFile(chunk);
    },
    seal: () => ({ bytes, sha256: hash.copy().digest("hex") }),
    read: () => {
      const stream = file.createReadStream({ start: 0 });
      stream.once("close", () => void forget());
      return Readable.toWeb(stream) as ReadableStream<Uint8Array>;
    },
    discard: async () => {
      await file.close();
      await forget();
    },
  };
};
