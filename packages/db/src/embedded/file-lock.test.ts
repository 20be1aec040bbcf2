import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acquireLock } from "./file-lock.ts";

const root = new URL("../../../..", import.meta.url).pathname;
const children: ChildProcess[] = [];
let dir = "";

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "countersign-lock-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(dir, { recursive: true, force: true });
});

function elsewhere(code: string): ChildProcess {
  const script = `import { acquireLock } from "${root}packages/db/src/embedded/file-lock.ts"; ${code}`;
  const args = ["--import", "tsx", "--input-type=module", "-e", script, dir];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  return child;
}

test("a held lock names its holder and is free after release", async () => {
  const lock = await acquireLock(dir, "lock", 0);
  expect(await acquireLock(dir, "lock", 0)).toEqual({ heldBy: process.pid });
  if ("release" in lock) await lock.release();
  expect(await acquireLock(dir, "lock", 0)).toHaveProperty("release");
});

test("a lock outlives neither a killed holder nor one whose pid is used again", async () => {
  const holder = elsewhere(
    `await acquireLock(process.argv[1], "lock", 0); console.log("held"); setInterval(() => {}, 1000);`,
  );
  await once(holder.stdout!, "data");
  expect(await acquireLock(dir, "lock", 0)).toEqual({ heldBy: holder.pid });
  holder.kill("SIGKILL");
  await once(holder, "exit");
  expect(await acquireLock(dir, "lock", 0)).toHaveProperty("release");
  writeFileSync(join(dir, "other.1"), JSON.stringify({ pid: process.pid, startTime: "another" }));
  expect(await acquireLock(dir, "other", 0)).toHaveProperty("release");
});

test("of many who find a dead holder one at a time gets the lock", async () => {
  writeFileSync(join(dir, "lock.7"), JSON.stringify({ pid: 2 ** 22 + 1, startTime: "gone" }));
  const code = `import { rmSync, writeFileSync } from "node:fs";
    for (let round = 0; round < 20; round++) {
      const lock = await acquireLock(process.argv[1], "lock", 30_000);
      writeFileSync(process.argv[1] + "/inside", "", { flag: "wx" });
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 3));
      rmSync(process.argv[1] + "/inside");
      await lock.release();
    }`;
  const exits = await Promise.all([1, 2, 3, 4].map(() => once(elsewhere(code), "exit")));
  expect(exits.map(([exitCode]) => exitCode)).toEqual([0, 0, 0, 0]);
  expect(readdirSync(dir)).toHaveLength(1);
});
