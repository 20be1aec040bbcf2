import { createHash } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import { networkOf } from "./client-ip.ts";
import { errorResponse } from "./errors.ts";
import type { HttpEnv } from "./http-env.ts";
import { callsOf } from "./limits.ts";

const windowS = 10;

export type RateOptions = {
  /** Calls in 10 s for one session; 0 means no limit. */
  perSession: number;
  /** Calls in 10 s for one IPv4 address or IPv6 /64, over all its sessions; 0 means no limit. */
  perAddress: number;
  /** Whatever stands for the caller's session: its token. Only a hash of it is kept. */
  sessionOf: (c: Context<HttpEnv>) => string | undefined;
};

/**
 * Refuses with 429 when a session or an address calls too often. Each call of a batch counts, since tRPC runs any
 * number of them in one request. The counts are in this process's memory: they smooth out floods, they are no quota.
 */
export const rateLimit = ({ perSession, perAddress, sessionOf }: RateOptions): MiddlewareHandler<HttpEnv> => {
  const addresses = limiter(perAddress);
  const sessions = limiter(perSession);
  return async (c, next) => {
    const calls = callsOf(c.req.path);
    const ip = c.get("ip");
    const wait =
      (ip === undefined ? 0 : await secondsOver(addresses, networkOf(ip), calls)) ||
      (await secondsOver(sessions, hashOf(sessionOf(c)), calls));
    return wait === 0 ? next() : errorResponse(c, "too_many_calls", { retryAfterS: wait });
  };
};

const limiter = (points: number) => (points === 0 ? null : new RateLimiterMemory({ points, duration: windowS }));

const hashOf = (token: string | undefined): string | undefined =>
  token === undefined ? undefined : createHash("sha256").update(token).digest("base64url");

const secondsOver = async (
  counter: RateLimiterMemory | null,
  key: string | undefined,
  calls: number,
): Promise<number> => {
  if (counter === null || key === undefined) return 0;
  try {
    await counter.consume(key, calls);
    return 0;
  } catch (refusal) {
    if (refusal instanceof Error) throw refusal;
    return Math.max(1, Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1000));
  }
};
