import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import type { Context as HonoContext, Hono } from "hono";
import type { StatusCode } from "hono/utils/http-status";
import { createEdge } from "./http/edge.ts";
import { errorResponse, unexpectedError } from "./http/errors.ts";
import type { Network } from "./http/client-ip.ts";
import type { HttpEnv } from "./http/http-env.ts";
import { replayedRequest } from "./http/json-body.ts";
import { openApiDocument } from "./http/openapi.ts";
import { rest } from "./http/rest.ts";
import { spa } from "./http/spa.ts";
import { appRouter } from "./router.ts";
import type { Services } from "./services.ts";
import type { Context, Session } from "./trpc/context.ts";
import { asDomainError } from "./trpc/errors.ts";

export type ServerOptions = {
  services: Services;
  /** The origins of our own pages; the first is the one that addresses in answers begin with. */
  origins: () => readonly [string, ...string[]];
  https: boolean;
  trustedProxies: readonly Network[];
  webDist: string | undefined;
  health: Hono;
  callsPerSession: number;
  callsPerAddress: number;
  newId: () => string;
};

/** Everything that answers HTTP: health, tRPC, plain HTTP addresses, the app's files; guards first. */
export const createServer = (options: ServerOptions): Hono<HttpEnv> => {
  const { services, origins, webDist, ...edge } = options;
  const { cookie } = services.accounts;
  const context = contextOf(services, () => origins()[0]);
  const report = (error: Error, requestId: string): void => services.log.error({ err: error, requestId }, "a request failed");
  const app = createEdge({
    ...edge,
    origins,
    tokenOf: cookie.read,
    onError: report,
    onJunkAddress: (proxyIp) => services.log.warn({ proxyIp }, "a trusted proxy sent an address that cannot be read"),
  });
  app.get("/api/openapi.json", (c) => c.json(openApiDocument({ origin: origins()[0], cookieName: cookie.name })));
  app.route("/", rest(context));
  app.all("/trpc/*", async (c) => {
    const ctx = await context(c);
    const answer = await fetchRequestHandler({
      endpoint: "/trpc",
      req: replayedRequest(c),
      router: appRouter,
      createContext: () => ctx,
      onError: ({ error, path }) => {
        if (error.code === "INTERNAL_SERVER_ERROR" && path === undefined) services.log.error({ err: error }, "a call failed");
      },
    });
    return c.newResponse(answer.body, { status: answer.status as StatusCode, headers: answer.headers });
  });
  app.get("*", spa({ folder: webDist }));
  app.onError((error, c) => {
    const domain = asDomainError(error);
    if (domain?.kind === "unavailable") {
      return errorResponse(c, "busy", { message: domain.message, retryAfterS: domain.details.retryAfterS });
    }
    return unexpectedError(report)(error, c);
  });
  return app;
};

const contextOf =
  (services: Services, origin: () => string) =>
  async (c: HonoContext<HttpEnv>): Promise<Context> => {
    const { accounts } = services;
    const token = accounts.cookie.read(c.req.header("cookie"));
    const isTrpc = c.req.path.startsWith("/trpc/");
    return {
      services,
      session: token === undefined ? null : await sessionOf(services, token),
      url: new URL(c.req.url.replace(/^[a-z]+:\/\/[^/]*/i, ""), origin()).href,
      request: {
        id: c.get("requestId"),
        method: c.req.method,
        ip: c.get("ip"),
        userAgent: c.req.header("user-agent"),
        // Of a tRPC batch each procedure is an address of its own; it is filled in where the procedure is known.
        endpoint: isTrpc ? undefined : c.req.path,
      },
      cookie: {
        token,
        set: (value, absoluteSeconds) => c.header("set-cookie", accounts.cookie.set(value, absoluteSeconds), { append: true }),
        clear: () => c.header("set-cookie", accounts.cookie.clear(), { append: true }),
      },
      setHeader: (name, value) => c.header(name, value),
    };
  };

const sessionOf = async ({ accounts }: Services, token: string): Promise<Session | null> => {
  const open = await accounts.sessions.find(token);
  if (open === undefined) return null;
  const { account, sessionId, expiresAt } = open;
  return { ...account, id: sessionId, userId: account.id, features: new Set(account.features), expiresAt };
};
