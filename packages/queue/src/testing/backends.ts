import { readdirSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmbedded } from "@countersign/db/embedded";
import { Redis } from "ioredis";
import pg from "pg";
import { connectQueues, type QueueConnection } from "../connect.ts";
import { redisIsInstalled, startRedis } from "../testing.ts";

/** A real server under the queues, and what may happen to it. */
export type Backend = {
  kind: "redis" | "postgres";
  address: { redisUrl?: string; databaseUrl?: string };
  connect: () => QueueConnection;
  kill: () => Promise<void>;
  restart: () => Promise<void>;
  /** Forgets every queue and job. */
  wipe: () => Promise<void>;
  /** Lets the server answer everything a worker asks with an error, or no longer. */
  refuse: (refusing: boolean) => Promise<void>;
  /** Stops (`SIGSTOP`) or continues the server with all its processes: its connections stay open and silent. */
  signal: (signal: "SIGSTOP" | "SIGCONT") => void;
  stop: () => Promise<void>;
};

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const childrenOf = (parent: number): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);

const parentOf = (pid: number): number | undefined => {
  try {
    return Number(/\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1]);
  } catch {
    return undefined;
  }
};

const onRedis = async (): Promise<Backend> => {
  const server = await startRedis();
  const address = { redisUrl: server.url };
  const command = async (name: string, ...args: string[]) => {
    const client = new Redis(server.url);
    await client.call(name, ...args);
    client.disconnect();
  };
  return {
    kind: "redis",
    address,
    connect: () => connectQueues({ ...address, logger: silent }),
    kill: server.kill,
    restart: server.restart,
    wipe: () => command("FLUSHALL"),
    refuse: (refusing) => command("ACL", "SETUSER", "default", ...(refusing ? ["-eval", "-evalsha"] : ["+@all"])),
    signal: (signal) => process.kill(server.pid, signal),
    stop: server.stop,
  };
};

const onPostgres = async (): Promise<Backend> => {
  const dir = await mkdtemp(join(tmpdir(), "countersign-queue-"));
  await chmod(dir, 0o755);
  const start = () => startEmbedded({ dataDir: join(dir, "postgres"), durable: false, ephemeral: true });
  let server = await start();
  const address = { databaseUrl: server.databaseUrl };
  const query = async (statement: string) => {
    const client = new pg.Client(address.databaseUrl);
    await client.connect();
    await client.query(statement);
    await client.end();
  };
  return {
    kind: "postgres",
    address,
    connect: () => connectQueues({ ...address, logger: silent }),
    kill: async () => {
      const { pid } = server;
      process.kill(pid, "SIGKILL");
      // Its children notice and leave; until then they hold the memory a new server needs.
      while (parentOf(pid) !== undefined && !isZombie(pid)) await sleep(10);
    },
    restart: async () => {
      server = await start();
    },
    wipe: () => query("drop schema if exists bullmq cascade"),
    refuse: (refusing) => query(`alter schema ${refusing ? "bullmq rename to gone" : "gone rename to bullmq"}`),
    signal: (signal) => {
      for (const pid of [server.pid, ...childrenOf(server.pid)]) process.kill(pid, signal);
    },
    stop: async () => {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
};

const isZombie = (pid: number): boolean => /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

export const postgres = { kind: "postgres", start: onPostgres } as const;
export const backends = [...(redisIsInstalled() ? [{ kind: "redis", start: onRedis } as const] : []), postgres];

/** Waits until `claim` holds and says how long it took, in milliseconds; throws after `limitMs`. */
export const until = async (claim: () => boolean | Promise<boolean>, limitMs = 15_000): Promise<number> => {
  const since = performance.now();
  while (!(await claim())) {
    if (performance.now() - since > limitMs) throw new Error(`did not become true in ${limitMs} ms: ${claim}`);
    await sleep(10);
  }
  return performance.now() - since;
};
