import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

/** The text of a file; null when there is none. */
export const readTextOrNull = async (file: string): Promise<string | null> => {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
};

/** Makes what was created, renamed or removed in a folder outlast a loss of power. */
export const syncFolder = async (path: string): Promise<void> => {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const writePart = async (part: string, flags: "w" | "wx", text: string): Promise<void> => {
  await mkdir(dirname(part), { recursive: true, mode: 0o700 });
  const handle = await open(part, flags, 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Writes a file as a whole, for its owner alone; durable when it resolves. One writer at a time. */
export const replaceFile = async (file: string, text: string): Promise<void> => {
  const part = `${file}.part`;
  await writePart(part, "w", text);
  await rename(part, file);
  await syncFolder(dirname(file));
};

/** Makes a file as a whole, for its owner alone, or leaves the one that stands; durable when it resolves. */
export const createFile = async (file: string, text: string): Promise<void> => {
  // A name of its own: two may make the same file at once, and the first one wins.
  const part = `${file}.${randomUUID()}.part`;
  try {
    await writePart(part, "wx", text);
    await link(part, file);
    await syncFolder(dirname(file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(part, { force: true });
  }
};

/**
 * Writes lines as a gzipped file, for its owner alone, in place of one that may stand there; answers the SHA-256 of the file,
 * which is durable when it resolves. One writer at a time.
 */
export const writeZippedLines = async (file: string, lines: AsyncIterable<string>): Promise<Uint8Array> => {
  const part = `${file}.part`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const hash = createHash("sha256");
  const hashed = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
  const ended = async function* () {
    for await (const line of lines) yield `${line}\n`;
  };
  await pipeline(Readable.from(ended()), createGzip(), hashed, createWriteStream(part, { mode: 0o600, flush: true }));
  await rename(part, file);
  await syncFolder(dirname(file));
  return hash.digest();
};
