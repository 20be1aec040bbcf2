import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { Hono, type Context as HonoContext } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { appRouter } from "../router.ts";
import type { Context } from "../trpc/context.ts";
import { asDomainError, toTrpcError } from "../trpc/errors.ts";
import { createCallerFactory, type ProcedureMeta } from "../trpc/init.ts";
import { errorResponse, httpErrors } from "./errors.ts";
import type { HttpEnv } from "./http-env.ts";
import type { JsonTypes } from "./origin-check.ts";
import { type AddressReader, addressReader } from "./rest-input.ts";
import type { RestRoute } from "./rest-route.ts";

export type RestProcedure = { name: string; route: RestRoute; access: string; input: unknown; waits: boolean };

/** Every procedure that has a plain HTTP address, read from the router itself. */
export const restProcedures = (): RestProcedure[] =>
  Object.entries(appRouter._def.procedures).flatMap(([name, procedure]) => {
    const { meta, inputs } = (procedure as unknown as { _def: { meta?: ProcedureMeta; inputs: unknown[] } })._def;
    if (meta?.rest === undefined) return [];
    return [{ name, route: meta.rest, access: meta.access ?? "", input: inputs[0], waits: meta.waiting !== undefined }];
  });

const createCaller = createCallerFactory(appRouter);

export type CreateContext = (c: HonoContext<HttpEnv>) => Promise<Context>;

/** The path as the router writes it, with and without a slash at the end. */
export const patternsOf = (path: string): string[] => {
  const pattern = path.replace(/\{(\w+)\}/g, ":$1").replace(/\/$/, "");
  return [pattern, `${pattern}/`];
};

/** Fixed names before parameters, so that `/permits/assignees` is not the permit called assignees; other forms before JSON. */
const bySpecificity = ({ route: left }: RestProcedure, { route: right }: RestProcedure): number =>
  Number(left.path.includes("{")) - Number(right.path.includes("{")) ||
  Number(right.form !== undefined) - Number(left.form !== undefined);

const otherForms = restProcedures().flatMap(({ route: { method, path, form } }) =>
  form === undefined ? [] : [{ key: `${method} ${path}`, mediaType: form.mediaType }],
);

/** The media types of JSON that an address takes besides `application/json`; none of these addresses has parameters. */
export const jsonTypes: JsonTypes = (method, path) =>
  otherForms.filter(({ key }) => key === `${method} ${path.replace(/\/$/, "")}`).map(({ mediaType }) => mediaType);

/** Plain JSON over HTTP for callers without tRPC: the same procedures, the same checks, the one error body. */
export const rest = (createContext: CreateContext): Hono<HttpEnv> => {
  const app = new Hono<HttpEnv>();
  for (const procedure of restProcedures().sort(bySpecificity)) {
    const reader = addressReader(procedure.input);
    for (const pattern of patternsOf(procedure.route.path)) {
      app.on(procedure.route.method, pattern, (c, next) =>
        procedure.route.form?.isSent((name) => c.req.header(name)) === false
          ? next()
          : answer(c, procedure, reader, createContext),
      );
    }
  }
  return app;
};

/** Answers 405 with the methods that an address does take. Behind all routes. */
export const otherMethods = (routes: readonly Pick<RestRoute, "method" | "path">[]): Hono<HttpEnv> => {
  const app = new Hono<HttpEnv>();
  const methods = new Map<string, Set<string>>();
  for (const { method, path } of routes) {
    for (const pattern of patternsOf(path)) methods.set(pattern, (methods.get(pattern) ?? new Set()).add(method));
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
  { name, route }: RestProcedure,
  reader: AddressReader,
  createContext: CreateContext,
): Promise<Response> => {
  const input = inputOf(c, route, reader);
  if ("refusal" in input) return errorResponse(c, "invalid_input", input.refusal);
  try {
    const caller: unknown = createCaller(await createContext(c));
    const call = name.split(".").reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], caller);
    const answered = (await (call as (input: unknown) => Promise<unknown>)(input.value)) as object;
    return c.json(answered, isAsked(answered) || route.accepted?.when(answered) ? 202 : 200);
  } catch (error) {
    return refusal(c, error);
  }
};

/** What waits for a second person is accepted and not done. */
const isAsked = (answered: object): boolean => "outcome" in answered && answered.outcome === "pending";

type Input = { value: unknown } | { refusal: { message: string; path: string } };

/** Path and query, or path and body. */
const inputOf = (c: HonoContext<HttpEnv>, { method, form }: RestRoute, reader: AddressReader): Input => {
  const params = reader.path(c.req.param());
  const queries = new URL(c.req.url).searchParams;
  const body = c.get("body")?.value;
  if (form !== undefined || (body !== undefined && method !== "GET")) {
    const [unread] = queries.keys();
    if (unread !== undefined) return { refusal: { message: "Parameters stand in the body here.", path: unread } };
    if (form !== undefined) return { value: form.read(c.req.raw.headers, body) };
    if (typeof body !== "object" || body === null || Array.isArray(body)) return { value: body };
    const repeated = Object.keys(params).find((name) => Object.hasOwn(body, name));
    if (repeated === undefined) return { value: { ...body, ...params } };
    return { refusal: { message: "The body repeats what stands in the address.", path: repeated } };
  }
  const query = reader.query(queries);
  if ("repeated" in query) return { refusal: { message: "A parameter is given twice.", path: query.repeated } };
  return { value: { ...query.members, ...params } };
};

/** What was thrown as the one error body with its status. */
export const refusal = (c: HonoContext<HttpEnv>, error: unknown): Response => {
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
