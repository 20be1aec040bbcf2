import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** One program of a check: `args` follow the name of an installed tool, or of a script when it ends in `.ts`. */
export type Step = { name: string; tool: string; args: string[]; env?: Record<string, string> };

const running = new Set<ChildProcess>();
let stopSignal: NodeJS.Signals | undefined;

// What hangs is a failure too; the longest step, all tests, takes a quarter of an hour on two cores.
const LIMIT_MS = 60 * 60_000;

/** Runs one step quietly and prints one line, and its output only when it fails. True when it passed. */
export async function runQuietly(step: Step): Promise<boolean> {
  const { passed, seconds, output } = await runSilently(step);
  console.log(`${passed ? "✓" : "✗"} ${step.name} ${seconds} s`);
  if (!passed) process.stdout.write(output);
  return passed;
}

/** Runs one step and keeps what it says. */
export async function runSilently(step: Step): Promise<{ passed: boolean; seconds: string; output: Buffer }> {
  const since = performance.now();
  const output: Buffer[] = [];
  const code = await finish(step, ["ignore", "pipe", "pipe"], (chunk) => output.push(chunk));
  return {
    passed: code === 0,
    seconds: ((performance.now() - since) / 1000).toFixed(1),
    output: Buffer.concat(output),
  };
}

/** Runs one step with its output on the terminal. True when it passed. */
export async function runLoudly(step: Step): Promise<boolean> {
  return (await finish(step, ["ignore", "inherit", "inherit"])) === 0;
}

type Stdio = ["ignore", "pipe" | "inherit", "pipe" | "inherit"];

/** Each step has a process group of its own, so that one that hangs can be ended with all it has started. */
function finish(step: Step, stdio: Stdio, take: (chunk: Buffer) => void = () => undefined): Promise<number> {
  const [command, args] = commandOf(step);
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio, detached: true, env: { ...process.env, ...step.env } });
    running.add(child);
    const timer = setTimeout(() => {
      console.error(`${step.name} did not end within ${LIMIT_MS / 60_000} minutes and was stopped.`);
      signalGroup(child, "SIGKILL");
    }, LIMIT_MS);
    const done = (code: number) => {
      clearTimeout(timer);
      running.delete(child);
      if (stopSignal === undefined) resolve(code);
      else if (running.size === 0) process.exit(stopSignal === "SIGINT" ? 130 : 143);
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    child.once("error", (error) => {
      take(Buffer.from(`${error.message}\n`));
      done(127);
    });
    child.once("close", (code) => done(code ?? 1));
  });
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, signal);
}

function commandOf({ tool, args }: Step): [string, string[]] {
  if (tool.endsWith(".ts")) return [process.execPath, ["--import", "tsx", tool, ...args]];
  const installed = join(root, "node_modules", ".bin", tool);
  return [existsSync(installed) ? installed : tool, args];
}

/** Passes a stop on to the step that runs, and ends when it has ended, after 10 s by force: no further step begins. */
export function stopWithSteps(): void {
  const end = (signal: NodeJS.Signals) => {
    for (const child of running) signalGroup(child, "SIGKILL");
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  const stop = (signal: NodeJS.Signals) => {
    if (stopSignal !== undefined || running.size === 0) end(signal);
    stopSignal = signal;
    for (const child of running) signalGroup(child, signal);
    setTimeout(end, 10_000, signal);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  process.once("disconnect", () => stop("SIGTERM"));
  process.channel?.unref();
}
