import { copyRows, readyRows } from "./copy-limit.ts";
import { cpuDuring, cpuOf } from "./cpu.ts";
import { countEvents, type Product } from "./product.ts";
import { figure, type Report, ratio } from "./results.ts";
import { inTurn, median } from "./rounds.ts";
import type { Scene } from "./scene.ts";

const perCall = 500;
const calls = 160;
const events = calls * perCall;
const connections = 4;
/** The limits of an ordinary address hold for the peer. */
const naiveLoad = { perCall: 100, calls: 60 };
const seed = 20_261;

/** Batches over tRPC until all of it is stored, next to COPY of ready rows and to one job and one INSERT an event. */
export const batchIngest = async ({ stage, rounds, tell, product, peer, naive }: Scene): Promise<Report> => {
  const redis = await product("redis");
  const postgres = await product("postgres");
  const copyOffice = await stage.office("office_copy");
  const peerServer = await peer();
  const naiveWorker = await naive();
  const cpus: Cpu[] = [];
  const copyCpu: number[] = [];
  const storedSeconds: number[] = [];
  let bytesAnEvent = 0;

  const bodies = { kind: "events", seed, distinct: 16, perCall } as const;
  const ingest = async ({ api, worker, cookie, office, stored, sealed }: Product, onCpu?: (cpu: Cpu) => void) => {
    const before = await countEvents(office);
    const parts = {
      api: () => cpuOf(api.pid),
      worker: () => cpuOf(worker.pid),
      postgres: stage.postgresCpu,
      redis: () => cpuOf(stage.redisPid),
    };
    const to = { port: api.port, path: "/trpc/events.recordMany", cookie, connections };
    const { value, cpu } = await cpuDuring(parts, async () => {
      const { startedAt, cpuSeconds } = await stage.load({ ...to, bodies, until: { calls } });
      await stored();
      storedSeconds.push(secondsSince(startedAt));
      await sealed();
      return { seconds: secondsSince(startedAt), load: cpuSeconds };
    });
    const added = (await countEvents(office)) - before;
    if (added !== events) throw new Error(`${events} events were sent and ${added} were stored`);
    onCpu?.({ ...cpu, "load generator": value.load });
    return events / value.seconds;
  };

  const figures = await inTurn(
    {
      copy: async () => {
        const ready = readyRows(seed, events);
        bytesAnEvent = ready.bytesAnEvent;
        const { value, cpu } = await cpuDuring({ postgres: stage.postgresCpu }, () =>
          copyRows(copyOffice.admin, ready.chunks),
        );
        copyCpu.push(cpu.postgres);
        return events / value;
      },
      redis: () => ingest(redis, (cpu) => cpus.push(cpu)),
      postgres: () => ingest(postgres),
      naive: async () => {
        const count = naiveLoad.perCall * naiveLoad.calls;
        const done = naiveWorker.ask({ expect: count });
        const to = { port: peerServer.port, path: "/trpc/peer.enqueue", cookie: redis.cookie, connections };
        const few = { ...bodies, perCall: naiveLoad.perCall };
        const { startedAt } = await stage.load({ ...to, bodies: few, until: { calls: naiveLoad.calls } });
        await done;
        return count / secondsSince(startedAt);
      },
    },
    rounds,
    tell,
  );

  const micros = (seconds: readonly number[]): number => (median(seconds.slice(1)) / events) * 1e6;
  const parts = Object.keys(cpus[0] ?? {}).map(
    (part) => `${part} ${micros(cpus.map((cpu) => cpu[part] ?? 0)).toFixed(1)}`,
  );
  return {
    results: [
      figure("P1", "COPY of ready rows into the same tables", "events/s", figures, "copy"),
      figure("P1", "recordMany of 500 until sealed, Redis", "events/s", figures, "redis"),
      figure("P1", "recordMany of 500 until sealed, embedded default", "events/s", figures, "postgres"),
      figure("P1", "naive: one job, one INSERT an event, Redis", "events/s", figures, "naive"),
      ratio("P1", "Redis ÷ COPY", { atLeast: 0.5 }, figures, ({ redis, copy }) => redis / copy),
      ratio("P1", "embedded default ÷ COPY", { atLeast: 0.4 }, figures, ({ postgres, copy }) => postgres / copy),
      ratio("P1", "Redis ÷ naive", { atLeast: 8 }, figures, ({ redis, naive }) => redis / naive),
    ],
    notes: [
      `P1: ${events.toLocaleString("en")} events a round on ${connections} connections, ${Math.round(bytesAnEvent)} bytes of leaf and details each, until they stand in the log under a signed checkpoint, one of which is made a second. Until stored alone: ${Math.round(events / median(storedSeconds)).toLocaleString("en")} events/s over both queues.`,
      `P1: CPU on Redis in µs an event: ${parts.join(", ")}; COPY takes PostgreSQL ${micros(copyCpu).toFixed(1)}.`,
    ],
  };
};

type Cpu = Record<string, number>;

const secondsSince = (startedAt: number): number => (performance.timeOrigin + performance.now() - startedAt) / 1000;
