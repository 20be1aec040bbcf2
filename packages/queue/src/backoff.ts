const maxBackoffMs = 30_000;

/** The wait before the next try: doubled with each failed one, at most 30 s, of which `random` (0..1) takes up to half. */
export const backoffMs = (firstMs: number, failedTries: number, random: () => number): number => {
  const ceiling = Math.min(maxBackoffMs, firstMs * 2 ** Math.min(failedTries - 1, 30));
  return Math.round(ceiling * (1 - random() / 2));
};
