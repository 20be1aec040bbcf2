/** The part of a pino logger that this package needs. */
export type Logger = Record<"info" | "warn" | "error", (facts: object, message: string) => void>;

const quietMs = 10_000;

/**
 * Returns a maker of `error` listeners that say a source's same fault at most every ten seconds: a server that is
 * away repeats itself many times a second.
 */
export const createReporter = (logger: Logger, now: () => number = Date.now) => {
  const saidAt = new Map<string, number>();
  return (source: string) => (error: Error & { code?: string }) => {
    const fault = `${source} ${error.code ?? error.message}`;
    const last = saidAt.get(fault);
    if (last !== undefined && now() - last < quietMs) return;
    if (saidAt.size > 100) saidAt.clear();
    saidAt.set(fault, now());
    logger.warn({ source, code: error.code, reason: error.message }, "the queue reports a fault");
  };
};
