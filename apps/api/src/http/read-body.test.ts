import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { Hono } from "hono";
import { afterEach, expect, test } from "vitest";
import { requestIds } from "./errors.ts";
import { guards } from "./guards.ts";
import type { HttpEnv } from "./http-env.ts";
import { type JsonBodyOptions, jsonBody } from "./json-body.ts";
import { createNodeServer } from "./node-server.ts";

const open: ReturnType<typeof createNodeServer>[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const listen = async (options: JsonBodyOptions = {}) => {
  const app = new Hono<HttpEnv>();
  app.use(requestIds({ newId: () => "r1" }), guards(jsonBody(options)));
  app.all("*", async (c) => c.json({ got: JSON.stringify(c.get("body")?.value ?? null).length }));
  const server = createNodeServer({ fetch: app.fetch, newId: () => "r1" });
  open.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};

const post = (port: number, body: string) => fetch(`http://127.0.0.1:${port}/api/x`, { method: "POST", body });

/** Sends chunks without end and answers what came back, and how much could be sent. */
const flood = async (port: number) => {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  let sent = 0;
  socket.on("data", (data) => {
    answer += data.toString();
  });
  socket.on("error", () => undefined);
  socket.write("POST /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
  const closed = new Promise((resolve) => socket.once("close", resolve));
  const pour = () => {
    while (!socket.destroyed && socket.write(chunk)) sent += chunk.length;
    sent += chunk.length;
  };
  socket.on("drain", pour);
  pour();
  await closed;
  return { answer, sent };
};

test("an endless chunked body gets 413 and the connection is closed; memory stays flat", async () => {
  const port = await listen();
  const before = process.memoryUsage.rss();
  const floods = await Promise.all(Array.from({ length: 10 }, () => flood(port)));
  for (const { answer, sent } of floods) {
    expect(answer).toContain("HTTP/1.1 413 ");
    expect(answer).toContain('"code":"body_too_large"');
    expect(sent).toBeLessThan(128 * 1024 * 1024);
  }
  expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
  expect(await (await post(port, '{"a":1}')).json()).toEqual({ got: 7 });
});

test("an announced length over the limit is refused before the body comes", async () => {
  const port = await listen();
  const socket = connect(port, "127.0.0.1");
  socket.write(`POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: ${1024 ** 3}\r\n\r\n`);
  const [data] = (await once(socket, "data")) as [Buffer];
  expect(data.toString()).toContain("HTTP/1.1 413 ");
  socket.destroy();
});

test("senders that hold too much together get 503, and the budget comes back when they leave", async () => {
  const port = await listen({ budget: 100_000 });
  const slow = connect(port, "127.0.0.1");
  slow.write(`POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n${" ".repeat(80_000)}`);
  await expect.poll(async () => (await post(port, `{"a":"${"x".repeat(30_000)}"}`)).status).toBe(503);
  slow.destroy();
  await expect.poll(async () => (await post(port, `{"a":"${"x".repeat(30_000)}"}`)).status).toBe(200);
});

test("a GET may have no body", async () => {
  const port = await listen();
  const socket = connect(port, "127.0.0.1");
  socket.write("GET /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
  let answer = "";
  socket.on("data", (data) => {
    answer += data.toString();
  });
  await new Promise((resolve) => socket.once("close", resolve));
  expect(answer).toContain("HTTP/1.1 400 ");
  expect(answer).toContain("body_not_expected");
});

test("bodies that come in pieces, and two on one connection, are read whole", async () => {
  const port = await listen();
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (data) => {
    answer += data.toString();
  });
  const head = "POST /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const piece of [head, '3\r\n{"a\r\n', '4\r\n":12\r\n', "1\r\n}\r\n0\r\n\r\n", `${head}2\r\n[]\r\n0\r\n\r\n`]) {
    socket.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await expect.poll(() => answer.match(/\{"got":\d+\}/g)).toEqual(['{"got":8}', '{"got":2}']);
  socket.destroy();
});

test("a body that takes too long gets 408 and the connection is closed", async () => {
  const port = await listen({ requestMs: 100 });
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (data) => {
    answer += data.toString();
  });
  socket.on("error", () => undefined);
  socket.write("POST /api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
  const began = Date.now();
  await once(socket, "close");
  expect(Date.now() - began).toBeLessThan(5000);
  expect(answer).toContain("HTTP/1.1 408 ");
  expect(answer).toContain('"code":"too_slow"');
  expect((await post(port, "{}")).status).toBe(200);
});
