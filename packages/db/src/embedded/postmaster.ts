import { once } from "node:events";
import { closeSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { run } from "./binaries.ts";
import { type Cluster, lastWords, openLog, writeOwned } from "./cluster.ts";
import { isPostmasterOf, startTimeOf } from "./processes.ts";
import { StartError } from "./start-error.ts";

/** A server that answers; `adopted` when it was alive before we came. */
export type Running = { pid: number; port: number; password: string; adopted: boolean; clusterDir: string };
type PidFile = { pid: number; port: number };

// Crash recovery replays up to max_wal_size; a server that is alive and says it is starting is given time.
const RECOVERY_LIMIT_MS = 600_000;
const LAUNCH_LIMIT_MS = 30_000;
const ZOMBIE_LIMIT_MS = 15_000;

/**
 * Adopts the cluster's living server, else starts one, on `samePort` when it must be the same again. Call it under the
 * start lock. A killed server may stay a zombie, and its sessions alive, for seconds: until then it tries again.
 */
export async function findOrLaunch(cluster: Cluster, password: string, samePort?: number): Promise<Running> {
  const clusterDir = join(cluster.dataDir, "cluster");
  const since = Date.now();
  const waited = () => Date.now() - since;
  let launched = false;
  for (;;) {
    const found = await readPidFile(clusterDir);
    if (found && isPostmasterOf(found.pid, clusterDir)) {
      if (await opens(found.port, password, clusterDir)) return { ...found, password, adopted: !launched, clusterDir };
      if (waited() > RECOVERY_LIMIT_MS) {
        throw new StartError(
          `The database server (process ${found.pid}) runs but does not answer; end it and start again.`,
        );
      }
      await sleep(30);
      continue;
    }
    if (found && isLeftover(found.pid, waited())) await rm(join(clusterDir, "postmaster.pid"), { force: true });
    const port = await choosePort(cluster, samePort);
    if (port === null) {
      if (waited() > LAUNCH_LIMIT_MS) {
        throw new StartError(
          `Another program has taken port ${samePort}, on which the database must come back; end it.`,
        );
      }
    } else {
      launched = true;
      if (await launch(cluster, clusterDir, port)) continue;
      const reason = await lastWords(cluster);
      const passing = /lock file|shared memory block|TCP\/IP sockets/.test(reason);
      if (!passing || waited() > LAUNCH_LIMIT_MS) {
        throw new StartError(`The database in ${cluster.dataDir} did not start: ${reason}`);
      }
    }
    await sleep(250);
  }
}

/** Ends the server in order (sessions ended, checkpoint written) and waits for its process to be gone. */
export async function shutDown({ pid, clusterDir }: Running): Promise<void> {
  for (const [signal, limitMs] of [
    ["SIGINT", 60_000],
    ["SIGQUIT", 10_000],
  ] as const) {
    if (!isPostmasterOf(pid, clusterDir)) return;
    process.kill(pid, signal);
    const deadline = Date.now() + limitMs;
    while (Date.now() < deadline && isPostmasterOf(pid, clusterDir)) await sleep(20);
  }
}

/** PostgreSQL itself clears a file whose process is gone; a pid that now belongs to another program would stop it for good. */
function isLeftover(pid: number, waitedMs: number): boolean {
  return startTimeOf(pid) !== null || waitedMs > ZOMBIE_LIMIT_MS;
}

/** Starts the server; false when it ended before it took the cluster. */
async function launch(cluster: Cluster, clusterDir: string, port: number): Promise<boolean> {
  const settings = { ...cluster.settings, port: String(port) };
  const args = ["-D", clusterDir, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  const log = openLog(cluster);
  const child = run(cluster.binaries.account, cluster.binaries.postgres, args, clusterDir, log);
  closeSync(log);
  child.unref();
  let ended = false;
  once(child, "exit").then(
    () => {
      ended = true;
    },
    () => {
      ended = true;
    },
  );
  while (!ended) {
    const found = await readPidFile(clusterDir);
    if (found?.pid === child.pid && found && isPostmasterOf(found.pid, clusterDir)) return true;
    await sleep(20);
  }
  return false;
}

/** Lines of postmaster.pid: pid, data directory, start time, port, … */
async function readPidFile(clusterDir: string): Promise<PidFile | null> {
  const text = await readFile(join(clusterDir, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, port: Number(lines[3] ?? 0) } : null;
}

/** Whether the server on this port is the cluster's, lets us in, and has the product's database (made when missing). */
async function opens(port: number, password: string, clusterDir: string): Promise<boolean> {
  if (port === 0) return false;
  const sql = postgres({
    host: "127.0.0.1",
    port,
    user: "postgres",
    password,
    database: "postgres",
    max: 1,
    connect_timeout: 5,
  });
  try {
    const [row] = await sql<{ dir: string; made: boolean }[]>`
      select current_setting('data_directory') as dir,
             exists (select from pg_database where datname = 'countersign') as made`;
    if (row?.dir !== clusterDir) return false;
    if (!row.made) await sql`create database countersign`;
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "28P01") {
      throw new StartError("The database refuses the password in its own password file; put the right file back.", {
        cause: error,
      });
    }
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** The port of last time when it is free, else a new one; below the ephemeral range, where no outgoing connection can take it. */
async function choosePort(cluster: Cluster, samePort?: number): Promise<number | null> {
  if (samePort !== undefined) return (await isFree(samePort)) ? samePort : null;
  const file = join(cluster.dataDir, "port");
  const last = Number(await readFile(file, "utf8").catch(() => "0"));
  if (last > 0 && (await isFree(last))) return last;
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    if (!(await isFree(port))) continue;
    await writeOwned(cluster, file, String(port));
    return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
