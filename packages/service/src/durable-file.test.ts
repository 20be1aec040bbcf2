import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createFile, readTextOrNull, replaceFile } from "./durable-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "countersign-durable-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("of many that make a file at once one wins, and nobody reads half of it", async () => {
  const file = join(folder, "new", "key");
  const texts = Array.from({ length: 5 }, (_, number) => String(number).repeat(4_000_000));
  const seen = new Set<string | null>();
  let isMade = false;
  const reading = (async () => {
    do seen.add(await readTextOrNull(file));
    while (!isMade);
  })();
  await Promise.all(texts.map((text) => createFile(file, text)));
  isMade = true;
  await reading;
  const made = await readFile(file, "utf8");
  expect(texts).toContain(made);
  seen.delete(null);
  expect([...seen, made].every((text) => text === made)).toBe(true);
  expect(await readdir(join(folder, "new"))).toEqual(["key"]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test("a file that stands is left by who makes it, and changed by who replaces it", async () => {
  const file = join(folder, "anchor");
  expect(await readTextOrNull(file)).toBeNull();
  await createFile(file, "first");
  await createFile(file, "second");
  expect(await readTextOrNull(file)).toBe("first");
  await replaceFile(file, "third");
  expect(await readTextOrNull(file)).toBe("third");
  expect(await readdir(folder)).toEqual(["anchor"]);
});

test("what cannot be read or made is told, and leaves nothing", async () => {
  await expect(readTextOrNull(folder)).rejects.toThrow("EISDIR");
  await createFile(join(folder, "file"), "");
  await expect(createFile(join(folder, "file", "key"), "text")).rejects.toThrow(/ENOTDIR|EEXIST/);
  expect(await readdir(folder)).toEqual(["file"]);
});
