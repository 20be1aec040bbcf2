import { realpathSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { findBinaries } from "./embedded/binaries.ts";
import { ensureCluster } from "./embedded/cluster.ts";
import { endWithThisProcess } from "./embedded/ephemeral.ts";
import { acquireLock } from "./embedded/file-lock.ts";
import { findOrLaunch, type Running, shutDown } from "./embedded/postmaster.ts";
import { isPostmasterOf } from "./embedded/processes.ts";
import { serverSettings } from "./embedded/settings.ts";
import { StartError } from "./embedded/start-error.ts";

export { StartError };

/** A PostgreSQL of our own on this machine's loopback address. */
export type EmbeddedServer = {
  /** The superuser's address, database `postgres`. It holds the password: never print it. */
  readonly url: string;
  /** The superuser's address of the product's own database, `countersign`, which exists. */
  readonly databaseUrl: string;
  readonly port: number;
  /** The server process; changes when a watched server had to be started again. */
  readonly pid: number;
  /** Whether a server left over by an earlier run was found and kept. */
  readonly adopted: boolean;
  /** Starts the server again, on the same address, whenever it dies; tells what it sees. Ends with `stop`. */
  watch(tell: (what: WatchEvent) => void): void;
  /** Ends sessions, writes a checkpoint and waits until the process is gone. Safe to call twice. */
  stop(): Promise<void>;
};

export type WatchEvent =
  | { kind: "died" }
  | { kind: "restarted"; afterMs: number }
  | { kind: "failed"; sentence: string };

export type EmbeddedOptions = {
  dataDir: string;
  settings?: Record<string, string>;
  durable?: boolean;
  /** For tests: should this process end without `stop`, however it ends, server and folder go with it. */
  ephemeral?: boolean;
};

/**
 * Starts, or adopts, the one PostgreSQL server of `dataDir`; two callers at once get the same server.
 * Password and port are kept in the folder, so the address outlives restarts. `durable: false` is for tests only.
 * Throws `StartError` with a plain sentence.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const durable = options.durable ?? true;
  const settings = serverSettings(durable, options.settings);
  const binaries = findBinaries(options.dataDir);
  const dataDir = realpathSync(options.dataDir);
  const cluster = { dataDir, binaries, settings, durable };
  let stopped = false;
  let running = await exclusively(dataDir, async () => findOrLaunch(cluster, await ensureCluster(cluster)));
  const spare = options.ephemeral === true ? endWithThisProcess(running.pid, dataDir) : undefined;
  const address = (database: string) => `postgres://postgres:${running.password}@127.0.0.1:${running.port}/${database}`;

  async function revive(tell: (what: WatchEvent) => void): Promise<void> {
    const since = Date.now();
    tell({ kind: "died" });
    for (let attempt = 0; !stopped; attempt++) {
      try {
        const { password, port } = running;
        running = await exclusively(dataDir, () => findOrLaunch(cluster, password, port));
        return tell({ kind: "restarted", afterMs: Date.now() - since });
      } catch (error) {
        tell({ kind: "failed", sentence: error instanceof StartError ? error.sentence : String(error) });
        await sleep(Math.min(30_000, 500 * 2 ** attempt));
      }
    }
  }

  let reviving = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const watch = (tell: (what: WatchEvent) => void): void => {
    if (stopped || timer) return;
    let busy = false;
    timer = setInterval(() => {
      if (busy || isPostmasterOf(running.pid, running.clusterDir)) return;
      busy = true;
      reviving = revive(tell).finally(() => {
        busy = false;
      });
    }, 200);
    timer.unref();
  };

  return {
    get url() {
      return address("postgres");
    },
    get databaseUrl() {
      return address("countersign");
    },
    get port() {
      return running.port;
    },
    get pid() {
      return running.pid;
    },
    adopted: running.adopted,
    watch,
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      await reviving;
      await shutDown(running);
      spare?.();
    },
  };
}

async function exclusively(dataDir: string, start: () => Promise<Running>): Promise<Running> {
  const lock = await acquireLock(dataDir, "starting", 120_000);
  if ("heldBy" in lock) {
    throw new StartError(
      `Process ${lock.heldBy} has been starting the database in ${dataDir} for two minutes; end it and try again.`,
    );
  }
  try {
    return await start();
  } finally {
    await lock.release();
  }
}
