import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";

/** Answers health checks on a port of its own, for a process that serves nothing else; 0 takes any free port. */
export const serveHealth = (app: Hono, port: number, host: string): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer(getRequestListener(app.fetch));
    server.once("error", reject);
    server.listen(port, host, () => resolve(server));
  });
