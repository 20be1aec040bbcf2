import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { Hono, type Context as HonoContext } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { appRouter } from "../router.ts";
import type { Context } from "../trpc/context.ts";
import { asDomainError, toTrpcError } from "../trpc/errors.ts";
import { createCallerFactory, type ProcedureMeta } from "../trpc/init.ts";
import { errorResponse, httpErrors } from "./errors.ts";
import type { HttpEnv } from "./http-env.ts";
import type { RestRoute } from "./rest-route.ts";

export type RestProcedure = { name: string; route: RestRoute; access: string; input: unknown };

/** Every procedure that has a plain HTTP address, read from the router itself. */
export const restProcedures = (): RestProcedure[] =>
  Object.entries(appRouter._def.procedures).flatMap(([name, procedure]) => {
    const { meta, inputs } = (procedure as unknown as { _def: { meta?: ProcedureMeta; inputs: unknown[] } })._def;
    return meta?.rest === undefined ? [] : [{ name, route: meta.rest, access: meta.access ?? "", input: inputs[0] }];
  });

const createCaller = createCallerFactory(appRouter);

/** The path as the router writes it, with and without a slash at the end. */
const patternsOf = (path: string): string[] => {
  const pattern = path.replace(/\{(\w+)\}/g, ":$1").replace(/\/$/, "");
  return [pattern, `${pattern}/`];
};

/** Plain JSON over HTTP for callers without tRPC: the same procedures, the same checks, the one error body. */
export const rest = (createContext: (c: HonoContext<HttpEnv>) => Promise<Context>): Hono<HttpEnv> => {
  const app = new Hono<HttpEnv>();
  const methods = new Map<string, Set<string>>();
  for (const { name, route } of restProcedures()) {
    for (const pattern of patternsOf(route.path)) {
      methods.set(pattern, (methods.get(pattern) ?? new Set()).add(route.method));
      app.on(route.method, pattern, (c) => answer(c, name, route, createContext));
    }
  }
  for (const [pattern, allowed] of methods) {
    app.all(pattern, (c) => {
      const refused = errorResponse(c, "method_not_allowed");
      refused.headers.set("allow", [...allowed].join(", "));
      return refused;
    });
  }
  return app;
};

const answer = async (
  c: HonoContext<HttpEnv>,
  name: string,
  route: RestRoute,
  createContext: (c: HonoContext<HttpEnv>) => Promise<Context>,
): Promise<Response> => {
  const input = inputOf(c, route);
  if (input === null)
    return errorResponse(c, "invalid_input", { message: "A parameter is given twice.", path: "query" });
  try {
    const caller: unknown = createCaller(await createContext(c));
    const call = name.split(".").reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], caller);
    return c.json((await (call as (input: unknown) => Promise<unknown>)(input)) as object);
  } catch (error) {
    return refusal(c, error);
  }
};

/** Path and query, or path and body; null when a query parameter is given twice. */
const inputOf = (c: HonoContext<HttpEnv>, { method }: RestRoute): object | null => {
  if (method !== "GET") return { ...(c.get("body")?.value as object | undefined), ...c.req.param() };
  const query = c.req.queries();
  if (Object.values(query).some((values) => values.length > 1)) return null;
  return { ...c.req.query(), ...c.req.param() };
};

const refusal = (c: HonoContext<HttpEnv>, error: unknown): Response => {
  const domain = asDomainError(error);
  const body = {
    code: domain?.reason ?? "internal",
    ...(domain?.details.fields !== undefined && {
      path: domain.details.fields[0]?.path,
      fields: domain.details.fields,
    }),
    requestId: c.get("requestId"),
    message: domain?.message ?? httpErrors.internal.message,
  };
  const retryAfterS = domain?.details.retryAfterS;
  if (retryAfterS !== undefined) c.header("retry-after", String(Math.max(1, Math.ceil(retryAfterS))));
  return c.json({ error: body }, getHTTPStatusCodeFromError(toTrpcError(error)) as ContentfulStatusCode);
};
