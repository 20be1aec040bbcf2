/** Runs `stop` once at the first wish to end (signal, or the parent gone); a second signal calls `now`, which must not wait. */
export function onStop(stop: () => Promise<void>, now: () => void): void {
  let asked = false;
  const ask = () => {
    if (asked) return now();
    asked = true;
    void stop();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, ask);
  process.once("disconnect", () => {
    if (!asked) ask();
  });
  process.channel?.unref();
  // A closed terminal or pipe must not break the orderly end.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}
