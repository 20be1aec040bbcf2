import { Queue } from "bullmq";
import type { PeerRow } from "./peer-log.ts";

export const naiveQueueName = "naive-events";

export type NaiveQueue = Pick<Queue<PeerRow>, "addBulk">;

export const redisAt = (url: string): { host: string; port: number } => {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
};

/** The queue of the naive pipeline: the event itself is the job. */
export const openNaiveQueue = (redisUrl: string): NaiveQueue =>
  new Queue<PeerRow>(naiveQueueName, {
    connection: redisAt(redisUrl),
    defaultJobOptions: { removeOnComplete: true, attempts: 3 },
  });
