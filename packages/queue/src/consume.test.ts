import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { QueueConnection } from "./connect.ts";
import { type Consumer, consume, type Handler, Unrecoverable } from "./consume.ts";
import { type Backend, backends, until } from "./testing/backends.ts";

const noWait = () => 1;
const hangingWorker = fileURLToPath(new URL("./testing/hanging-worker.ts", import.meta.url));

describe.each(backends)("consuming on $kind", ({ start }) => {
  let backend: Backend;
  let connection: QueueConnection;
  let consumers: Consumer[];

  const work = (handler: Handler<"store-events">, options: Parameters<typeof consume>[3] = {}) => {
    const consumer = consume(connection, "store-events", handler, { random: noWait, ...options });
    consumers.push(consumer);
    return consumer;
  };
  const add = async (data: unknown = { ids: [randomUUID()] }) => {
    const queue = connection.queue("store-events");
    await queue.waitUntilReady();
    return queue.add("store-events", data as { ids: string[] });
  };
  const addOnceThere = () =>
    until(async () => {
      connection.renew(false);
      return add().then(
        () => true,
        () => false,
      );
    });
  const counts = () => connection.queue("store-events").getJobCounts();

  beforeAll(async () => {
    backend = await start();
  }, 60_000);
  afterAll(() => backend.stop(), 60_000);
  beforeEach(async () => {
    await backend.wipe();
    connection = backend.connect();
    consumers = [];
  });
  afterEach(async () => {
    await Promise.all(consumers.map((consumer) => consumer.close(200)));
    await connection.close();
  }, 30_000);

  test("a failing handler is tried again with its data until it succeeds", async () => {
    const seen: { ids: string[]; attempt: number }[] = [];
    const worker = work(async ({ ids }, { attempt }) => {
      seen.push({ ids, attempt });
      if (attempt < 4) throw new Error("not yet");
    });
    const id = randomUUID();
    await add({ ids: [id] });
    await until(() => worker.metrics().completed === 1);
    expect(seen).toEqual([1, 2, 3, 4].map((attempt) => ({ ids: [id], attempt })));
    expect(worker.metrics()).toMatchObject({ active: 0, completed: 1, retried: 3, failed: 0 });
  });

  test("with two workers no failing job is completed undone", async () => {
    const done = new Set<string>();
    const fail: Handler<"store-events"> = async (_, { id, attempt }) => {
      if (attempt < 4) throw new Error("not yet");
      done.add(id);
    };
    work(fail, { concurrency: 4 });
    work(fail, { concurrency: 4 });
    for (let at = 0; at < 40; at++) await add();
    await until(async () => (await counts()).completed === 40, 30_000);
    expect(done.size).toBe(40);
  }, 60_000);

  test("data that does not fit is never handled, and is kept as failed at the first try", async () => {
    let handled = 0;
    const worker = work(async () => {
      handled += 1;
    });
    for (const data of [{ ids: ["no uuid"] }, { ids: [] }, { ids: [randomUUID()], more: 1 }, {}, "text"])
      await add(data);
    await until(() => worker.metrics().failed === 5);
    expect(handled).toBe(0);
    expect(worker.metrics()).toMatchObject({ completed: 0, retried: 0, failed: 5 });
    const [job] = await connection.queue("store-events").getFailed();
    expect(job?.failedReason).toBe("The data of this job does not fit the queue store-events.");
  });

  test("an unrecoverable error is not tried again", async () => {
    let tries = 0;
    work(async () => {
      tries += 1;
      throw new Unrecoverable("no retry can mend this");
    });
    await add();
    await until(async () => (await counts()).failed === 1);
    expect(tries).toBe(1);
  });

  test("what a handler's error quotes is not written into the queue", async () => {
    work(async () => {
      const cause = Object.assign(new Error("Key (name)=(Ada Lovelace) exists"), { code: "23505" });
      throw new Error("Failed query: insert … params: Ada Lovelace", { cause });
    });
    const job = await add();
    await until(async () => (await counts()).delayed === 1);
    const kept = await connection.queue("store-events").getJob(String(job.id));
    expect(kept?.failedReason).toBe("Error 23505");
    expect(JSON.stringify(kept)).not.toContain("Lovelace");
    expect(kept?.stacktrace?.join()).toContain("consume.test.ts");
  });

  test("a job whose worker is killed three times is not lost", async () => {
    const lockMs = 1000;
    await add();
    for (let kills = 0; kills < 3; kills++) {
      const args = ["--import", "tsx", hangingWorker, JSON.stringify(backend.address), String(lockMs)];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      await once(child.stdout, "data");
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    const handled: string[] = [];
    const worker = work(async (_, { id }) => handled.push(id), { lockMs });
    await until(() => handled.length === 1, 20_000);
    await until(() => worker.metrics().completed === 1);
    expect(worker.metrics().stalled).toBe(1);
  }, 60_000);

  test("a worker whose every question is refused asks slowly, and works again when it is answered", async () => {
    let errors = 0;
    const { worker: open } = connection;
    connection.worker = (...args) => {
      const opened = open(...args);
      opened.worker.on("error", () => {
        errors += 1;
      });
      return opened;
    };
    for (let at = 0; at < 3; at++) await add();
    const handled = new Set<string>();
    const worker = work(
      async ({ ids }) => {
        if (handled.size === 0) await backend.refuse(true);
        for (const id of ids) handled.add(id);
      },
      { lockMs: 1000 },
    );
    await until(() => errors > 0);
    await sleep(2000);
    expect(errors).toBeLessThan(40);
    await backend.refuse(false);
    await until(() => handled.size === 3);
    expect(worker.isRunning()).toBe(true);
  }, 30_000);

  test("closing waits for the running job", async () => {
    const gate = new EventEmitter();
    const worker = work(() => once(gate, "open"));
    await add();
    await until(() => worker.metrics().active === 1);
    setTimeout(() => gate.emit("open"), 300);
    await worker.close(10_000);
    expect(await counts()).toMatchObject({ completed: 1, active: 0 });
    expect(worker.isRunning()).toBe(false);
  });

  test("closing beside a handler that hangs aborts its signal and ends in time; the job stays for another worker", async () => {
    let aborted = false;
    const worker = work((_, { signal }) => {
      signal.addEventListener("abort", () => {
        aborted = true;
      });
      return new Promise<never>(() => undefined);
    });
    await add();
    await until(() => worker.metrics().active === 1);
    const since = performance.now();
    await worker.close(500);
    expect(performance.now() - since).toBeLessThan(12_000);
    expect(aborted).toBe(true);
    expect(await counts()).toMatchObject({ active: 1, completed: 0 });
  }, 20_000);

  test("a killed server is used again within 5 s of its return", async () => {
    const handled: string[] = [];
    const worker = work(async ({ ids }) => handled.push(...ids));
    await add();
    await until(() => handled.length === 1);
    await backend.kill();
    await sleep(1500);
    await backend.restart();
    const since = performance.now();
    await addOnceThere();
    await until(() => handled.length >= 2);
    expect(performance.now() - since).toBeLessThan(12_000);
    expect(worker.isRunning()).toBe(true);
  }, 60_000);

  test("closing while the server is away ends in time", async () => {
    const worker = work(async () => undefined);
    await add();
    await until(() => worker.metrics().completed === 1);
    await backend.kill();
    await sleep(1000);
    const since = performance.now();
    await worker.close(500);
    expect(performance.now() - since).toBeLessThan(6000);
    await backend.restart();
  }, 60_000);

  test("a worker that starts while the server is away works once it is there", async () => {
    await backend.kill();
    const handled: string[] = [];
    const worker = work(async ({ ids }) => handled.push(...ids));
    await sleep(1500);
    await backend.restart();
    await addOnceThere();
    await until(() => handled.length >= 1);
    expect(worker.isRunning()).toBe(true);
  }, 60_000);

  test("a queue wiped in the middle of a job leaves the worker at work", async () => {
    const handled: string[] = [];
    const worker = work(async ({ ids }) => {
      if (handled.length === 0) await backend.wipe();
      handled.push(...ids);
    });
    await add();
    await until(() => handled.length >= 1);
    await addOnceThere();
    await until(() => handled.length >= 2);
    await until(() => worker.isRunning());
  }, 30_000);
});
