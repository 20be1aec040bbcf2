import type { Readable } from "node:stream";

export type StoredFile = { bytes: number; sha256: Uint8Array };

/** Where the bytes of documents lie. Names and media types are not its business; it knows keys that we made. */
export type DocumentStorage = {
  /** Keeps all of `source` under a new key, or nothing at all: when `source` throws, so does this. */
  put: (key: string, source: AsyncIterable<Uint8Array>) => Promise<StoredFile>;
  /** The file, which whoever opens it reads to its end or destroys; null when there is none. */
  open: (key: string) => Promise<{ stream: Readable; bytes: number } | null>;
  /** Removes the file and what an interrupted `put` left of it. That there is none is fine. */
  remove: (key: string) => Promise<void>;
};

/** A key that nobody can guess and that says nothing: 32 random bytes in hex. */
export const newStorageKey = (randomBytes: (count: number) => Uint8Array): string =>
  Buffer.from(randomBytes(32)).toString("hex");

/** The two levels of folders and the name under which a key is kept. Throws for what is no key of ours. */
export const placeOf = (key: string): readonly [string, string, string] => {
  if (!/^[0-9a-f]{64}$/.test(key)) throw new Error("this is no key of a stored document");
  return [key.slice(0, 2), key.slice(2, 4), key];
};
