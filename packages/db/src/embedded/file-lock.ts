import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startTimeOf } from "./processes.ts";

/** Held until `release`, or until the holding process is gone, however it ends. */
export type FileLock = { release: () => Promise<void> };
type Holder = { pid: number; startTime: string };

const free: Holder = { pid: 0, startTime: "" };

/**
 * Takes the lock `name` in `dir`, waiting at most `waitMs` for a living holder; answers that holder's pid when it stays.
 * The lock is the highest-numbered file: a free or orphaned number n is succeeded by making n + 1, which only one can do,
 * so that taking over from a dead holder is safe without removing anything another process may have just made.
 */
export async function acquireLock(dir: string, name: string, waitMs: number): Promise<FileLock | { heldBy: number }> {
  await mkdir(dir, { recursive: true });
  const deadline = Date.now() + waitMs;
  const own: Holder = { pid: process.pid, startTime: startTimeOf(process.pid) ?? "" };
  for (;;) {
    const current = await highest(dir, name);
    const holder = current === 0 ? free : await readHolder(dir, name, current);
    if (isFree(holder)) {
      const taken = await take(dir, name, current + 1, own);
      if (taken) return taken;
    } else if (Date.now() >= deadline) return { heldBy: holder.pid };
    else await sleep(50);
  }
}

const isFree = (holder: Holder): boolean => holder.pid === 0 || startTimeOf(holder.pid) !== holder.startTime;
const pathOf = (dir: string, name: string, number: number) => join(dir, `${name}.${number}`);

async function take(dir: string, name: string, number: number, own: Holder): Promise<FileLock | null> {
  const path = pathOf(dir, name, number);
  if (!(await writeWhole(path, own, link))) return null;
  const newest = await highest(dir, name);
  if (newest > number) {
    await rm(path, { force: true });
    return null;
  }
  for (const old of await numbers(dir, name)) if (old < number) await rm(pathOf(dir, name, old), { force: true });
  return {
    release: async () => {
      await writeWhole(path, free, rename);
    },
  };
}

/** The file appears with all its content or not at all. */
async function writeWhole(path: string, holder: Holder, place: typeof link): Promise<boolean> {
  const draft = `${path}-${randomUUID()}`;
  await writeFile(draft, JSON.stringify(holder), { mode: 0o644 });
  try {
    await place(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function numbers(dir: string, name: string): Promise<number[]> {
  const suffix = /^\.([0-9]+)$/;
  return (await readdir(dir)).flatMap((file) => {
    const match = file.startsWith(name) ? suffix.exec(file.slice(name.length)) : null;
    return match ? [Number(match[1])] : [];
  });
}

const highest = async (dir: string, name: string): Promise<number> => Math.max(0, ...(await numbers(dir, name)));

async function readHolder(dir: string, name: string, number: number): Promise<Holder> {
  try {
    return JSON.parse(await readFile(pathOf(dir, name, number), "utf8"));
  } catch {
    return free;
  }
}
