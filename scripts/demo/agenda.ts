export type Agenda = {
  /** Puts something on the agenda; what is past already happens next. */
  at: (ms: number, act: () => Promise<void>) => void;
  /** Runs everything in the order of its time, each with the clock set to it, until `endMs`. */
  run: (endMs: number, setClock: (ms: number) => void) => Promise<void>;
};

type Entry = { ms: number; act: () => Promise<void> };

/** A half year of appointments; acts may make further ones. */
export const createAgenda = (): Agenda => {
  const entries: Entry[] = [];
  const placeOf = (ms: number): number => {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      // Latest first, so that the next one is taken from the end; of the same moment the first that came.
      if ((entries[middle]?.ms ?? 0) > ms) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    at: (ms, act) => entries.splice(placeOf(ms), 0, { ms, act }),
    run: async (endMs, setClock) => {
      let clock = 0;
      for (let entry = entries.pop(); entry !== undefined; entry = entries.pop()) {
        if (entry.ms > endMs) return;
        clock = Math.max(clock + 1, entry.ms);
        setClock(clock);
        await entry.act();
      }
    },
  };
};
