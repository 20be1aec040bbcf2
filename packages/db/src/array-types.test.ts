import { once } from "node:events";
import { connect as connectSocket, createServer } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "./client.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test("arrays come back as they were sent, whatever stands in them", async () => {
  const { sql } = database.api;
  const texts = ["plain", "", "NULL", 'say "yes"', "back\\slash", "{a,b}", "new\nline", "ü", " "];
  const [row] = await sql`select ${texts}::text[] as texts, ${[]}::text[] as none, array['a', null] as gaps`;
  expect(row).toEqual({ texts, none: [], gaps: ["a", null] });
  const ids = ["019a0000-0000-7000-8000-000000000001", "019a0000-0000-7000-8000-000000000002"];
  const [more] = await sql`select ${ids}::uuid[] as ids, ${[1, -2]}::int[] as numbers, array[3]::bigint[] as longs`;
  expect(more).toEqual({ ids, numbers: [1, -2], longs: [3] });
});

const fields = "SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0";
const farewell = Buffer.concat([Buffer.from([0x45, 0, 0, 0, 4 + fields.length]), Buffer.from(fields)]);

/** Ends each connection as PostgreSQL does on a shutdown, having taken the first statement. */
const endingProxy = async (targetPort: number) => {
  const server = createServer((client) => {
    const upstream = connectSocket(targetPort, "127.0.0.1");
    client.on("error", () => undefined).pipe(upstream);
    upstream.on("error", () => undefined);
    upstream.on("data", (chunk) => {
      client.write(chunk);
      // ReadyForQuery, idle: the connection has been set up.
      if (!chunk.subarray(-6).equals(Buffer.from("Z\0\0\0\x05I"))) return;
      upstream.destroy();
      setTimeout(() => client.end(farewell), 20);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as { port: number }).port };
};

test("a connection lost while it is set up fails its statement and nothing else", async () => {
  const url = new URL(database.urls.api);
  const { server, port } = await endingProxy(Number(url.port));
  url.port = String(port);
  const unheard: unknown[] = [];
  const hear = (error: unknown) => unheard.push(error);
  process.on("unhandledRejection", hear);
  const db = connect(url.href, { name: "test cut", max: 4 });
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => db.sql`select pg_sleep(0.05)`));
  expect(outcomes.map(({ status }) => status)).toContain("rejected");
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.removeListener("unhandledRejection", hear);
  expect(unheard).toEqual([]);
  await db.end(0);
  server.close();
});
