import { createServer, type IncomingMessage, type Server } from "node:http";
import { health } from "@countersign/service/health";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { Answer } from "./add-checkpoint.ts";

/** As long as an old size, 63 hashes and a note can be. */
const bodyBytes = 128 * 1024;
const inFlight = 64;
const callsInTenSeconds = 200;
const requestMs = 10_000;
const sockets = 256;

type Env = { Bindings: { incoming?: IncomingMessage } };

export type ServerDeps = {
  addCheckpoint: (body: Uint8Array) => Promise<Answer>;
  /** Whether state and key are there. */
  isAble: () => Promise<boolean>;
  instance: string;
  isDraining: () => boolean;
  onError: (error: unknown) => void;
};

/** `POST /add-checkpoint` (C2SP tlog-witness), `/health/live` and `/health/ready`, within limits of size, time and number. */
export const witnessApp = ({ addCheckpoint, isAble, instance, isDraining, onError }: ServerDeps): Hono<Env> => {
  const app = new Hono<Env>();
  const calls = new RateLimiterMemory({ points: callsInTenSeconds, duration: 10 });
  let running = 0;

  app.route("/", health({ instance, needed: { state: async () => ({ ok: await isAble() }) }, wanted: {}, isDraining }));
  app.use("/add-checkpoint", async (c, next) => {
    const address = c.env?.incoming?.socket.remoteAddress ?? "";
    if (await isOver(calls, address)) return c.text("Too many calls; come back later.\n", 429, { "retry-after": "10" });
    if (running >= inFlight) return c.text("Busy; come back later.\n", 503, { "retry-after": "1" });
    running += 1;
    try {
      return await next();
    } finally {
      running -= 1;
    }
  });
  app.post(
    "/add-checkpoint",
    bodyLimit({ maxSize: bodyBytes, onError: (c) => c.text("Too long.\n", 413) }),
    async (c) => {
      const answer = await addCheckpoint(new Uint8Array(await c.req.arrayBuffer()));
      if (answer.status === 200) return c.text(answer.lines);
      if (answer.status === 409) return c.body(`${answer.size}\n`, 409, { "content-type": "text/x.tlog.size" });
      return c.text(`${answer.sentence}\n`, answer.status);
    },
  );
  app.notFound((c) => c.text("There is nothing here.\n", 404));
  app.onError((error, c) => {
    onError(error);
    return c.text("This witness cannot sign now.\n", 503, { "retry-after": "10" });
  });
  return app;
};

const isOver = async (calls: RateLimiterMemory, address: string): Promise<boolean> => {
  try {
    await calls.consume(address);
    return false;
  } catch (refusal) {
    if (refusal instanceof Error) throw refusal;
    return true;
  }
};

/** Listens; 0 takes any free port. Whoever sends more slowly than `limitMs` is cut off. */
export const serveWitness = (app: Hono<Env>, port: number, host: string, limitMs = requestMs): Promise<Server> =>
  new Promise((resolve, reject) => {
    const timeouts = { headersTimeout: limitMs, requestTimeout: limitMs, connectionsCheckingInterval: limitMs / 10 };
    const server = createServer({ ...timeouts, maxHeaderSize: 16 * 1024 }, getRequestListener(app.fetch));
    server.maxConnections = sockets;
    server.once("error", reject);
    server.listen(port, host, () => resolve(server));
  });
