import { renameSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startTimeOf } from "@countersign/db/embedded/processes";

type Process = { pid: number; startTime: string };
type Run = { main: Process; stopping: boolean; children: Process[] };

const fileIn = (dataDir: string) => join(dataDir, "run.json");
const isAlive = ({ pid, startTime }: Process): boolean => startTimeOf(pid) === startTime;
const identify = (pid: number): Process[] => {
  const startTime = startTimeOf(pid);
  return startTime === null ? [] : [{ pid, startTime }];
};

/** Notes which processes this run consists of, so that the next one can tell what is left of it. */
export function createRunRecord(dataDir: string) {
  const children = new Map<string, number>();
  let stopping = false;
  const write = () => {
    const run: Run = {
      main: { pid: process.pid, startTime: startTimeOf(process.pid) ?? "" },
      stopping,
      children: [...children.values()].flatMap(identify),
    };
    const draft = `${fileIn(dataDir)}.new`;
    writeFileSync(draft, JSON.stringify(run));
    renameSync(draft, fileIn(dataDir));
  };
  return {
    child(name: string, pid: number): void {
      children.set(name, pid);
      write();
    },
    stopping(): void {
      stopping = true;
      write();
    },
  };
}

/**
 * Waits for a run on the same data that is just stopping, and ends what a killed one has left behind: its api and
 * worker end by themselves when they notice, within the time they may drain; after that they are killed.
 */
export async function settlePreviousRun(dataDir: string, limitMs = 30_000): Promise<void> {
  const run = await read(dataDir);
  if (run === null || (isAlive(run.main) && !run.stopping)) return;
  const deadline = Date.now() + limitMs;
  const left = () => (isAlive(run.main) ? [run.main, ...run.children] : run.children).filter(isAlive);
  while (left().length > 0 && Date.now() < deadline) await sleep(100);
  if (!isAlive(run.main)) for (const { pid } of left()) process.kill(pid, "SIGKILL");
}

async function read(dataDir: string): Promise<Run | null> {
  try {
    return JSON.parse(await readFile(fileIn(dataDir), "utf8"));
  } catch {
    return null;
  }
}
