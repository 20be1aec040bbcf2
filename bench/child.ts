import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { root } from "../scripts/run/step.ts";

/** A process that this run has started. */
export type Child = {
  name: string;
  pid: number;
  /** What it said when it was ready. */
  port: number;
  /** Sends a message and waits for the next one. */
  ask: <Question, Reply>(question: Question) => Promise<Reply>;
  stop: () => Promise<void>;
};

export type ChildOptions = {
  name: string;
  file: string;
  env?: Record<string, string>;
  /** A file for what it writes; it is quoted when the process ends too early. */
  log: string;
  profile: string | undefined;
};

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

const lastLines = (log: string): string => readFileSync(log, "utf8").trim().split("\n").slice(-5).join("\n");

/** Starts a program of ours as `npm start` does, with the same options for Node, and waits until it says it is ready. */
export const startChild = async ({ name, file, env = {}, log, profile }: ChildOptions): Promise<Child> => {
  // Node gives each thread of the process a file of its own there, and would let them share a name.
  const profiling = profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}/${name}`];
  const output = openSync(log, "a");
  const child = spawn(process.execPath, [...profiling, "--max-semi-space-size=64", "--import", "tsx", file], {
    cwd: root,
    stdio: ["ignore", output, output, "ipc"],
    env: { PATH: process.env.PATH ?? "", NODE_ENV: "production", ...env },
  });
  closeSync(output);
  const atExit = (): void => {
    child.kill("SIGKILL");
  };
  process.once("exit", atExit);
  const ended = once(child, "exit").then(() => {
    throw new Error(`The ${name} ended too early; it said:\n${lastLines(log)}`);
  });
  ended.catch(() => undefined);
  const next = async (): Promise<unknown> => (await Promise.race([once(child, "message"), ended]))[0];
  const { port = 0 } = (await next()) as { port?: number };
  return {
    name,
    pid: child.pid ?? 0,
    port,
    ask: async <Question, Reply>(question: Question): Promise<Reply> => {
      const reply = next();
      child.send(question as object);
      const answer = (await reply) as Reply & { failed?: string };
      if (answer.failed !== undefined) throw new Error(`The ${name} failed: ${answer.failed}`);
      return answer;
    },
    stop: async () => {
      process.removeListener("exit", atExit);
      if (!isRunning(child)) return;
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      const timer = setTimeout(atExit, 10_000);
      await gone;
      clearTimeout(timer);
    },
  };
};
