import type { QueueConnection } from "./connect.ts";
import { maxIdsPerJob } from "./queues.ts";

type PublisherState = {
  breaker: "closed" | "open" | "half-open";
  /** Ids waiting to be sent. */
  pending: number;
  published: number;
  /** Ids given up because sending failed, took too long, or too many waited: the sweep stores them. */
  failed: number;
};
export type Publisher = {
  /** Hands over the ids of envelopes that hold so many events together, and returns at once; never throws. */
  publish: (envelopeIds: readonly string[], events?: number) => void;
  state: () => PublisherState;
  /** Sends what waits, for at most `limitMs`. */
  drain: (limitMs: number) => Promise<void>;
  close: () => void;
};

const maxPending = 10_000;
const probeMs = 1000;
/** As many fill half a storing statement: then waiting longer saves nothing. */
const manyEvents = 500;

/** Rejects when `work` is not done in time. A blocked event loop runs the timer before the answer it has already got, hence the extra turn. */
const within = (limitMs: number, work: Promise<void>): Promise<void> =>
  new Promise((resolve, reject) => {
    const expire = () => setImmediate(() => reject(new Error(`no answer in ${limitMs} ms`)));
    const timer = setTimeout(expire, limitMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });

/**
 * Tells the workers which envelopes were kept: at once when idle, every `flushMs` under load and every `busyMs`
 * when much waits, up to 1000 ids a job: a job costs as much as many events.
 * It is a hint and no promise, so it never waits for a sick queue: after a failure or `limitMs` without an answer the
 * breaker opens, and one probe a second finds out when the queue is back.
 */
export const createPublisher = (
  connection: QueueConnection,
  options: { now?: () => number; flushMs?: number; busyMs?: number; limitMs?: number } = {},
): Publisher => {
  const { now = () => performance.now(), flushMs = 200, busyMs = 50, limitMs = 250 } = options;
  let pending: string[] = [];
  let pendingEvents = 0;
  let breaker: PublisherState["breaker"] = "closed";
  let published = 0;
  let failed = 0;
  let closed = false;
  let sentAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let soon: NodeJS.Immediate | undefined;
  let flushing: Promise<void> | undefined;
  let unanswered: Promise<void> | undefined;

  const send = async (ids: readonly string[]): Promise<void> => {
    const queue = connection.queue("store-events");
    await queue.waitUntilReady();
    const jobs = [];
    for (let at = 0; at < ids.length; at += maxIdsPerJob) {
      jobs.push({ name: "store-events", data: { ids: ids.slice(at, at + maxIdsPerJob) } });
    }
    if (jobs.length > 0) await queue.addBulk(jobs);
    else await queue.count();
  };

  const attempt = async (): Promise<void> => {
    if (pending.length === 0 && breaker === "closed") return;
    const ids = pending;
    pending = [];
    pendingEvents = 0;
    sentAt = now();
    if (breaker === "open") breaker = "half-open";
    try {
      const sending = send(ids);
      unanswered = sending;
      const answered = () => {
        if (unanswered === sending) unanswered = undefined;
      };
      sending.then(answered, answered);
      await within(limitMs, sending);
      published += ids.length;
      if (breaker !== "closed") connection.logger.info({}, "the queue is in use again");
      breaker = "closed";
    } catch (error) {
      failed += ids.length;
      if (breaker === "closed")
        connection.logger.warn({ reason: String(error) }, "the queue is away; the sweep stores");
      breaker = "open";
    }
  };

  const unschedule = () => {
    clearTimeout(timer);
    clearImmediate(soon);
    timer = undefined;
    soon = undefined;
  };

  const flush = (): Promise<void> => {
    unschedule();
    flushing ??= attempt().finally(() => {
      flushing = undefined;
      wake();
    });
    return flushing;
  };

  const probe = () => {
    timer = undefined;
    connection.renew(unanswered !== undefined);
    void flush();
  };

  const wake = () => {
    if (closed || flushing || timer || soon) return;
    if (breaker !== "closed") timer = setTimeout(probe, probeMs).unref();
    else if (pending.length > 0) {
      const waitMs = sentAt + (pendingEvents < manyEvents ? flushMs : busyMs) - now();
      if (waitMs > 0) timer = setTimeout(() => void flush(), waitMs).unref();
      else soon = setImmediate(() => void flush());
    }
  };

  // The first connection takes longer than a caller's ids should wait.
  connection.queue("store-events");

  return {
    publish: (envelopeIds, events = envelopeIds.length) => {
      const room = closed ? 0 : Math.max(0, maxPending - pending.length);
      for (const id of envelopeIds.slice(0, room)) pending.push(id);
      failed += Math.max(0, envelopeIds.length - room);
      const wereFew = pendingEvents < manyEvents;
      pendingEvents += events;
      if (wereFew && pendingEvents >= manyEvents && breaker === "closed") unschedule();
      wake();
    },
    state: () => ({ breaker, pending: pending.length, published, failed }),
    drain: async (drainMs) => {
      const until = now() + drainMs;
      while ((pending.length > 0 || flushing) && breaker === "closed" && now() < until) {
        await Promise.race([flush(), sleep(until - now())]);
      }
    },
    close: () => {
      closed = true;
      unschedule();
    },
  };
};

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
