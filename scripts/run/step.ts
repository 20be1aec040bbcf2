import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** One program of a check: `args` follow the name of an installed tool, or of a script when it ends in `.ts`. */
export type Step = { name: string; tool: string; args: string[]; env?: Record<string, string> };

const running = new Set<ReturnType<typeof spawn>>();

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

function finish(step: Step, stdio: Stdio, take?: (chunk: Buffer) => void): Promise<number> {
  const [command, args] = commandOf(step);
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio, env: { ...process.env, ...step.env } });
    running.add(child);
    child.stdout?.on("data", (chunk: Buffer) => take?.(chunk));
    child.stderr?.on("data", (chunk: Buffer) => take?.(chunk));
    child.once("error", (error) => {
      take?.(Buffer.from(`${error.message}\n`));
      resolve(127);
    });
    child.once("close", (code) => {
      running.delete(child);
      resolve(code ?? 1);
    });
  });
}

function commandOf({ tool, args }: Step): [string, string[]] {
  if (tool.endsWith(".ts")) return [process.execPath, ["--import", "tsx", tool, ...args]];
  const installed = join(root, "node_modules", ".bin", tool);
  return [existsSync(installed) ? installed : tool, args];
}

/** Passes a stop on to the step that runs, and ends when it has ended. */
export function stopWithSteps(): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      for (const child of running) child.kill(signal);
      process.exitCode = signal === "SIGINT" ? 130 : 143;
      setTimeout(() => process.exit(), 10_000).unref();
    });
  }
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel?.unref();
}
