import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectQueues } from "./connect.ts";
import { consume } from "./consume.ts";
import type { Logger } from "./report.ts";
import { type Backend, backends, until } from "./testing/backends.ts";

const silent: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

test("without an address of either server there is no connection", () => {
  expect(() => connectQueues({ logger: silent })).toThrow("needs a redisUrl or a databaseUrl");
});

describe.each(backends)("connecting to $kind", ({ start }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await start();
  }, 60_000);
  afterAll(() => backend.stop(), 60_000);

  test("jobs are tried, waited for and kept as the settings say", async () => {
    const connection = backend.connect();
    const queue = connection.queue("store-events");
    await queue.waitUntilReady();
    const job = await queue.add("store-events", { ids: [randomUUID()] });
    expect((await queue.getJob(String(job.id)))?.opts).toMatchObject({
      attempts: 1000,
      backoff: { type: "capped", delay: 250 },
      removeOnComplete: { age: 3600, count: 1000 },
      removeOnFail: { age: 2_592_000 },
    });
    await connection.close();
  });

  test("several processes that connect first at the same time all get through", async () => {
    await backend.wipe();
    const connections = Array.from({ length: 5 }, () => backend.connect());
    await Promise.all(connections.map((connection) => connection.queue("store-events").waitUntilReady()));
    const handled: string[] = [];
    const workers = connections.map((one) => consume(one, "store-events", async ({ ids }) => handled.push(...ids)));
    const ids = connections.map(() => randomUUID());
    await Promise.all(connections.map((one, at) => one.queue("store-events").add("job", { ids: [ids[at]!] })));
    await until(() => handled.length === ids.length);
    expect(new Set(handled)).toEqual(new Set(ids));
    await Promise.all(workers.map((worker) => worker.close(1000)));
    await Promise.all(connections.map((connection) => connection.close()));
  }, 60_000);
});

test("a database role that owns the schema and may create none sets the queue up", async () => {
  const backend = await backends[1].start();
  const admin = new pg.Client(backend.address.databaseUrl);
  await admin.connect();
  await admin.query("create role queue_only login password 'pw'; create schema bullmq authorization queue_only");
  const url = new URL(String(backend.address.databaseUrl));
  url.username = "queue_only";
  url.password = "pw";
  const connection = connectQueues({ databaseUrl: url.href, logger: silent });
  await connection.queue("store-events").waitUntilReady();
  expect(await connection.queue("store-events").count()).toBe(0);
  await connection.close();
  await admin.end();
  await backend.stop();
}, 60_000);
