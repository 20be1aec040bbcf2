/** Ends the process when asked: SIGTERM, SIGINT, or the parent gone. */
export type Lifecycle = {
  isDraining: () => boolean;
  /** Tells the parent, where there is one, that this process listens. */
  ready: (facts: { port: number }) => void;
};

/** Everything must be over by then. */
const limitMs = 25_000;

/**
 * Runs `stop` once at the first request to end and exits with 0 when it is done, with 1 when it fails or takes longer
 * than 25 s. A second request exits at once. Errors that nobody caught are reported and end the process.
 */
export const runUntilStopped = (options: {
  stop: () => Promise<void>;
  onError: (error: unknown, what: string) => void;
}): Lifecycle => {
  let draining = false;
  const end = (): void => {
    if (draining) process.exit(1);
    draining = true;
    setTimeout(() => process.exit(1), limitMs).unref();
    options.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        options.onError(error, "stopping failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  process.on("disconnect", () => {
    if (!draining) end();
  });
  for (const what of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(what, (error: unknown) => {
      options.onError(error, what);
      setTimeout(() => process.exit(1), 100);
    });
  }
  return {
    isDraining: () => draining,
    ready: (facts) => {
      if (process.connected) process.send?.({ type: "ready", ...facts });
    },
  };
};
