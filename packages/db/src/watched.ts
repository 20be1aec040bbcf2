export type Watched<Value> = {
  current: () => Value;
  /** Reads it again now; call it after changing it. */
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
  const refresh = async (): Promise<void> => {
    current = await load();
  };
  const timer = setInterval(() => refresh().catch(onError), everyMs);
  timer.unref();
  return { current: () => current, refresh, stop: () => clearInterval(timer) };
};
