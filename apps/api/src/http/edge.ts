import { Hono } from "hono";
import { type ApiKeyOptions, apiKey } from "./api-key.ts";
import { clientIps, type Network } from "./client-ip.ts";
import { notFound, requestIds, unexpectedError } from "./errors.ts";
import { guards } from "./guards.ts";
import { securityHeaders } from "./headers.ts";
import type { HttpEnv } from "./http-env.ts";
import { jsonBody } from "./json-body.ts";
import { batchLimit, inFlightLimit, plainAddress } from "./limits.ts";
import { type JsonTypes, jsonOnly, originCheck, type RawTypes } from "./origin-check.ts";
import { type RateOptions, rateLimit } from "./rate.ts";

export type EdgeOptions = {
  newId: () => string;
  /** Whether browsers reach us by https. */
  https: boolean;
  /** The origins of our own pages. */
  origins: () => readonly string[];
  trustedProxies: readonly Network[];
  /** The session token in a Cookie header. */
  tokenOf: (cookieHeader: string | undefined) => string | undefined;
  findKey: ApiKeyOptions["findKey"];
  /** The media types of a body that its route reads itself, byte by byte; of every other address bodies are JSON. */
  rawTypes?: RawTypes;
  jsonTypes?: JsonTypes;
  /** Calls in 10 s; 0 means no limit. */
  callsPerSession: number;
  callsPerAddress: number;
  /** Answers before any limit, so that a busy server is not taken for a dead one. */
  health: Hono;
  onError: (error: Error, requestId: string) => void;
  onJunkAddress?: (proxyIp: string | null) => void;
};

/**
 * The app in front of every route: whatever reaches a handler added behind it has an id, an address, a foreign page
 * ruled out, and a body that was read. Cheap refusals come first, and only whoever has sent a whole request counts
 * as work in flight.
 */
export const createEdge = (options: EdgeOptions): Hono<HttpEnv> => {
  const { newId, https, origins, trustedProxies, tokenOf, findKey, callsPerSession, callsPerAddress, health } = options;
  const { onError, onJunkAddress, rawTypes = () => undefined, jsonTypes = () => [] } = options;
  const app = new Hono<HttpEnv>();
  app.onError(unexpectedError(onError));
  app.notFound(notFound);
  app.use(requestIds({ newId }), securityHeaders({ https }), guards(plainAddress()));
  app.route("/", health);
  const sessionOf: RateOptions["sessionOf"] = (c) => tokenOf(c.req.header("cookie")) ?? c.req.header("authorization");
  app.use(
    guards(
      clientIps({ trustedProxies, ...(onJunkAddress && { onJunk: onJunkAddress }) }),
      originCheck({ origins }),
      jsonOnly({ rawTypes, jsonTypes }),
      batchLimit(),
      rateLimit({ perSession: callsPerSession, perAddress: callsPerAddress, sessionOf }),
      apiKey({ findKey, tokenOf }),
      jsonBody({ rawTypes }),
    ),
    inFlightLimit(),
  );
  return app;
};
