import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { postText } from "./post-text.ts";

/** Takes connections and says nothing. */
const mute = async (): Promise<number> => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on("error", () => undefined))).listen(0, "127.0.0.1");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};
const limits = { connectMs: 200, totalMs: 10_000, answerBytes: 10 };
const never = new AbortController().signal;

test("a server that never finishes the handshake is given up at the limit for connecting", async () => {
  const begun = Date.now();
  const answer = await postText(new URL(`https://127.0.0.1:${await mute()}/`), "x", limits, never);
  expect(answer).toEqual({ status: null, why: "no connection within 0.2 s" });
  expect(Date.now() - begun).toBeLessThan(2000);
});

test("a call is given up at once when the worker ends", async () => {
  const stopping = new AbortController();
  const asked = postText(new URL(`http://127.0.0.1:${await mute()}/`), "x", limits, stopping.signal);
  setTimeout(() => stopping.abort(), 50);
  expect(await asked).toMatchObject({ status: null });
});
