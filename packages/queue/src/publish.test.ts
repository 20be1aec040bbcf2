import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { QueueConnection } from "./connect.ts";
import { type Consumer, consume } from "./consume.ts";
import { createPublisher, type Publisher } from "./publish.ts";
import { type Backend, backends, until } from "./testing/backends.ts";

const ids = (count: number) => Array.from({ length: count }, () => randomUUID());

describe.each(backends)("publishing on $kind", ({ start }) => {
  let backend: Backend;
  let connection: QueueConnection;
  let publisher: Publisher;
  let consumer: Consumer;
  let jobs: string[][];
  const arrived = () => jobs.flat();

  beforeAll(async () => {
    backend = await start();
  }, 60_000);
  afterAll(() => backend.stop(), 60_000);

  beforeEach(async () => {
    await backend.wipe();
    connection = backend.connect();
    jobs = [];
    publisher = createPublisher(connection);
    consumer = consume(connection, "store-events", async (data) => {
      jobs.push(data.ids);
    });
    await connection.queue("store-events").waitUntilReady();
  }, 60_000);
  afterEach(async () => {
    publisher.close();
    await consumer.close(1000);
    await connection.close();
  }, 60_000);

  test("an id published while idle reaches the worker at once", async () => {
    const [id] = ids(1);
    publisher.publish([id!]);
    await until(() => arrived().length === 1);
    expect(arrived()).toEqual([id]);
    await until(() => publisher.state().published === 1);
    expect(publisher.state()).toEqual({ breaker: "closed", pending: 0, published: 1, failed: 0 });
  });

  test("a burst of 10 000 ids arrives whole, in few jobs of at most 1000 ids", async () => {
    const sent = ids(10_000);
    for (const id of sent) publisher.publish([id]);
    await until(() => arrived().length >= sent.length);
    expect(new Set(arrived())).toEqual(new Set(sent));
    expect(Math.max(...jobs.map((job) => job.length))).toBeLessThanOrEqual(1000);
    expect(jobs.length).toBeLessThanOrEqual(12);
  });

  test.each([
    { what: "at most one sending starts in 200 ms", events: 1, windowMs: 200 },
    { what: "with much waiting in 50 ms", events: 500, windowMs: 50 },
  ])("under load $what, and not far fewer", async ({ events, windowMs }) => {
    const sent = ids(400);
    const since = performance.now();
    for (const id of sent) {
      publisher.publish([id], events);
      await sleep(2);
    }
    const windows = Math.ceil((performance.now() - since) / windowMs);
    await until(() => arrived().length === sent.length);
    expect(jobs.length).toBeLessThanOrEqual(windows + 1);
    expect(jobs.length).toBeGreaterThanOrEqual(windows / 4);
  });

  test("with the server killed publishing stays instant and silent, and it is used again within 5 s of its return", async () => {
    publisher.publish(ids(1));
    await until(() => arrived().length === 1);
    await backend.kill();
    const blockedMs: number[] = [];
    const publish = () => {
      const since = performance.now();
      publisher.publish(ids(5));
      blockedMs.push(performance.now() - since);
    };
    await until(() => {
      publish();
      return publisher.state().breaker === "open";
    }, 5000);
    for (let at = 0; at < 150; at++) {
      publish();
      await sleep(10);
    }
    expect(Math.max(...blockedMs)).toBeLessThan(100);
    expect(publisher.state().failed).toBeGreaterThan(0);
    expect(arrived()).toHaveLength(1);

    await backend.restart();
    await until(() => publisher.state().breaker === "closed", 20_000);
    const [id] = ids(1);
    publisher.publish([id!]);
    await until(() => arrived().includes(id!), 20_000);
  }, 60_000);

  test("a server that hangs opens the breaker within the limit and is used again when it goes on", async () => {
    publisher.publish(ids(1));
    await until(() => arrived().length === 1);
    backend.signal("SIGSTOP");
    try {
      publisher.publish(ids(1));
      await until(() => publisher.state().breaker === "open", 5000);
      for (let at = 0; at < 300; at++) {
        publisher.publish(ids(100));
        await sleep(10);
      }
      expect(publisher.state().pending).toBeLessThanOrEqual(10_000);
      // What a probe has just taken along is neither until it has failed, too.
      await until(() => publisher.state().pending + publisher.state().failed === 30_001);
    } finally {
      backend.signal("SIGCONT");
    }
    await until(() => publisher.state().breaker === "closed", 20_000);
  }, 60_000);

  test("an event loop that was busy longer than the limit is not taken for a sick server", async () => {
    publisher.publish(ids(1));
    await until(() => arrived().length === 1);
    await sleep(60);
    publisher.publish(ids(1));
    await new Promise(setImmediate);
    const since = performance.now();
    while (performance.now() - since < 400);
    await until(() => publisher.state().pending === 0 && arrived().length === 2);
    await until(() => publisher.state().published + publisher.state().failed === 2);
    expect(publisher.state()).toEqual({ breaker: "closed", pending: 0, published: 2, failed: 0 });
  });

  test("what exceeds 10 000 waiting ids is left to the sweep and counted", () => {
    publisher.publish(ids(10_500));
    expect(publisher.state()).toMatchObject({ pending: 10_000, failed: 500 });
  });

  test("draining sends what waits; a closed publisher takes nothing more", async () => {
    publisher.publish(ids(3));
    publisher.publish(ids(4));
    await publisher.drain(5000);
    expect(publisher.state()).toMatchObject({ pending: 0, published: 7 });
    publisher.close();
    publisher.publish(ids(2));
    expect(publisher.state()).toMatchObject({ pending: 0, failed: 2 });
  });
});

test("a server that is away from the start delays nobody, and is used once it is there", async () => {
  for (const { start } of backends) {
    const backend = await start();
    await backend.kill();
    const connection = backend.connect();
    const publisher = createPublisher(connection);
    publisher.publish(ids(1));
    await until(() => publisher.state().breaker === "open", 5000);
    await publisher.drain(5000);
    await backend.restart();
    await until(() => publisher.state().breaker === "closed", 10_000);
    publisher.publish(ids(1));
    await until(() => publisher.state().published >= 1, 10_000);
    publisher.close();
    await connection.close();
    await backend.stop();
  }
}, 90_000);
