import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLocalStorage } from "./local-storage.ts";
import { createS3Storage } from "./s3-storage.ts";
import { type DocumentStorage, newStorageKey } from "./storage.ts";
import { filesIn, smallDisk } from "./testing/office.ts";
import { startS3Server } from "./testing/s3-server.ts";

const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "documents-"));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const pieces = async function* (...parts: (Uint8Array | Error)[]) {
  for (const part of parts) {
    if (part instanceof Error) throw part;
    yield part;
  }
};

const key = (): string => newStorageKey(randomBytes);

const read = async (opened: { stream: Readable; bytes: number } | null): Promise<Buffer | null> =>
  opened === null ? null : Buffer.concat(await opened.stream.toArray());

type Subject = { storage: DocumentStorage; kept: () => string[]; stop: () => Promise<void> };

const subjects: Record<string, () => Promise<Subject>> = {
  "a local folder": async () => {
    const folder = newFolder();
    return { storage: createLocalStorage(folder), kept: () => filesIn(folder), stop: async () => undefined };
  },
  "an S3-compatible server": async () => {
    const folder = newFolder();
    const spoolFolder = newFolder();
    const server = await startS3Server(folder, "papers");
    const storage = createS3Storage({ ...server.options, spoolFolder });
    return {
      storage,
      kept: () => [...filesIn(folder).filter((path) => path.endsWith("_object")), ...filesIn(spoolFolder)],
      stop: server.stop,
    };
  },
};

describe.each(Object.keys(subjects))("in %s", (name) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = await (subjects[name] as () => Promise<Subject>)();
  });
  afterAll(() => subject.stop());

  test("a file comes back byte for byte, with its size and its SHA-256", async () => {
    const { storage } = subject;
    for (const file of [randomBytes(3_000_000), randomBytes(65_536), Buffer.of(0), Buffer.alloc(0)]) {
      const at = key();
      const stored = await storage.put(at, pieces(file.subarray(0, 9), file.subarray(9)));
      expect(stored).toEqual({ bytes: file.length, sha256: createHash("sha256").update(file).digest() });
      const opened = await storage.open(at);
      expect(opened?.bytes).toBe(file.length);
      expect((await read(opened))?.equals(file)).toBe(true);
    }
  });

  test("a file that breaks off on its way in leaves nothing", async () => {
    const { storage, kept } = subject;
    const before = kept();
    const at = key();
    const broken = pieces(randomBytes(200_000), new Error("the caller went away"));
    await expect(storage.put(at, broken)).rejects.toThrow("the caller went away");
    expect(await storage.open(at)).toBeNull();
    expect(kept()).toEqual(before);
  });

  test("removing is done once and may be asked for again", async () => {
    const { storage, kept } = subject;
    const before = kept();
    const at = key();
    await storage.put(at, pieces(randomBytes(1000)));
    expect(kept()).toHaveLength(before.length + 1);
    await storage.remove(at);
    await storage.remove(at);
    expect(await storage.open(at)).toBeNull();
    expect(kept()).toEqual(before);
  });

  test("many files at once do not meet", async () => {
    const { storage } = subject;
    const files = Array.from({ length: 8 }, () => ({ at: key(), file: randomBytes(300_000) }));
    await Promise.all(files.map(({ at, file }) => storage.put(at, pieces(file))));
    for (const { at, file } of files) expect((await read(await storage.open(at)))?.equals(file)).toBe(true);
  });

  test("what is no key of ours is not even looked for", async () => {
    const { storage } = subject;
    for (const bad of [
      "",
      "..",
      "../../etc/passwd",
      "a/b",
      `${"a".repeat(63)}G`,
      "A".repeat(64),
      `${key()}/..`,
      `${key()}\n`,
    ]) {
      await expect(storage.open(bad)).rejects.toThrow("no key");
      await expect(storage.remove(bad)).rejects.toThrow("no key");
      await expect(storage.put(bad, pieces(Buffer.of(1)))).rejects.toThrow("no key");
    }
  });
});

test("keys are 256 random bits and never the same", () => {
  const keys = new Set(Array.from({ length: 1000 }, key));
  expect(keys.size).toBe(1000);
  for (const each of keys) expect(each).toMatch(/^[0-9a-f]{64}$/);
});

test("only our own user may read files and folders", async () => {
  const folder = join(newFolder(), "documents");
  await createLocalStorage(folder).put(key(), pieces(randomBytes(10)));
  const [file] = filesIn(folder);
  expect(statSync(file!).mode & 0o777).toBe(0o600);
  for (let at = join(file!, ".."); at.startsWith(folder); at = join(at, "..")) {
    expect(statSync(at).mode & 0o777).toBe(0o700);
  }
});

test("what a process left half written is removed with its key", async () => {
  const folder = newFolder();
  const storage = createLocalStorage(folder);
  const at = key();
  let reached: () => void = () => undefined;
  const half = new Promise<void>((resolve) => {
    reached = resolve;
  });
  void storage.put(
    at,
    (async function* () {
      yield randomBytes(1000);
      reached();
      await new Promise(() => undefined);
    })(),
  );
  await half;
  expect(filesIn(folder)).toEqual([expect.stringContaining(`${at}.part`)]);
  expect(await storage.open(at)).toBeNull();
  await storage.remove(at);
  expect(filesIn(folder)).toEqual([]);
});

test("a full disk is said to be full, and what was begun is removed", async (context) => {
  const disk = smallDisk();
  if (disk === null) return context.skip("a small disk can only be mounted by root on Linux");
  const { folder, release } = disk;
  try {
    const s3 = { endpoint: "http://127.0.0.1:1", bucket: "b", region: "r", accessKeyId: "a", secretAccessKey: "s" };
    const storages = [createLocalStorage(folder), createS3Storage({ ...s3, pathStyle: true, spoolFolder: folder })];
    for (const storage of storages) {
      const big = pieces(...Array.from({ length: 10 }, () => randomBytes(65_536)));
      await expect(storage.put(key(), big)).rejects.toMatchObject({ kind: "unavailable", reason: "storage_full" });
      expect(filesIn(folder)).toEqual([]);
    }
    const small = key();
    await storages[0]?.put(small, pieces(randomBytes(100_000)));
    expect(existsSync(join(folder, small.slice(0, 2), small.slice(2, 4), small))).toBe(true);
  } finally {
    release();
  }
});
