/** A size or an index in decimal digits without leading zeros; null for anything else and beyond 2^53 - 1. */
export const parseDecimal = (text: string): number | null => {
  if (!/^(?:0|[1-9]\d{0,15})$/.test(text)) return null;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
};

/** True for what can be a size or an index. */
export const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
