import { type ChildProcess, type StdioOptions, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export type RedisServer = {
  url: string;
  port: number;
  /** The process id of the server that runs now; another one after `restart`. */
  readonly pid: number;
  /** Ends it in order and removes its folder. */
  stop: () => Promise<void>;
  /** Ends it with SIGKILL; `restart` brings it back on the same port and folder. */
  kill: () => Promise<void>;
  restart: () => Promise<void>;
};

/** Whether there is a redis-server on the PATH; without one, tests that need it are skipped. */
export const redisIsInstalled = (): boolean => spawnSync("redis-server", ["--version"]).status === 0;

/**
 * A port of 127.0.0.1 that nobody listens on. It lies below the range that outgoing connections are given, so that a server
 * which is killed finds it free again.
 */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    // A server with a password answers -NOAUTH, one that still loads its file -LOADING.
    socket.on("data", (data) => end(!data.toString().startsWith("-LOADING")));
    socket.on("error", () => end(false));
    socket.setTimeout(1000, () => end(false));
  });

const launch = async (port: number, dir: string, args: readonly string[]): Promise<ChildProcess> => {
  const fixed = ["--port", String(port), "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--daemonize", "no"];
  const child = spawn("redis-server", [...fixed, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const hear = (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  let failure: Error | undefined;
  child.on("error", (error) => {
    failure = error;
  });
  for (let tries = 0; tries < 1000; tries++) {
    if (failure) throw new Error("redis-server is not on the PATH (Debian: apt-get install redis-server).");
    if (child.exitCode !== null) throw new Error(`redis-server ended at once: ${said}`);
    if (await answers(port)) return child;
    await sleep(10);
  }
  child.kill("SIGKILL");
  throw new Error(`redis-server does not answer: ${said}`);
};

// Reads from a pipe that only this process holds open: its end, even by SIGKILL, is the end of the pipe.
const afterwards = 'read -r _; kill -KILL "$1"; rm -rf "$2"';

/** Leaves a process behind that ends the server and removes its folder once this process is gone. The answer calls it off. */
const endWithThisProcess = (pid: number, dir: string): (() => void) => {
  const stdio: StdioOptions = ["pipe", "ignore", "ignore"];
  const watcher = spawn("sh", ["-c", afterwards, "sh", String(pid), dir], { detached: true, stdio });
  watcher.on("error", () => undefined);
  watcher.unref();
  (watcher.stdin as Socket).unref();
  return () => watcher.kill("SIGKILL");
};

/** Starts a real redis-server for tests, on a free port and in a folder of its own; by default it keeps nothing on disk. */
export const startRedis = async (options: { port?: number; args?: readonly string[] } = {}): Promise<RedisServer> => {
  const port = options.port ?? (await freePort());
  const dir = await mkdtemp(join(tmpdir(), "countersign-redis-"));
  const start = async () => {
    const started = await launch(port, dir, options.args ?? []);
    return { child: started, spare: endWithThisProcess(Number(started.pid), dir) };
  };
  let { child, spare } = await start();
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    // A stopped process does not hear SIGTERM.
    if (signal !== "SIGKILL") child.kill("SIGCONT");
    await exited;
    spare();
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      if (child.pid === undefined) throw new Error("redis-server does not run");
      return child.pid;
    },
    stop: async () => {
      await end("SIGTERM");
      await rm(dir, { recursive: true, force: true });
    },
    kill: () => end("SIGKILL"),
    restart: async () => {
      await end("SIGKILL");
      ({ child, spare } = await start());
    },
  };
};
