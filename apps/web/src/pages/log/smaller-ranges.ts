import { texts } from "../../texts.ts";
import { type LogSearch, minutesOf, type Range, ranges, without, withRange } from "./log-search.ts";
import { queryTexts } from "./query-texts.ts";

type Smaller = { name: string; search: LogSearch };

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
const most = 3;
const words = queryTexts.broad;

/** Ranges within the one of a search that are smaller, largest first: those offered, or the newest parts of one with own bounds. */
export const smallerRanges = (search: LogSearch, now: number): Smaller[] => {
  if (search.from === undefined && search.to === undefined) {
    const asked = minutesOf(search.range ?? "all");
    return (Object.keys(ranges) as Range[])
      .filter((range) => minutesOf(range) < asked)
      .slice(-most)
      .reverse()
      .map((range) => ({ name: texts.log.ranges[range], search: withRange(search, range) }));
  }
  const end = search.to === undefined ? now : Date.parse(search.to);
  const newest = (name: string, ms: number): Smaller => ({
    name,
    search: {
      ...without(search, "range"),
      from: new Date(Math.floor((end - ms) / minuteMs) * minuteMs).toISOString(),
    },
  });
  if (search.from === undefined) return [newest(words.month, 30 * dayMs), newest(words.day, dayMs)];
  const span = end - Date.parse(search.from);
  return [
    { name: words.half, ms: span / 2 },
    { name: words.quarter, ms: span / 4 },
    { name: words.day, ms: dayMs },
  ]
    .filter(({ name, ms }) => ms >= minuteMs && (name !== words.day || ms < span / 4))
    .map(({ name, ms }) => newest(name, ms));
};
