/** The same story for the same seed (mulberry32). */
export type Chance = {
  /** Evenly in [0, 1). */
  next: () => number;
  /** A whole number from `least` to `most`. */
  whole: (least: number, most: number) => number;
  isTrue: (probability: number) => boolean;
  one: <Item>(list: readonly Item[]) => Item;
};

export const createChance = (seed: number): Chance => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    whole,
    isTrue: (probability) => next() < probability,
    one: (list) => {
      const item = list[whole(0, list.length - 1)];
      if (item === undefined) throw new Error("there is nothing to choose from");
      return item;
    },
  };
};
