import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, openConnection, post } from "./http-connection.ts";
import type { Bodies, LoadJob, LoadReport } from "./load-job.ts";
import { statedEvents } from "./seeded-events.ts";

// A process of its own: it takes jobs from its parent, one at a time, and reports when each is done.

/** The next request of a connection, after the answer to its last one. */
type Source = (connection: number, last: Answer | null) => Buffer;

const envelope = (json: unknown): string => JSON.stringify({ json });

const sources: { [Kind in Bodies["kind"]]: (job: LoadJob, bodies: Extract<Bodies, { kind: Kind }>) => Source } = {
  empty: ({ port, path, cookie }) => {
    const request = post(port, path, cookie, envelope({}));
    return () => request;
  },
  events: ({ port, path, cookie }, { seed, distinct, perCall }) => {
    const requests = Array.from({ length: distinct }, (_, index) => {
      const events = statedEvents(seed + index, perCall);
      return post(port, path, cookie, envelope(perCall === 1 ? events[0] : { events }));
    });
    let next = 0;
    return () => requests[next++ % distinct] as Buffer;
  },
  permits: ({ port, path, cookie }, { permits }) => {
    let change = 0;
    return (connection, last) => {
      const permit = permits[connection] ?? { id: 0, version: 0 };
      const version = last === null ? permit.version : Number(/"version":(\d+)/.exec(last.body())?.[1]);
      change += 1;
      const fields = {
        holderName: `Holder ${change}`,
        site: `Site ${change}, ground floor`,
        notes: `Change ${change}`,
      };
      return post(port, path, cookie, envelope({ permitId: permit.id, version, ...fields }));
    };
  },
};

const retryMs = 100;

/** Refused for the moment with nothing kept; where that is not sure, sending again would be wrong. */
const isBusy = (answer: Answer): boolean => answer.status === 503 && !answer.body().includes("outcome_unknown");

const run = async (job: LoadJob): Promise<LoadReport> => {
  const { port, connections, bodies, until } = job;
  const next = (sources[bodies.kind] as (job: LoadJob, bodies: Bodies) => Source)(job, bodies);
  const open = await Promise.all(Array.from({ length: connections }, () => openConnection(port)));
  const times: number[] = [];
  let problem: string | null = null;
  let busy = 0;
  let started = 0;
  const since = performance.now();
  const cpu = process.cpuUsage();
  const mayStart = (): boolean =>
    problem === null && ("calls" in until ? started < until.calls : performance.now() - since < until.ms);
  await Promise.all(
    open.map(async ({ send }, connection) => {
      let last: Answer | null = null;
      while (mayStart()) {
        started += 1;
        const request = next(connection, last);
        const sentAt = performance.now();
        last = await send(request);
        while (isBusy(last)) {
          busy += 1;
          await sleep(retryMs);
          last = await send(request);
        }
        times.push(performance.now() - sentAt);
        if (last.status !== 200) problem ??= `${last.status} ${last.body().slice(0, 500)}`;
      }
    }),
  );
  const seconds = (performance.now() - since) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  for (const { close } of open) close();
  times.sort((left, right) => left - right);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  const startedAt = performance.timeOrigin + since;
  return {
    calls: times.length,
    startedAt,
    seconds,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    cpuSeconds: (user + system) / 1e6,
    busy,
    problem,
  };
};

const tell = (message: unknown): void => {
  process.send?.(message);
};

process.on("message", (job: LoadJob) => {
  run(job).then(tell, (error: unknown) => tell({ failed: String(error) }));
});
process.on("disconnect", () => process.exit(0));
tell({ type: "ready" });
