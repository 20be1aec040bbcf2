export type Wait = {
  /** Resolves after the time, or at `wake` unless it is a firm one. */
  pause: (ms: number, isFirm?: boolean) => Promise<void>;
  wake: () => void;
  /** Ends every pause, also firm and later ones. */
  end: () => void;
};

/** The one place where a recorder waits, so that it can be woken. */
export const createWait = (): Wait => {
  let current: { isFirm: boolean; over: () => void } | null = null;
  let isEnded = false;
  return {
    pause: (ms, isFirm = false) =>
      new Promise((resolve) => {
        if (isEnded) return resolve();
        const over = (): void => {
          clearTimeout(timer);
          current = null;
          resolve();
        };
        const timer = setTimeout(over, ms);
        current = { isFirm, over };
      }),
    wake: () => {
      if (current?.isFirm === false) current.over();
    },
    end: () => {
      isEnded = true;
      current?.over();
    },
  };
};

/** Waits for the work, but no longer than this; without a limit until it is done. */
export const within = async (ms: number | undefined, work: Promise<unknown> | undefined): Promise<void> => {
  if (ms === undefined) {
    await work;
    return;
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([
    work,
    new Promise((resolve) => {
      timer = setTimeout(resolve, ms);
    }),
  ]);
  clearTimeout(timer);
};
