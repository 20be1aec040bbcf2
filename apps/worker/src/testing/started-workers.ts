import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const killed = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
};

/** Worker processes of one test, on a folder of their own. */
export const startedWorkers = async (base: Record<string, string>) => {
  const folder = await mkdtemp(join(tmpdir(), "countersign-worker-"));
  const main = fileURLToPath(new URL("../main.ts", import.meta.url));
  const children: ChildProcess[] = [];
  return {
    folder,
    start: (env: Record<string, string> = {}): ChildProcess => {
      const child = spawn(process.execPath, ["--import", "tsx", main], {
        stdio: ["ignore", "ignore", "inherit", "ipc"],
        env: {
          ...{
            PATH: process.env.PATH ?? "",
            NODE_ENV: "test",
            LOG_LEVEL: "silent",
            HEALTH_PORT: "0",
            DATA_DIR: folder,
          },
          ...base,
          ...env,
        },
      });
      children.push(child);
      return child;
    },
    end: async (): Promise<void> => {
      await Promise.all(children.map(killed));
      await rm(folder, { recursive: true, force: true });
    },
  };
};
