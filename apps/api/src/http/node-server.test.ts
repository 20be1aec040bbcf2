import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createNodeServer } from "./node-server.ts";

const open: ReturnType<typeof createNodeServer>[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const listen = async (timeouts?: { headersMs: number; requestMs: number; checkEveryMs: number }) => {
  const fetch = async (request: Request) => new Response(`read ${(await request.text()).length}`);
  const server = createNodeServer({ fetch, newId: () => "r1", ...(timeouts && { timeouts }) });
  open.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};

/** Sends these very bytes and answers all that comes back until the server closes. */
const raw = async (port: number, text: string) => {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk.toString();
  });
  socket.on("error", () => undefined);
  socket.write(text);
  await new Promise((resolve) => socket.once("close", resolve));
  return answer;
};

const errorIn = (answer: string) => JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4)) as { error: unknown };

test.each([
  ["headers over 16 KiB", `GET / HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(17_000)}\r\n\r\n`, 431, "headers_too_large"],
  ["what is not HTTP", "HELLO\r\n\r\n", 400, "unreadable"],
  [
    "two body lengths",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
    400,
    "unreadable",
  ],
  [
    "a length beside chunks",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    400,
    "unreadable",
  ],
])("%s get the one error body and the connection is closed", async (_name, text, status, code) => {
  const answer = await raw(await listen(), text);
  expect(answer).toContain(`HTTP/1.1 ${status} `);
  expect(errorIn(answer).error).toMatchObject({ code, requestId: "r1" });
});

test("a host name that is none is refused in the same body", async () => {
  const answer = await raw(await listen(), "GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n");
  expect(answer).toContain("HTTP/1.1 400 ");
  expect(answer).toContain('"code":"unreadable"');
});

test("headers and bodies that drip in too slowly get 408", async () => {
  const port = await listen({ headersMs: 100, requestMs: 300, checkEveryMs: 20 });
  const slowHeaders = await raw(port, "GET / HTTP/1.1\r\nHost: x\r\n");
  expect([slowHeaders.slice(0, 12), errorIn(slowHeaders).error]).toMatchObject(["HTTP/1.1 408", { code: "too_slow" }]);
  const slowBody = await raw(port, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf");
  expect([slowBody.slice(0, 12), errorIn(slowBody).error]).toMatchObject(["HTTP/1.1 408", { code: "too_slow" }]);
});

test("the next request works after a refused one", async () => {
  const port = await listen();
  await raw(port, "HELLO\r\n\r\n");
  expect(await (await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "abc" })).text()).toBe("read 3");
});
