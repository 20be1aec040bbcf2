export type Backoff = { firstMs: number; mostMs: number };

/** A server may ask for patience, but not for ever. */
const longestWaitMs = 5 * 60_000;

/**
 * How long to wait before the next try, `attempts` having failed in a row: any time up to a limit that doubles ("full
 * jitter"), after what the server asked for. For what does not mend by itself it is the upper half of the longest.
 */
export const waitMs = (
  { firstMs, mostMs }: Backoff,
  failure: { attempts: number; isLasting: boolean; retryAfterMs: number },
  random: () => number,
): number => {
  if (failure.isLasting) return Math.max(failure.retryAfterMs, mostMs * (0.5 + random() / 2));
  return failure.retryAfterMs + random() * Math.min(mostMs, firstMs * 2 ** (failure.attempts - 1));
};

/** The milliseconds of a Retry-After header (RFC 9110 §10.2.3: seconds or a date), 0 for none; at most five minutes. */
export const retryAfterMs = (header: string | null, now: number): number => {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), longestWaitMs);
};
