import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { expect, test } from "vitest";
import { QueueClient } from "./postgres-client.ts";
import { postgres } from "./testing/backends.ts";

test("a lent connection that is lost does not end the process", async () => {
  const backend = await postgres.start();
  const pool = new pg.Pool({ connectionString: backend.address.databaseUrl, Client: QueueClient as never });
  pool.on("error", () => undefined);
  const lent = await pool.connect();
  await lent.query("select 1");
  await backend.kill();
  await sleep(200);
  await expect(lent.query("select 1")).rejects.toThrow();
  lent.release(true);
  await pool.end();
  await backend.stop();
}, 60_000);
