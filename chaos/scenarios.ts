// Long on purpose: one entry for each fault, read as a table.

import { setTimeout as sleep } from "node:timers/promises";
import { removeAged } from "./aged-months.ts";
import { createCaller } from "./caller.ts";
import { startLoad } from "./driver.ts";
import { openChannels, settleMessages, tellOf, whileReceiversFail } from "./failing-receivers.ts";
import { verifyWhole } from "./ledger-check.ts";
import { until } from "./part.ts";
import { type Mode, startProxy } from "./proxy.ts";
import { pick, type Random, whole } from "./random.ts";
import { type Scenario, type Stage, seconds, times, underLoad } from "./stage.ts";

/** The answer is cut or lost in every way, for a sixth of the connections each; the rest passes. */
const someMode = (random: Random): Mode =>
  pick<() => Mode>(random, [
    () => ({ kind: "cutRequest", bytes: whole(random, 1, 900) }),
    () => ({ kind: "cutAnswer", bytes: 0 }),
    () => ({ kind: "cutAnswer", bytes: whole(random, 1, 300) }),
    () => ({ kind: "reset" }),
    () => ({ kind: "latency", ms: whole(random, 5, 80) }),
    () => ({ kind: "pass" }),
  ])();

/** One worker ends as kill -9 would at a named point, again and again until it is started anew; answers how often. */
const crashOften = async ({ office }: Stage, point: string, count: number): Promise<number> => {
  const [worker] = office.workers;
  await worker.restartWith({ NODE_ENV: "test", CRASH_AT: point });
  const before = worker.starts();
  await until("the worker has crashed", () => worker.starts() - before >= count, 300_000);
  return worker.starts() - before;
};

const crashAt = async (stage: Stage, point: string): Promise<string> => {
  const note = await underLoad(stage, async () => `${await crashOften(stage, point, stage.size.crashes)} times`);
  await stage.office.workers[0].restartWith({});
  return note;
};

/** Each fault under load, in the order they are run; its name stands in the table and in the history. */
export const scenarios = {
  "no fault": {
    isUnnoticed: true,
    storedWithinMs: 4000,
    run: (stage) => underLoad(stage, () => sleep(stage.size.calmMs, "")),
  },
  "workers killed": {
    isUnnoticed: true,
    storedWithinMs: 6000,
    run: (stage) =>
      underLoad(stage, async () => {
        await times(stage.size.workerKills, stage.nemesis.killWorker);
        return `${stage.size.workerKills} times`;
      }),
  },
  "worker frozen": {
    isUnnoticed: true,
    storedWithinMs: 6000,
    run: (stage) =>
      underLoad(stage, async () => {
        await stage.nemesis.freezeWorker(stage.size.freezeMs);
        return seconds(stage.size.freezeMs);
      }),
  },
  "worker dies after storing": {
    isUnnoticed: true,
    storedWithinMs: 6000,
    run: (stage) => crashAt(stage, "after_store:8"),
  },
  "sealer dies after positions": {
    isOnceEnough: true,
    isUnnoticed: true,
    storedWithinMs: 6000,
    run: (stage) => crashAt(stage, "after_seal:3"),
  },
  "sealer dies after anchoring": {
    isOnceEnough: true,
    isUnnoticed: true,
    storedWithinMs: 6000,
    run: (stage) => crashAt(stage, "after_anchor:1"),
  },
  "verified while killed": {
    isOnceEnough: true,
    isUnnoticed: true,
    run: (stage) =>
      underLoad(stage, async () => {
        const { office, nemesis, size } = stage;
        let leaves = 0;
        await times(size.verifications, async () => {
          await nemesis.killWorker();
          leaves = await verifyWhole(office);
        });
        // The last one killed comes back before the next fault: who starts without a database ends, as it should.
        await nemesis.pause(2500, 3500);
        return `${size.verifications} times, ${leaves} leaves`;
      }),
  },
  "retention while killed": {
    isOnceEnough: true,
    isUnnoticed: true,
    storedWithinMs: 6000,
    run: (stage) =>
      underLoad(stage, async () => {
        const { office, nemesis, size } = stage;
        let kills = 0;
        const { runs, leaves } = await removeAged(office, size.aged, async () => {
          if (kills < size.workerKills) {
            await nemesis.killWorker();
            kills += 1;
          }
          await nemesis.pause(500, 3000);
        });
        return `${kills} kills, ${size.aged.months} months gone in ${runs} runs, ${leaves} leaves`;
      }),
  },
  "redis away": {
    only: "redis",
    isUnnoticed: true,
    storedWithinMs: 6000,
    run: (stage) =>
      underLoad(stage, async () => {
        await stage.nemesis.killRedis(stage.size.redisAwayMs);
        await stage.nemesis.pause(1500, 2500);
        return seconds(stage.size.redisAwayMs);
      }),
  },
  "redis frozen": {
    only: "redis",
    isUnnoticed: true,
    storedWithinMs: 6000,
    run: (stage) =>
      underLoad(stage, async () => {
        await stage.nemesis.freezeRedis(stage.size.redisAwayMs);
        await stage.nemesis.pause(500, 1000);
        return seconds(stage.size.redisAwayMs);
      }),
  },
  "redis flushed": {
    only: "redis",
    isUnnoticed: true,
    storedWithinMs: 6000,
    run: (stage) =>
      underLoad(stage, async () => {
        await times(5, async () => {
          await stage.nemesis.flushRedis();
          await stage.nemesis.pause(100, 500);
        });
        return "5 times";
      }),
  },
  "postgres killed": {
    run: (stage) =>
      underLoad(stage, async () => {
        const { history, nemesis, size } = stage;
        let backMs = 0;
        let usedMs = 0;
        await times(size.databaseKills, async () => {
          backMs = Math.max(backMs, await nemesis.killDatabase());
          const before = history.calls.length;
          const isUsed = () => history.calls.slice(before).some(({ outcome }) => outcome === "ok");
          usedMs = Math.max(usedMs, await until("the database is used again", isUsed, 10_000));
          await nemesis.pause(800, 1500);
        });
        return `${size.databaseKills} times, ${seconds(backMs)}, used after ${seconds(usedMs)}`;
      }),
  },
  "backends terminated": {
    isOnceEnough: true,
    run: (stage) =>
      underLoad(stage, async () => {
        await times(5, async () => {
          await stage.nemesis.endBackends();
          await stage.nemesis.pause(100, 500);
        });
        return "5 times, all";
      }),
  },
  "api dies before publishing": {
    storedWithinMs: 6000,
    run: async (stage) => {
      const { api } = stage.office;
      await api.restartWith({ NODE_ENV: "test", CRASH_AT: "after_commit:25" });
      const before = api.starts();
      await underLoad(stage, async () => {
        await until("the api has crashed", () => api.starts() - before >= stage.size.crashes, 60_000);
        return "";
      });
      const count = api.starts() - before;
      await api.restartWith({});
      return `${count} times`;
    },
  },
  "api killed": {
    run: (stage) =>
      underLoad(stage, async () => {
        await times(stage.size.apiKills, stage.nemesis.killApi);
        await until("the api is ready", stage.office.api.isReady, 30_000);
        return `${stage.size.apiKills} times`;
      }),
  },
  "calls cut": {
    isOnceEnough: true,
    run: async (stage) => {
      let connections = 0;
      const proxy = await startProxy(stage.office.port, () => {
        connections += 1;
        return someMode(stage.random);
      });
      const caller = await createCaller(stage.office, { port: proxy.port, keepAlive: false });
      const enough = () => connections >= stage.size.cuts * 2;
      await underLoad(
        stage,
        async () => {
          await until("enough calls were cut", enough, 120_000);
          return "";
        },
        ({ history, loadRandom }) => startLoad(caller, history, loadRandom, { callers: 24, perSecond: 400 }),
      );
      caller.close();
      proxy.stop();
      return `${connections} connections, half of them broken`;
    },
  },
  "database answers lost": {
    isOnceEnough: true,
    run: async (stage) => {
      const { api, apiDatabaseUrl } = stage.office;
      const url = new URL(apiDatabaseUrl);
      let connections = 0;
      // Enough to sign on and to be asked a few times; then an answer is lost, often that to a commit. Not while it starts.
      let most = 200_000;
      const proxy = await startProxy(Number(url.port), () => {
        connections += 1;
        return { kind: "cutAnswer", bytes: whole(stage.random, Math.round(most / 8), most) };
      });
      url.port = String(proxy.port);
      await api.restartWith({ DATABASE_URL: url.href });
      connections = 0;
      most = 8000;
      await stage.nemesis.endBackends();
      await underLoad(stage, async () => {
        await until("enough answers were lost", () => connections >= stage.size.lostAnswers, 120_000);
        return "";
      });
      await api.restartWith({});
      proxy.stop();
      return `${connections} connections cut`;
    },
  },
  "receivers fail while killed": {
    isUnnoticed: true,
    storedWithinMs: 6000,
    run: async (stage) => {
      const { office, nemesis, size } = stage;
      await openChannels(stage);
      await whileReceiversFail(stage, () =>
        underLoad(
          stage,
          async () => {
            await times(size.receivers.kills, nemesis.killWorker);
            await nemesis.freezeWorker(size.freezeMs);
            await crashOften(stage, "after_claim:2", size.receivers.crashes);
            await crashOften(stage, "after_send:2", size.receivers.crashes);
            await crashOften(stage, "after_stream:2", size.receivers.crashes);
            await office.workers[0].restartWith({});
            return "";
          },
          ({ caller, history, loadRandom }) => startLoad(caller, history, loadRandom, size.receivers),
        ),
      );
      await settleMessages(office);
      return tellOf(office);
    },
  },
  "all of it at once": {
    mayEnd: true,
    run: (stage) =>
      underLoad(stage, async () => {
        const { nemesis, random, size } = stage;
        const until = performance.now() + size.mixedMs;
        let faults = 0;
        while (performance.now() < until) {
          const acts = [nemesis.killWorker, nemesis.killApi, nemesis.killDatabase, nemesis.endBackends];
          const withRedis = [() => nemesis.killRedis(1000), () => nemesis.freezeRedis(1000), nemesis.flushRedis];
          const act = pick<() => Promise<unknown>>(random, [
            ...acts,
            ...(stage.office.redis ? withRedis : []),
            () => nemesis.freezeWorker(1500),
          ]);
          await act();
          faults += 1;
          await nemesis.pause(50, 800);
        }
        return `${faults} faults in ${seconds(size.mixedMs)}`;
      }),
  },
} satisfies Record<string, Scenario>;
