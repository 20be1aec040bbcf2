/** A small linear congruential generator, the same values on every run: a whole number below its argument. */
export const sequence = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

/** That many random bytes. */
export const randomBytes = (pick: (below: number) => number, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => pick(256));

/** A copy with one bit turned. */
export const flipBit = (bytes: Uint8Array, bit: number): Uint8Array => {
  const copy = new Uint8Array(bytes);
  const place = Math.floor(bit / 8) % copy.length;
  copy[place] = (copy[place] ?? 0) ^ (1 << (bit % 8));
  return copy;
};
