import type { Context } from "hono";
import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import { networkOf } from "./client-ip.ts";
import { errorResponse } from "./errors.ts";
import type { Guard } from "./guards.ts";
import type { HttpEnv } from "./http-env.ts";
import { callsOf } from "./limits.ts";

const windowS = 10;

export type RateOptions = {
  /** Calls in 10 s for one session; 0 means no limit. */
  perSession: number;
  /** Calls in 10 s for one IPv4 address or IPv6 /64, over all its sessions; 0 means no limit. */
  perAddress: number;
  /** Whatever stands for the caller's session: its token. */
  sessionOf: (c: Context<HttpEnv>) => string | undefined;
};

/**
 * Refuses with 429 when a session or an address calls too often. Each call of a batch counts, since tRPC runs any
 * number of them in one request. The counts are in this process's memory: they smooth out floods, they are no quota.
 */
export const rateLimit = ({ perSession, perAddress, sessionOf }: RateOptions): Guard => {
  const addresses = limiter(perAddress);
  const sessions = limiter(perSession);
  return async (c) => {
    const calls = callsOf(c.req.path);
    const ip = c.get("ip");
    const wait =
      (ip === undefined ? 0 : await secondsOver(addresses, networkOf(ip), calls)) ||
      (sessions === null ? 0 : await secondsOver(sessions, sessionOf(c), calls));
    return wait === 0 ? null : errorResponse(c, "too_many_calls", { retryAfterS: wait });
  };
};

const limiter = (points: number) => (points === 0 ? null : new RateLimiterMemory({ points, duration: windowS }));

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
