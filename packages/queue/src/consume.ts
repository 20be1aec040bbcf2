import { type Job, UnrecoverableError } from "bullmq";
import { backoffMs } from "./backoff.ts";
import type { QueueConnection, WorkerSettings } from "./connect.ts";
import { withoutContent } from "./job-error.ts";
import { type JobData, type QueueName, queues } from "./queues.ts";

/** Thrown by a handler when no retry can mend the job: it is kept as failed at once. */
export { UnrecoverableError as Unrecoverable };

type JobFacts = {
  id: string;
  /** 1 at the first try. */
  attempt: number;
  /** Aborted when the worker is closed and its grace is over. */
  signal: AbortSignal;
};
export type Handler<N extends QueueName> = (data: JobData<N>, job: JobFacts) => Promise<unknown>;
export type Consumer = {
  /** Takes no more jobs, waits up to `graceMs` for running ones, then leaves them to another worker. */
  close: (graceMs?: number) => Promise<void>;
  isRunning: () => boolean;
  /** Counts since the start; `active` is how many run now, `failed` were given up. */
  metrics: () => { active: number; completed: number; retried: number; failed: number; stalled: number };
};

const watchMs = 500;
const restMs = 500;

/**
 * Handles the jobs of one queue. Data that does not fit its schema and `Unrecoverable` errors are kept as failed,
 * every other error is tried again with a growing wait. A job may run twice: handlers must be safe to repeat.
 */
export const consume = <N extends QueueName>(
  connection: QueueConnection,
  name: N,
  handler: Handler<N>,
  options: { concurrency?: number; lockMs?: number; random?: () => number } = {},
): Consumer => {
  const { concurrency = 1, lockMs = 30_000, random = Math.random } = options;
  const contract = queues[name];
  const counts = { completed: 0, retried: 0, failed: 0, stalled: 0 };
  const stop = new AbortController();
  let active = 0;
  let closing: Promise<void> | undefined;
  let onIdle: (() => void) | undefined;

  const settings: WorkerSettings = {
    autorun: false,
    concurrency,
    // The default of 1 gives a job up when its worker was killed twice.
    maxStalledCount: 100,
    lockDuration: lockMs,
    stalledInterval: lockMs / 2,
    drainDelay: 1,
    runRetryDelay: 500,
    settings: { backoffStrategy: (attempts) => backoffMs(contract.backoffMs, attempts, random) },
  };

  const handle = async (job: Job<JobData<N>>): Promise<unknown> => {
    active += 1;
    try {
      const data = contract.schema.safeParse(job.data);
      if (!data.success) throw new UnrecoverableError(`The data of this job does not fit the queue ${name}.`);
      const facts = { id: String(job.id), attempt: job.attemptsMade + 1, signal: stop.signal };
      return await handler(data.data as JobData<N>, facts);
    } catch (error) {
      const kept = withoutContent(error);
      connection.report(`job of ${name}`)(kept);
      throw kept;
    } finally {
      active -= 1;
      if (active === 0) onIdle?.();
    }
  };

  const start = () => {
    const { worker, close } = connection.worker(name, handle, settings);
    const state = { ready: false, resting: false, broken: false };
    worker.on("completed", () => {
      counts.completed += 1;
    });
    worker.on("failed", (job) => {
      counts[job?.finishedOn ? "failed" : "retried"] += 1;
    });
    worker.on("stalled", () => {
      counts.stalled += 1;
    });
    // When it cannot fetch a job, BullMQ tries again at once and for ever: without a rest it takes the whole processor.
    worker.on("error", () => {
      if (!state.ready || state.resting || closing) return;
      state.resting = true;
      void worker.pause(true);
      setTimeout(() => {
        state.resting = false;
        if (!closing) void worker.resume();
      }, restMs).unref();
    });
    const breakDown = () => {
      state.broken = true;
    };
    // A first connection that failed is never tried again, and a worker on it would not even let timers run.
    worker.waitUntilReady().then(() => {
      state.ready = true;
      if (!closing) worker.run().catch(breakDown);
    }, breakDown);
    const isWell = () => !state.broken && (!state.ready || state.resting || worker.isRunning());
    return { worker, close, isWell };
  };

  let current = start();
  const watch = setInterval(() => {
    if (current.isWell()) return;
    void current.close(true);
    current = start();
  }, watchMs);
  watch.unref();

  const idleWithin = (limitMs: number): Promise<boolean> =>
    new Promise((resolve) => {
      if (active === 0) return resolve(true);
      const timer = setTimeout(() => resolve(false), limitMs);
      onIdle = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });

  const shutDown = async (graceMs: number) => {
    clearInterval(watch);
    await current.worker.pause(true);
    const idle = await idleWithin(graceMs);
    if (!idle) stop.abort();
    await current.close(!idle);
  };

  return {
    close: (graceMs = 20_000) => {
      closing ??= shutDown(graceMs);
      return closing;
    },
    isRunning: () => closing === undefined && current.isWell() && current.worker.isRunning(),
    metrics: () => ({ active, ...counts }),
  };
};
