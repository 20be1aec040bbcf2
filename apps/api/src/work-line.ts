export type WorkLine = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Lets at most `atOnce` pieces of work run and `waiting` more wait in line; all others are refused with what `full` makes. */
export const createWorkLine = ({
  atOnce,
  waiting,
  full,
}: {
  atOnce: number;
  waiting: number;
  full: () => Error;
}): WorkLine => {
  let running = 0;
  const line: (() => void)[] = [];
  return async (work) => {
    if (running >= atOnce) {
      if (line.length >= waiting) throw full();
      await new Promise<void>((resolve) => line.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      // The place is handed on, so that nobody can slip in between.
      const next = line.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
};
