import { initTRPC } from "@trpc/server";
import type { WaitingAct } from "../approvals/resume.ts";
import type { RestRoute } from "../http/rest-route.ts";
import type { Context } from "./context.ts";
import { asDomainError, formatError, toTrpcError } from "./errors.ts";
import { transformer } from "./transformer.ts";

/** What a procedure says of itself; the role matrix and the catalogue coverage are read from it. */
export type ProcedureMeta = {
  /** Feature the caller needs; `signed-in` for one's own affairs; `public` for the few anybody may call. */
  access?: string;
  /** Event codes it can emit. */
  events?: readonly string[];
  /** Its plain HTTP address, where it has one. */
  rest?: RestRoute;
  /** How it is done later, where it can wait for a second person. */
  waiting?: WaitingAct;
};

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    transformer,
    isDev: false,
    sse: {
      ping: { enabled: true, intervalMs: 15_000 },
      client: { reconnectAfterInactivityMs: 40_000 },
      // One that nobody reads any more gives its place back; the others connect again and go on where they were.
      maxDurationMs: 30 * 60_000,
    },
    errorFormatter: ({ error, shape, ctx }) => formatError(error, shape, ctx),
  });

export const router = t.router;
export const mergeRouters = t.mergeRouters;
export const createCallerFactory = t.createCallerFactory;

/** The root of every procedure: whatever is thrown leaves as one of our own errors, and defects are logged. */
export const base = t.procedure.use(async ({ ctx, path, next }) => {
  const request = ctx.request.endpoint === undefined ? { ...ctx.request, endpoint: `/trpc/${path}` } : ctx.request;
  const result = await next({ ctx: { ...ctx, request } });
  if (result.ok) return result;
  const error = toTrpcError(result.error);
  if (error.code === "INTERNAL_SERVER_ERROR") {
    ctx.services.log.error(
      { err: result.error.cause ?? result.error, requestId: ctx.request.id, path },
      "a procedure failed",
    );
  }
  const retryAfterS = asDomainError(error)?.details.retryAfterS;
  if (retryAfterS !== undefined) ctx.setHeader("retry-after", String(Math.max(1, Math.ceil(retryAfterS))));
  throw error;
});
