import type { Context, MiddlewareHandler } from "hono";
import type { HttpEnv } from "./http-env.ts";

/** Lets a request pass (null) or answers in its place. */
export type Guard = (c: Context<HttpEnv>) => Response | null | Promise<Response | null>;

/**
 * Runs guards in their order in one middleware. Each as a middleware of its own would cost a call several times
 * what the guards themselves do.
 */
export const guards = (...inOrder: readonly Guard[]): MiddlewareHandler<HttpEnv> => {
  return async (c, next) => {
    for (const guard of inOrder) {
      const answer = guard(c);
      const refusal = answer instanceof Promise ? await answer : answer;
      if (refusal !== null) return refusal;
    }
    return next();
  };
};
