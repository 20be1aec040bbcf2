import type { QueueConnection } from "./connect.ts";
import { type JobData, type QueueName, queues } from "./queues.ts";

export type Rhythm = { everyMs: number } | { cron: string; timeZone?: string };

/**
 * Puts a job without data into the queue in this rhythm; any number of processes may ask for the same. It is asked
 * for again every `renewMs`, since a flushed Redis forgets it.
 */
export const schedule = (
  connection: QueueConnection,
  name: QueueName,
  rhythm: Rhythm,
  renewMs = 60_000,
): { close: () => void } => {
  const data = queues[name].schema.parse({}) as JobData<typeof name>;
  const repeat =
    "everyMs" in rhythm ? { every: rhythm.everyMs } : { pattern: rhythm.cron, tz: rhythm.timeZone ?? "UTC" };
  const upsert = async () => {
    try {
      const queue = connection.queue(name);
      await queue.waitUntilReady();
      await queue.upsertJobScheduler(name, repeat, { name, data });
    } catch (error) {
      connection.renew(false);
      connection.logger.warn({ queue: name, reason: String(error) }, "a schedule could not be set; it is tried again");
    }
  };
  void upsert();
  const timer = setInterval(() => void upsert(), renewMs).unref();
  return { close: () => clearInterval(timer) };
};
