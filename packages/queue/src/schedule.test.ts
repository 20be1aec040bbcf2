import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { consume } from "./consume.ts";
import { schedule } from "./schedule.ts";
import { type Backend, backends, until } from "./testing/backends.ts";

describe.each(backends)("scheduling on $kind", ({ start }) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await start();
  }, 60_000);
  afterAll(() => backend.stop(), 60_000);

  test("two processes that ask for the same rhythm get it once, and a flushed queue gets it again", async () => {
    const connections = [backend.connect(), backend.connect()];
    const rhythm = { everyMs: 500 };
    const schedules = connections.map((connection) => schedule(connection, "ensure-partitions", rhythm, 1000));
    const ranAt: number[] = [];
    const worker = consume(connections[0]!, "ensure-partitions", async () => ranAt.push(Date.now()));
    await until(() => ranAt.length >= 6);
    // Five pauses of 500 ms; asked for twice it would be half of that. A busy machine may start late.
    const tookMs = ranAt[5]! - ranAt[0]!;
    expect(tookMs).toBeGreaterThan(1400);
    await backend.wipe();
    const before = ranAt.length;
    await until(() => ranAt.length >= before + 3);
    for (const one of schedules) one.close();
    await worker.close(1000);
    for (const connection of connections) await connection.close();
  }, 60_000);

  test("a cron rhythm is kept in its time zone", async () => {
    const connection = backend.connect();
    const nightly = schedule(connection, "ensure-partitions", { cron: "0 3 * * *", timeZone: "Europe/Berlin" });
    const queue = connection.queue("ensure-partitions");
    await until(async () => (await queue.getJobSchedulers()).length === 1);
    expect(await queue.getJobSchedulers()).toMatchObject([{ pattern: "0 3 * * *", tz: "Europe/Berlin" }]);
    nightly.close();
    await connection.close();
  }, 30_000);
});
