import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { StartError } from "@countersign/db/embedded/start-error";
import { root } from "../run/step.ts";

/** A part that runs beside this process. */
export type Part = { name: string; args: string[]; env: Record<string, string> };

export type Supervised = {
  /** Settles when the part has said it is ready for the first time; rejects with `StartError` when it ends before. */
  ready: Promise<void>;
  /** SIGTERM, at most `limitMs` to drain, then SIGKILL. */
  stop(limitMs: number): Promise<void>;
  /** Ends it at once, for good. */
  kill(): void;
  /** Ends it at once and starts it again. */
  restart(): void;
};

type Listener = {
  log: (chunk: Buffer) => void;
  tell: (sentence: string) => void;
  started: (pid: number) => void;
  /** Gets what the part says besides being ready, and a way to answer it. */
  heard?: (message: unknown, answer: (message: object) => void) => void;
};

const ATTEMPTS = 3;
const LONGEST_BACKOFF_MS = 10_000;
const STEADY_MS = 30_000;

/** Runs a part in a process group of its own and starts it again, ever more slowly, whenever it ends by itself. */
export function supervise(part: Part, { log, tell, started, heard }: Listener): Supervised {
  let child: ChildProcess | undefined;
  let stopping = false;
  let wasReady = false;
  let failures = 0;
  let isWanted = false;
  const last: string[] = [];

  let isReady: () => void = () => undefined;
  let hasFailed: (error: StartError) => void = () => undefined;
  const ready = new Promise<void>((resolve, reject) => {
    isReady = resolve;
    hasFailed = reject;
  });
  const keepLast = (chunk: Buffer) => {
    log(chunk);
    last.push(...chunk.toString().trim().split("\n"));
    last.splice(0, last.length - 5);
  };

  async function runOnce(): Promise<string> {
    const running = spawn(process.execPath, part.args, {
      cwd: root,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: { ...inherited(), ...part.env },
    });
    child = running;
    if (running.pid !== undefined) started(running.pid);
    running.stdout?.on("data", keepLast);
    running.stderr?.on("data", keepLast);
    running.on("message", (message: { type?: string }) => {
      if (message.type !== "ready") return heard?.(message, answer);
      wasReady = true;
      isReady();
    });
    try {
      const [code, signal] = await once(running, "exit");
      return signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
    } catch (error) {
      return `could not be run (${(error as NodeJS.ErrnoException).code})`;
    }
  }

  // To the part as it runs then: it may have been started again meanwhile.
  const answer = (message: object) => {
    if (child?.connected) child.send(message, () => undefined);
  };

  async function keepRunning(): Promise<void> {
    for (; !stopping; failures++) {
      const since = Date.now();
      isWanted = false;
      const how = await runOnce();
      if (stopping) return;
      if (!wasReady && failures === ATTEMPTS - 1) {
        return hasFailed(new StartError(ownSentence(last) ?? `The ${part.name} ${how} while starting; see its log.`));
      }
      if (Date.now() - since > STEADY_MS) failures = 0;
      const backoffMs = Math.min(LONGEST_BACKOFF_MS, 100 * 2 ** failures);
      if (wasReady && !isWanted) tell(`The ${part.name} ${how}; starting it again.`);
      await sleep(backoffMs);
    }
  }

  const ended = keepRunning();
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const killNow = () => {
    if (isRunning() && child?.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  };
  const kill = () => {
    stopping = true;
    killNow();
  };
  return {
    ready,
    kill,
    restart: () => {
      isWanted = true;
      failures = -1;
      killNow();
    },
    stop: async (limitMs) => {
      stopping = true;
      if (!isRunning()) return;
      child?.kill("SIGTERM");
      const timer = setTimeout(kill, limitMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** What the part said last, when that is a sentence and not a line of its log. */
function ownSentence(lines: string[]): string | undefined {
  return lines.filter((line) => line !== "" && !line.startsWith("{")).at(-1);
}

/** The first administrator's password and the owner's database account are this process's alone. */
function inherited(): NodeJS.ProcessEnv {
  const { COUNTERSIGN_ADMIN_PASSWORD: _password, DATABASE_URL: _url, ...rest } = process.env;
  return rest;
}
