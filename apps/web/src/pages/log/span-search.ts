import { type LogSearch, minutesOf, type Range, ranges, without, withRange } from "./log-search.ts";
import type { Span } from "./typed-range.ts";

/** The address with a range that was typed; one that counts back from now like an offered one becomes that. */
export const withSpan = (search: LogSearch, { from, to }: Span, now: number): LogSearch => {
  const offered = (Object.keys(ranges) as Range[]).find((key) => {
    return to === undefined && from === now - minutesOf(key) * 60_000;
  });
  if (offered !== undefined) return withRange(search, offered);
  return {
    ...without(search, "from", "to", "range"),
    ...(from !== undefined && { from: new Date(from).toISOString() }),
    ...(to !== undefined && { to: new Date(to).toISOString() }),
  };
};
