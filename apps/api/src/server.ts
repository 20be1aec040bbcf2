import type { AnyRouter } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { Hono, type Context as HonoContext } from "hono";
import type { Network } from "./http/client-ip.ts";
import { createEdge } from "./http/edge.ts";
import { errorResponse, unexpectedError } from "./http/errors.ts";
import type { HttpEnv } from "./http/http-env.ts";
import { replayedRequest } from "./http/json-body.ts";
import { openApiDocument } from "./http/openapi.ts";
import { raw, rawTypes } from "./http/raw.ts";
import { jsonTypes, otherMethods, rest, restProcedures } from "./http/rest.ts";
import { spa } from "./http/spa.ts";
import { rawRoutes } from "./raw-routes.ts";
import { appRouter } from "./router.ts";
import type { Services } from "./services.ts";
import type { Context, Session } from "./trpc/context.ts";
import { asDomainError } from "./trpc/errors.ts";

export type ServerOptions = {
  services: Services;
  /** Other procedures under /trpc than the product's own: for measuring them in the very same surroundings. */
  router?: AnyRouter;
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
  const { services, origins, webDist, router = appRouter, ...edge } = options;
  const { cookie } = services.accounts;
  const context = contextOf(services, () => origins()[0]);
  const report = (error: Error, requestId: string): void =>
    services.log.error({ err: error, requestId }, "a request failed");
  const app = createEdge({
    ...edge,
    origins,
    tokenOf: cookie.read,
    findKey: services.accounts.keys.find,
    rawTypes,
    jsonTypes,
    onError: report,
    onJunkAddress: (proxyIp) => services.log.warn({ proxyIp }, "a trusted proxy sent an address that cannot be read"),
  });
  const documents = new Map<string, string>();
  app.get("/api/openapi.json", (c) => {
    const [origin] = origins();
    const text = documents.get(origin) ?? JSON.stringify(openApiDocument({ origin, cookieName: cookie.name }));
    documents.set(origin, text);
    return c.body(text, 200, { "content-type": "application/json" });
  });
  app.route("/", raw(context));
  app.route("/", rest(context));
  app.route("/", otherMethods([...Object.values(rawRoutes), ...restProcedures().map(({ route }) => route)]));
  app.all("/trpc/*", async (c) => {
    const added: [string, string][] = [];
    const ctx = await context(c, (name, value) => added.push([name, value]));
    const answer = await fetchRequestHandler({
      endpoint: "/trpc",
      req: replayedRequest(c),
      router,
      createContext: () => ctx,
      onError: ({ error, path }) => {
        if (error.code === "INTERNAL_SERVER_ERROR" && path === undefined)
          services.log.error({ err: error }, "a call failed");
      },
    });
    // Straight into the answer: to build another from its body makes a stream of it, which costs half a call.
    for (const [name, value] of added) addHeader(answer.headers, name, value);
    return answer;
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

/** The same for callers in this process: without pages, health, proxies and limits of calls. */
export const createInnerServer = (options: Pick<ServerOptions, "services" | "origins" | "newId">): Hono<HttpEnv> =>
  createServer({
    ...options,
    https: false,
    trustedProxies: [],
    webDist: undefined,
    health: new Hono(),
    callsPerSession: 0,
    callsPerAddress: 0,
  });

/** Cookies stand side by side, of every other header the last one counts. */
const addHeader = (headers: Headers, name: string, value: string): void =>
  name === "set-cookie" ? headers.append(name, value) : headers.set(name, value);

const contextOf =
  (services: Services, origin: () => string) =>
  async (
    c: HonoContext<HttpEnv>,
    add: (name: string, value: string) => void = (name, value) =>
      c.header(name, value, { append: name === "set-cookie" }),
  ): Promise<Context> => {
    const { accounts } = services;
    const token = accounts.cookie.read(c.req.header("cookie"));
    const giveCookie = (value: string, absoluteSeconds: number): void =>
      add("set-cookie", accounts.cookie.set(value, absoluteSeconds));
    const isTrpc = c.req.path.startsWith("/trpc/");
    return {
      services,
      caller: c.get("key") ?? (token === undefined ? null : await sessionOf(services, token, giveCookie)),
      url: () => new URL(c.req.url.replace(/^[a-z]+:\/\/[^/]*/i, ""), origin()).href,
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
        set: giveCookie,
        clear: () => add("set-cookie", accounts.cookie.clear()),
      },
      setHeader: add,
    };
  };

/** The session behind a token; one whose rights have changed since gets a new token on the way. */
const sessionOf = async (
  { accounts }: Services,
  token: string,
  giveCookie: (token: string, absoluteSeconds: number) => void,
): Promise<Session | null> => {
  const open = await accounts.sessions.find(token);
  if (open === undefined) return null;
  const { account, sessionId, expiresAt, authenticatedAt, renewDue } = open;
  const renewed = renewDue ? await accounts.sessions.renew(token) : undefined;
  if (renewed !== undefined) giveCookie(renewed.token, renewed.absoluteSeconds);
  const features = new Set(account.features);
  return { type: "user", ...account, id: sessionId, userId: account.id, features, expiresAt, authenticatedAt };
};
