import { type ChildProcess, spawn } from "node:child_process";
import type { DemoMessage } from "../../apps/api/src/demo-office.ts";
import { root } from "../run/step.ts";

type Answer = (message: DemoMessage) => void;

const isAsked = (message: unknown): boolean =>
  typeof message === "object" && message !== null && "type" in message && message.type === "fill-demo";

/**
 * Fills the office in a process of its own when the API asks for it, since that takes the owner's database account. One at a
 * time; how it goes is told to `answer`, the end included, however it came.
 */
export const createDemoFiller = (env: { databaseUrl: string; dataDir: string }, log: (chunk: Buffer) => void) => {
  let running: ChildProcess | undefined;
  const hear = (message: unknown, answer: Answer): void => {
    if (!isAsked(message) || running) return;
    const child = spawn(process.execPath, ["--import", "tsx", "scripts/fill-demo.ts"], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...process.env, NODE_ENV: "production", DATABASE_URL: env.databaseUrl, DATA_DIR: env.dataDir },
    });
    running = child;
    let isTold = false;
    child.stdout?.on("data", log);
    child.stderr?.on("data", log);
    child.on("message", (said: DemoMessage) => {
      isTold ||= said.type !== "demo-progress";
      answer(said);
    });
    child.once("error", () => undefined);
    child.once("close", () => {
      running = undefined;
      if (isTold) return;
      answer({
        type: "demo-failed",
        sentence: "Filling the office ended before it was done; see the log of the demo.",
      });
    });
  };
  return { hear, stop: async (): Promise<void> => void running?.kill() };
};
