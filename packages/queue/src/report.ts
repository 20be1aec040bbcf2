/** The part of a pino logger that this package needs. */
export type Logger = Record<"info" | "warn" | "error", (facts: object, message: string) => void>;

/** Makes the `error` listener of one source. */
export type Reporter = (source: string) => (error: Error & { code?: string }) => void;

const quietMs = 10_000;
const maxRemembered = 100;

/**
 * Says the same fault of a source at most every ten seconds: a server that is away repeats itself many times a second.
 */
export const createReporter = (logger: Logger, now: () => number = Date.now): Reporter => {
  const saidAt = new Map<string, number>();
  return (source) => (error) => {
    const fault = `${source} ${error.code ?? error.message}`;
    const last = saidAt.get(fault);
    if (last !== undefined && now() - last < quietMs) return;
    if (saidAt.size >= maxRemembered) saidAt.clear();
    saidAt.set(fault, now());
    logger.warn({ source, code: error.code, reason: error.message }, "the queue reports a fault");
  };
};
