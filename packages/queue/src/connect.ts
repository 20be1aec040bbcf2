import {
  type BackendFactory,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type Processor,
  Queue,
  type QueueOptions,
  Worker,
  type WorkerOptions,
} from "bullmq";
import { Redis, type RedisOptions } from "ioredis";
import { installListeningClient, QueueClient, queueSchema } from "./postgres-client.ts";
import { type JobData, type QueueName, queues } from "./queues.ts";
import { createReporter, type Logger, type Reporter } from "./report.ts";

type QueueOf<N extends QueueName> = Queue<JobData<N>, unknown, string>;
type WorkerOf<N extends QueueName> = Worker<JobData<N>, unknown, string>;
export type WorkerSettings = Omit<WorkerOptions, "connection" | "prefix">;

export type QueueConnection = {
  kind: "redis" | "postgres";
  logger: Logger;
  report: Reporter;
  /** The open queue of this name. One whose connection could not be set up is thrown away, so ask each time. */
  queue: <N extends QueueName>(name: N) => QueueOf<N>;
  /** A new worker, and the way to close it that ends in time whatever the server does; `force` leaves running jobs. */
  worker: <N extends QueueName>(
    name: N,
    process: Processor<JobData<N>, unknown, string>,
    settings: WorkerSettings,
  ) => { worker: WorkerOf<N>; close: (force: boolean) => Promise<void> };
  /** Gives up what connects to a server that failed, or is open and `silent`, so that the next call starts afresh. */
  renew: (silent: boolean) => void;
  close: () => Promise<void>;
};

// The braces keep all keys of all queues in one slot of a Redis Cluster.
const prefix = "{countersign}";

const redisOptions = {
  retryStrategy: (times: number) => Math.min(times * 100, 1000),
  // After a failover the old primary answers READONLY: connect again, to the new one.
  reconnectOnError: (error: Error) => error.message.startsWith("READONLY"),
} satisfies RedisOptions;
const producerOptions = {
  ...redisOptions,
  maxRetriesPerRequest: 1,
  enableOfflineQueue: false,
  connectTimeout: 1000,
} satisfies RedisOptions;
const workerOptions = {
  ...redisOptions,
  maxRetriesPerRequest: null,
  connectTimeout: 5000,
  // Longer than BullMQ lets the server wait for a job (10 s): a connection that says nothing then is dead.
  socketTimeout: 20_000,
} satisfies RedisOptions;

const closeLimitMs = 2000;

/** Settles when `work` does, at the latest after `limitMs`; what became of the work is not told. */
const settledWithin = (limitMs: number, work: Promise<unknown>): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, limitMs);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    work.then(done, done);
  });

/**
 * Opens BullMQ on Redis when there is a `redisUrl`, else in the schema `bullmq` of the database. Returns at once and
 * connects in the background: a server that is away only fails the calls that need it.
 */
export const connectQueues = (options: {
  redisUrl?: string | undefined;
  databaseUrl?: string | undefined;
  logger: Logger;
}): QueueConnection => {
  const { redisUrl, databaseUrl, logger } = options;
  if (!redisUrl && !databaseUrl) throw new Error("connectQueues needs a redisUrl or a databaseUrl.");
  const report = createReporter(logger);
  const opened = new Map<QueueName, Queue>();
  let producer: Redis | undefined;

  const redis = (url: string, settings: RedisOptions) => {
    const client = new Redis(url, { ...settings, replyMapping: "legacy" });
    client.on("error", report("redis"));
    return client;
  };
  const postgres = {
    connectionString: databaseUrl,
    schema: queueSchema,
    migrate: true,
    Client: QueueClient,
    max: 2,
    connectionTimeoutMillis: 2000,
    query_timeout: 15_000,
    keepAlive: true,
    application_name: "countersign-queue",
  };
  if (!redisUrl) installListeningClient();
  // BullMQ types the two factories by their own connection options; the classes need only what both share.
  const backend = (redisUrl ? createRedisBackend : createPostgresBackend) as unknown as BackendFactory<IQueueBackend>;

  const openQueue = (name: QueueName): Queue => {
    if (redisUrl) producer ??= redis(redisUrl, producerOptions);
    const { attempts, backoffMs } = queues[name];
    const settings: QueueOptions = {
      ...(redisUrl && { prefix }),
      connection: (producer ?? postgres) as QueueOptions["connection"],
      streams: { events: { maxLen: 100 } },
      defaultJobOptions: {
        attempts,
        backoff: { type: "capped", delay: backoffMs },
        removeOnComplete: { age: 3600, count: 1000 },
        removeOnFail: { age: 30 * 24 * 3600 },
        stackTraceLimit: 3,
      },
    };
    const queue = new Queue(name, settings, backend as never) as unknown as Queue;
    queue.on("error", report(`queue ${name}`));
    opened.set(name, queue);
    queue.waitUntilReady().catch(() => forget(name, queue));
    return queue;
  };
  const forget = (name: QueueName, queue: Queue) => {
    if (opened.get(name) === queue) opened.delete(name);
    queue.close().catch(report(`queue ${name}`));
  };

  return {
    kind: redisUrl ? "redis" : "postgres",
    logger,
    report,
    queue: <N extends QueueName>(name: N) => {
      const queue = opened.get(name) ?? openQueue(name);
      return queue as unknown as QueueOf<N>;
    },
    worker: (name, process, settings) => {
      const client = redisUrl ? redis(redisUrl, workerOptions) : undefined;
      const connection = (client ?? postgres) as WorkerOptions["connection"];
      const all: WorkerOptions = { ...settings, ...(redisUrl && { prefix }), connection };
      const worker = new Worker(name, process, all, backend as never) as unknown as WorkerOf<typeof name>;
      worker.on("error", report(`worker ${name}`));
      // Closing in order waits for a server that is away, and then cannot be hurried.
      const isAway = () => client !== undefined && client.status !== "ready";
      const close = async (force: boolean) => {
        await settledWithin(closeLimitMs, worker.close(force || isAway()));
        client?.disconnect();
      };
      return { worker, close };
    },
    renew: (silent) => {
      // BullMQ migrates its schema only when it connects, and a restored database may lack it.
      if (!redisUrl) for (const [name, queue] of opened) forget(name, queue);
      else if (silent && producer?.status === "ready") producer.disconnect(true);
    },
    close: async () => {
      await Promise.all([...opened.values()].map((queue) => settledWithin(closeLimitMs, queue.close())));
      opened.clear();
      producer?.disconnect();
      producer = undefined;
    },
  };
};
