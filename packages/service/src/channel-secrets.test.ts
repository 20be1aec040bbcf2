import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openChannelSecrets, SecretUnreadable } from "./channel-secrets.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "countersign-secrets-"));
});
afterAll(() => rm(folder, { recursive: true }));

const secret = "whsec_AAAA";

test("the key is made once, for its owner alone, however many begin at the same time", async () => {
  const file = join(folder, "keys", "channel-key");
  const [first, second] = await Promise.all([openChannelSecrets(file), openChannelSecrets(file)]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(second.open(3, first.seal(3, secret))).toBe(secret);
  expect((await openChannelSecrets(file)).open(3, second.seal(3, secret))).toBe(secret);
});

test("a sealed secret shows nothing, never looks the same twice, and belongs to its channel and key", async () => {
  const secrets = await openChannelSecrets(join(folder, "one"));
  const sealed = secrets.seal(3, secret);
  expect(sealed).not.toContain("whsec");
  expect(secrets.seal(3, secret)).not.toBe(sealed);
  expect(() => secrets.open(4, sealed)).toThrow(SecretUnreadable);
  const other = await openChannelSecrets(join(folder, "two"));
  expect(() => other.open(3, sealed)).toThrow(SecretUnreadable);
  const changed = `${sealed.slice(0, -2)}${sealed.endsWith("AA") ? "BB" : "AA"}`;
  expect(() => secrets.open(3, changed)).toThrow(SecretUnreadable);
  for (const cut of ["sealed:1:", "sealed:1:AAAA"]) expect(() => secrets.open(3, cut)).toThrow(SecretUnreadable);
  expect(secrets.open(3, secret)).toBe(secret);
});

test("a file that holds no key is no reason to make another one", async () => {
  const file = join(folder, "broken");
  await writeFile(file, "no key");
  await expect(openChannelSecrets(file)).rejects.toThrow("is no key");
  expect(await readFile(file, "utf8")).toBe("no key");
});
