import { type Job, UnrecoverableError } from "bullmq";
import type { QueueConnection, WorkerSettings } from "./connect.ts";
import { type JobData, maxBackoffMs, type QueueName, queues } from "./queues.ts";

/** Thrown by a handler when no retry can mend the job: it is kept as failed at once. */
export { UnrecoverableError as Unrecoverable };

export type JobFacts = {
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
  /** Counts since the start; `active` is how many run now. */
  metrics: () => { active: number; completed: number; failed: number; stalled: number };
};

const watchMs = 500;
const cutAfterMs = 1000;

/** Full jitter on the upper half: between 50 and 100 % of the doubled wait, at most `maxBackoffMs`. */
export const backoffMs = (baseMs: number, attempt: number, random: () => number): number => {
  const ceiling = Math.min(maxBackoffMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(ceiling * (0.5 + random() / 2));
};

/** What may be written into the queue about an error: its kind and code. Messages of a database quote values. */
const withoutContent = (error: unknown): Error => {
  if (error instanceof UnrecoverableError) return error;
  if (!(error instanceof Error)) return new Error("the handler threw something that is no error");
  const cause: unknown = error.cause;
  const coded = [error, cause].find((one): one is Error & { code: string } => one instanceof Error && "code" in one);
  const kept = new Error(coded ? `${error.name} ${String(coded.code)}` : error.name);
  delete kept.stack;
  return kept;
};

/**
 * Handles the jobs of one queue. Data that does not fit its schema and `Unrecoverable` errors are kept as failed,
 * every other error is tried again with a growing wait. A job may run twice: handlers must be safe to repeat.
 */
export const consume = <N extends QueueName>(
  connection: QueueConnection,
  name: N,
  handler: Handler<N>,
  options: { concurrency?: number; random?: () => number } = {},
): Consumer => {
  const { concurrency = 1, random = Math.random } = options;
  const { logger } = connection;
  const contract = queues[name];
  const counts = { completed: 0, failed: 0, stalled: 0 };
  const stop = new AbortController();
  let active = 0;
  let closing: Promise<void> | undefined;
  let onIdle: (() => void) | undefined;

  const settings: WorkerSettings = {
    concurrency,
    maxStalledCount: 100,
    lockDuration: 30_000,
    stalledInterval: 15_000,
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
      logger.warn({ queue: name, job: job.id, attempt: job.attemptsMade + 1, err: error }, "a job failed");
      throw withoutContent(error);
    } finally {
      active -= 1;
      if (active === 0) onIdle?.();
    }
  };

  const start = () => {
    const started = connection.worker(name, handle, settings);
    const current = { ...started, broken: false };
    started.worker.on("completed", () => {
      counts.completed += 1;
    });
    started.worker.on("failed", () => {
      counts.failed += 1;
    });
    started.worker.on("stalled", () => {
      counts.stalled += 1;
    });
    // BullMQ remembers a first connection that failed and never tries it again.
    started.worker.waitUntilReady().catch(() => {
      current.broken = true;
    });
    return current;
  };

  const finish = async ({ worker, cut }: ReturnType<typeof start>, force: boolean) => {
    const timer = setTimeout(cut, cutAfterMs);
    await worker.close(force).catch((error) => logger.warn({ queue: name, err: error }, "a worker closed badly"));
    clearTimeout(timer);
    cut();
  };

  let current = start();
  const watch = setInterval(() => {
    if (!current.broken && current.worker.isRunning()) return;
    void finish(current, true);
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
    await finish(current, !idle);
  };

  return {
    close: (graceMs = 20_000) => {
      closing ??= shutDown(graceMs);
      return closing;
    },
    isRunning: () => closing === undefined && !current.broken && current.worker.isRunning(),
    metrics: () => ({ active, ...counts }),
  };
};
