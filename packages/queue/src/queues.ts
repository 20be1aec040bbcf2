import { z } from "zod";

export type QueueContract = {
  /** What a job carries: ids, never events or personal data. Checked again before a job is handled. */
  schema: z.ZodType;
  /** How often a job is tried before it is kept as failed. */
  attempts: number;
  /** The wait after the first failure; it doubles, with jitter, up to 30 s. */
  backoffMs: number;
};

export const maxIdsPerJob = 1000;

/** Every queue there is: its key is the name of the queue, of its processor and of that processor's file. */
export const queues = {
  "store-events": {
    schema: z.strictObject({ ids: z.array(z.uuid()).min(1).max(maxIdsPerJob) }),
    attempts: 1000,
    backoffMs: 250,
  },
  "ensure-partitions": {
    schema: z.strictObject({}),
    attempts: 10,
    backoffMs: 1000,
  },
} satisfies Record<string, QueueContract>;

export type QueueName = keyof typeof queues;
export type JobData<N extends QueueName> = z.output<(typeof queues)[N]["schema"]>;
