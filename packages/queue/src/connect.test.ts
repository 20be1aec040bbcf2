import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { connectQueues } from "./connect.ts";
import { consume } from "./consume.ts";
import { createPublisher } from "./publish.ts";
import type { Logger } from "./report.ts";
import { type Backend, backends, postgres, until } from "./testing/backends.ts";
import { startProxy } from "./testing/proxy.ts";
import { redisIsInstalled, startRedis } from "./testing.ts";

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

describe.each(backends)("faults on $kind", ({ kind, start }) => {
  test("are told to the logger by source, a few times and not at each attempt", async () => {
    const backend = await start();
    const sources: string[] = [];
    const hear = (facts: object) => "source" in facts && sources.push(String(facts.source));
    const consoleError = vi.spyOn(console, "error");
    const connection = connectQueues({ ...backend.address, logger: { info: hear, warn: hear, error: hear } });
    const worker = consume(connection, "store-events", async () => undefined);
    await connection.queue("store-events").waitUntilReady();
    await until(() => worker.isRunning());
    await connection.queue("store-events").count();
    await sleep(200);
    await backend.kill();
    await sleep(1500);
    await worker.close(100);
    await connection.close();
    const heard = new Set(sources);
    expect(heard).toContain("queue store-events");
    expect(heard).toContain("worker store-events");
    if (kind === "redis") expect(heard).toContain("redis");
    expect(sources.length).toBeLessThan(15);
    expect(consoleError).not.toHaveBeenCalled();
    consoleError.mockRestore();
    await backend.stop();
  }, 60_000);
});

test.runIf(redisIsInstalled())(
  "a Redis that refuses at first is used once it accepts",
  async () => {
    const server = await startRedis();
    const admin = new Redis(server.url);
    await admin.call("ACL", "SETUSER", "default", "-info");
    const connection = connectQueues({ redisUrl: server.url, logger: silent });
    const publisher = createPublisher(connection);
    const worker = consume(connection, "store-events", async () => undefined);
    publisher.publish([randomUUID()]);
    await until(() => publisher.state().breaker === "open");
    await sleep(1500);
    await admin.call("ACL", "SETUSER", "default", "+info");
    await until(() => publisher.state().breaker === "closed", 5000);
    publisher.publish([randomUUID()]);
    await until(() => worker.metrics().completed === 1, 5000);
    publisher.close();
    await worker.close(1000);
    await connection.close();
    admin.disconnect();
    await server.stop();
  },
  30_000,
);

test.each(backends)(
  "a connection to $kind that went silent for good is replaced within 5 s",
  async ({ start }) => {
    const backend = await start();
    const { redisUrl, databaseUrl } = backend.address;
    const url = new URL(String(redisUrl ?? databaseUrl));
    const proxy = await startProxy(Number(url.port));
    url.port = String(proxy.port);
    const address = redisUrl ? { redisUrl: url.href } : { databaseUrl: url.href };
    const connection = connectQueues({ ...address, logger: silent });
    await connection.queue("store-events").waitUntilReady();
    const publisher = createPublisher(connection);
    publisher.publish([randomUUID()]);
    await until(() => publisher.state().published === 1);
    proxy.silence();
    await sleep(60);
    publisher.publish([randomUUID()]);
    await until(() => publisher.state().breaker === "open", 2000);
    await until(() => publisher.state().breaker === "closed", 5000);
    publisher.close();
    await connection.close();
    proxy.stop();
    await backend.stop();
  },
  60_000,
);

test("a database role that owns the schema and may create none sets the queue up", async () => {
  const backend = await postgres.start();
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
