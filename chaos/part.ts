import { setTimeout as sleep } from "node:timers/promises";
import { supervise } from "../scripts/start/children.ts";
import { openLogFile } from "../scripts/start/log-file.ts";

/** One process of the product, brought back by the product's own supervisor whenever it ends. */
export type Part = {
  name: string;
  pid(): number;
  /** How often it was started. */
  starts(): number;
  /** How often it ended without being killed or restarted by us. */
  unexpectedEnds(): number;
  /** SIGKILL. */
  kill(): void;
  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGTERM"): void;
  isReady(): Promise<boolean>;
  /** Ends it in order and starts it again with more in its environment; earlier additions are forgotten. */
  restartWith(more: Record<string, string>): Promise<void>;
  stop(): Promise<void>;
};

const nodeArgs = ["--max-semi-space-size=64", "--import", "tsx"];
const drainLimitMs = 27_000;

const answers = async (port: number): Promise<boolean> => {
  const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(1500) }).catch(
    () => undefined,
  );
  await answer?.body?.cancel();
  return answer?.ok === true;
};

/** Waits until `claim` holds; throws after `limitMs`. */
export const until = async (
  what: string,
  claim: () => Promise<boolean> | boolean,
  limitMs: number,
): Promise<number> => {
  const since = performance.now();
  while (!(await claim())) {
    if (performance.now() - since > limitMs) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
    await sleep(20);
  }
  return performance.now() - since;
};

/** Starts a program of the product under its own supervisor; its log goes to the folder `logs`. */
export const startPart = async (
  name: string,
  program: string,
  env: Record<string, string>,
  healthPort: number,
  logs: string,
): Promise<Part> => {
  let pid = 0;
  let starts = 0;
  let wanted = 0;
  const log = openLogFile(logs, name);
  const run = (more: Record<string, string>) => {
    wanted += 1;
    const supervised = supervise(
      { name, args: [...nodeArgs, `apps/${program}/src/main.ts`], env: { ...env, ...more } },
      {
        log,
        tell: () => undefined,
        started: (started) => {
          pid = started;
          starts += 1;
        },
      },
    );
    // Whoever waits for it hears of it.
    supervised.ready.catch(() => undefined);
    return supervised;
  };
  let running = run({});
  await running.ready;
  return {
    name,
    pid: () => pid,
    starts: () => starts,
    unexpectedEnds: () => Math.max(0, starts - wanted),
    kill: () => {
      wanted += 1;
      running.restart();
    },
    signal: (signal) => {
      try {
        process.kill(pid, signal);
      } catch (error) {
        // It has just ended and is about to be started again.
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    },
    isReady: () => answers(healthPort),
    restartWith: async (more) => {
      await running.stop(drainLimitMs);
      running = run(more);
      await running.ready;
      // A crash point makes it end by design, as often as it is reached.
      if (more.CRASH_AT !== undefined) wanted = Number.POSITIVE_INFINITY;
      else wanted = starts;
    },
    stop: () => running.stop(drainLimitMs),
  };
};
