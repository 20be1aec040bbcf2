import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Hono } from "hono";
import { createNodeServer } from "./http/node-server.ts";
import { createServer } from "./server.ts";
import type { Services } from "./services.ts";

/** The API of a test on a real socket; pages of `url` are its own. */
export const listen = async (services: Services): Promise<{ url: string; close: () => Promise<void> }> => {
  let url = "";
  let requests = 0;
  const newId = () => `r_socket_${++requests}`;
  const app = createServer({
    services,
    origins: () => [url],
    https: false,
    trustedProxies: [],
    webDist: undefined,
    health: new Hono(),
    callsPerSession: 0,
    callsPerAddress: 0,
    newId,
  });
  const server = createNodeServer({ fetch: app.fetch, newId }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};
