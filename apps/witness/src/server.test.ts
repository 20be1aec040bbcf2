import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { serveWitness } from "./server.ts";
import { createTestLog, createTestWitness } from "./testing.ts";

test("a sender that never ends its request is cut off, and others are answered meanwhile", async () => {
  const log = createTestLog("office.example/log");
  const place = await createTestWitness(log.vkey);
  const server = await serveWitness((await place.open()).app, 0, "127.0.0.1", 500);
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await place.remove();
  });
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  socket.write("POST /add-checkpoint HTTP/1.1\r\nhost: w\r\ncontent-length: 1000\r\n\r\nold 0\n");
  const body = log.request(0, 5);
  expect((await fetch(`http://127.0.0.1:${port}/add-checkpoint`, { method: "POST", body })).status).toBe(200);
  const begun = Date.now();
  socket.resume();
  await once(socket, "close");
  expect(Date.now() - begun).toBeLessThan(2000);
});
