import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { checkRedis } from "./check-redis.ts";
import { freePort, redisIsInstalled, startRedis } from "./testing.ts";

const onRedis = test.runIf(redisIsInstalled());

onRedis("a durable Redis that evicts nothing is fine", async () => {
  const server = await startRedis({ args: ["--appendonly", "yes"] });
  expect(await checkRedis(server.url)).toEqual({ ok: true, warnings: [] });
  await server.stop();
});

onRedis("without appendonly there is a warning", async () => {
  const server = await startRedis();
  expect(await checkRedis(server.url)).toEqual({ ok: true, warnings: [expect.stringContaining("appendonly")] });
  await server.stop();
});

onRedis("a Redis that may evict keys is refused, naming its policy", async () => {
  const server = await startRedis({ args: ["--maxmemory-policy", "allkeys-lru"] });
  expect(await checkRedis(server.url)).toEqual({
    ok: false,
    sentence: `Redis at ${server.url} has maxmemory-policy allkeys-lru and may drop jobs; set it to noeviction.`,
  });
  await server.stop();
});

onRedis("a password is used, and neither it nor a wrong one is shown", async () => {
  const server = await startRedis({ args: ["--requirepass", "right-secret"] });
  const address = (secret: string) => `redis://:${secret}@127.0.0.1:${server.port}/1`;
  expect(await checkRedis(address("right-secret"))).toMatchObject({ ok: true });
  for (const url of [address("wrong-secret"), server.url]) {
    const refused = await checkRedis(url);
    expect(refused).toMatchObject({ ok: false, sentence: expect.stringContaining("refused the user or password") });
    expect(JSON.stringify(refused)).not.toContain("secret");
  }
  await server.stop();
});

onRedis("a user who may not ask for INFO is refused, one who may not read the configuration is fine", async () => {
  const server = await startRedis();
  const admin = new Redis(server.url);
  const url = `redis://plain:pw@127.0.0.1:${server.port}`;
  await admin.call("ACL", "SETUSER", "plain", "on", ">pw", "~*", "+@all", "-config");
  expect(await checkRedis(url)).toMatchObject({ ok: true });
  await admin.call("ACL", "SETUSER", "plain", "-info");
  expect(await checkRedis(url)).toMatchObject({ ok: false, sentence: expect.stringContaining("INFO") });
  admin.disconnect();
  await server.stop();
});

test("a server of another make that is old and does not tell its policy gets warnings", async () => {
  const answers: Record<string, string> = {
    hello: "*0\r\n",
    ping: "+PONG\r\n",
    info: "$21\r\nredis_version:6.2.0\r\n\r\n",
  };
  const server = createServer((socket) => {
    socket.on("data", (data) => {
      // A command arrives as *count, then $length and word for each of its words.
      for (const [, word = ""] of data.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)) {
        socket.write(answers[word.toLowerCase()] ?? "-ERR unknown command\r\n");
      }
    });
    socket.on("error", () => socket.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect(await checkRedis(`redis://127.0.0.1:${port}`)).toEqual({
    ok: true,
    warnings: [
      expect.stringContaining("does not tell its maxmemory-policy"),
      expect.stringContaining("Redis is 6.2.0"),
    ],
  });
  server.close();
});

test("nobody listening is said in one sentence without the password", async () => {
  const port = await freePort();
  expect(await checkRedis(`redis://user:pass@127.0.0.1:${port}`)).toEqual({
    ok: false,
    sentence: `Redis at redis://127.0.0.1:${port} did not answer within 2 s (ECONNREFUSED); correct REDIS_URL, or unset it to queue in PostgreSQL.`,
  });
});

test("a server that accepts and says nothing is given up after 2 s", async () => {
  const port = await freePort();
  const mute = createServer().listen(port, "127.0.0.1");
  const since = performance.now();
  const checked = await checkRedis(`redis://127.0.0.1:${port}`);
  expect(checked).toMatchObject({ ok: false, sentence: expect.stringContaining("did not answer within 2 s") });
  expect(performance.now() - since).toBeLessThan(10_000);
  mute.close();
}, 10_000);

test("what is no Redis address is refused without showing it", async () => {
  for (const url of ["", "localhost:6379", "http://user:secret@host", "redis//x"]) {
    expect(await checkRedis(url)).toEqual({
      ok: false,
      sentence: "REDIS_URL is not a redis:// or rediss:// address.",
    });
  }
});
