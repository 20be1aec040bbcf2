import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
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

const cwd = fileURLToPath(new URL("..", import.meta.url));

/** Connects as BullMQ does to listen, to a server that ends the session in the packet that opens it. */
const listening = `
  import { createServer } from "node:net";
  import pg from "pg";
  import { installListeningClient } from ${JSON.stringify(fileURLToPath(new URL("./postgres-client.ts", import.meta.url)))};
  const message = (kind, text) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(4 + text.length);
    return Buffer.concat([Buffer.from(kind), length, Buffer.from(text, "latin1")]);
  };
  const welcome = [message("R", "\\0\\0\\0\\0"), message("Z", "I")];
  const farewell = message("E", "SFATAL\\0VFATAL\\0C57P01\\0Mterminating connection\\0\\0");
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(Buffer.concat([...welcome, farewell])));
  });
  server.listen(0, "127.0.0.1", async () => {
    if (process.env.INSTALL) installListeningClient();
    const client = new pg.Client({ host: "127.0.0.1", port: server.address().port, user: "u", database: "d" });
    await client.connect();
    client.on("error", (error) => process.stdout.write(error.code + " heard"));
    setTimeout(() => process.exit(0), 200);
  });`;
const listen = (env: Record<string, string>) => {
  const args = ["--import", "tsx", "--input-type=module", "-e", listening];
  const { status, stdout } = spawnSync(process.execPath, args, { env: { PATH: process.env.PATH, ...env }, cwd });
  return { status, said: stdout.toString() };
};

test("a listening connection lost at once is told of, where the plain client ends the process", () => {
  expect(listen({}).status).not.toBe(0);
  expect(listen({ INSTALL: "1" })).toMatchObject({ status: 0, said: expect.stringContaining("57P01 heard") });
});
