export type Watched<Value> = {
  current: () => Value;
  /** Reads it again now; call it after changing it. Never rejects: what fails is reported and tried again by the clock. */
  refresh: () => Promise<void>;
  stop: () => void;
};

/** What `load` answers, read again every second so that a change made by another process counts here, too. */
export const watch = async <Value>(
  load: () => Promise<Value>,
  onError: (error: unknown) => void,
  everyMs = 1000,
): Promise<Watched<Value>> => {
  let current = await load();
  let started = 0;
  let shown = 0;
  const refresh = async (): Promise<void> => {
    started += 1;
    const turn = started;
    try {
      const value = await load();
      // What was asked for before a change may arrive after what was asked for since.
      if (turn < shown) return;
      shown = turn;
      current = value;
    } catch (error) {
      onError(error);
    }
  };
  const timer = setInterval(refresh, everyMs);
  timer.unref();
  return { current: () => current, refresh, stop: () => clearInterval(timer) };
};
