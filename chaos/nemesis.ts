import { setTimeout as sleep } from "node:timers/promises";
import type { History } from "./history.ts";
import { type Part, until } from "./part.ts";
import type { Office } from "./processes.ts";
import { pick, type Random, whole } from "./random.ts";

/** What can be done to an office; each act is written into the history before it is done. */
export type Nemesis = ReturnType<typeof createNemesis>;

export const createNemesis = (office: Office, history: History, random: Random) => {
  const tell = (what: string) => history.fault(what);
  const pause = (fromMs: number, toMs: number) => sleep(whole(random, fromMs, toMs));

  const isWorking = (part: Part) => until(`${part.name} is ready`, part.isReady, 60_000);
  const killAtWork = async (part: Part): Promise<void> => {
    await isWorking(part);
    await pause(20, 300);
    tell(`SIGKILL ${part.name}`);
    part.kill();
  };

  return {
    pause,
    /** Kills one of two workers at work. */
    killWorker: async (): Promise<void> => {
      for (const worker of office.workers) await isWorking(worker);
      await killAtWork(pick(random, office.workers));
    },
    killApi: () => killAtWork(office.api),
    freezeWorker: async (ms: number): Promise<void> => {
      const part = pick(random, office.workers);
      await isWorking(part);
      tell(`SIGSTOP ${part.name} for ${ms} ms`);
      part.signal("SIGSTOP");
      await sleep(ms);
      part.signal("SIGCONT");
    },
    killDatabase: async (): Promise<number> => {
      tell("SIGKILL postgres");
      return (await office.killDatabase()).awayMs;
    },
    endBackends: async (): Promise<void> => {
      tell("terminate all backends");
      await office.admin.sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`;
    },
    killRedis: async (awayMs: number): Promise<void> => {
      tell(`SIGKILL redis for ${awayMs} ms`);
      await office.redis?.kill();
      await sleep(awayMs);
      await office.redis?.restart();
    },
    freezeRedis: async (ms: number): Promise<void> => {
      if (!office.redis) return;
      tell(`SIGSTOP redis for ${ms} ms`);
      process.kill(office.redis.pid, "SIGSTOP");
      await sleep(ms);
      process.kill(office.redis.pid, "SIGCONT");
    },
    flushRedis: async (): Promise<void> => {
      tell("FLUSHALL");
      await office.flushRedis();
    },
  };
};
