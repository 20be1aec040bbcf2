import type { EventFilter } from "@countersign/audit/event-filter";
import type { Database } from "@countersign/db/client";
import { countDays, type DayFilter } from "@countersign/db/event-days";
import { oldestEventMs } from "@countersign/db/events";
import { countBars } from "@countersign/db/facets";
import { type RemovedMonth, removedMonths } from "@countersign/db/retention-manifests";
import { codesWithin } from "./codes-within.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const longMs = 400 * dayMs;
const stepsMs = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * minuteMs),
  ...[1, 2, 3, 6, 12].map((hours) => hours * hourMs),
  ...[1, 2, 7, 14, 30, 61, 122, 365].map((days) => days * dayMs),
];

/** Bars at most. */
const mostBars = 60;
/** Events that are counted one by one; of more, the days are taken from the roll-up, or the newest ones are counted. */
const mostCounted = 20_000;

export type Bar = { from: string; to: string; counts: Record<string, number> };
export type Histogram = {
  bars: Bar[];
  stepMs: number;
  /** Whole UTC days out of the roll-up, or events counted one by one. */
  basis: "days" | "events";
  /** Bars before this time were not counted; null when all were. */
  countedFrom: string | null;
};

/** The filter as the counts by day can answer it; null when they cannot. A category there is its codes. */
const dayFilterOf = (filter: EventFilter): DayFilter | null => {
  const {
    codes: _codes,
    categories: _categories,
    severities,
    statuses,
    not = {},
    fromMs: _from,
    toMs: _to,
    ...rest
  } = filter;
  const { codes: _notCodes, categories: _notCategories, ...notRest } = not;
  const { severities: notSeverities, statuses: notStatuses, ...notOther } = notRest;
  const isGiven = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : value !== undefined);
  if ([...Object.values(rest), ...Object.values(notOther)].some(isGiven)) return null;
  const left = codesWithin(filter);
  return {
    // No code at all is none, not any.
    codes: left === null || left.length > 0 ? (left ?? undefined) : [""],
    severities,
    statuses,
    not: { severities: notSeverities, statuses: notStatuses },
  };
};

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const startOfDay = (ms: number): number => Math.floor(ms / dayMs) * dayMs;

const stepFor = (spanMs: number, leastMs: number): number =>
  stepsMs.find((step) => step >= leastMs && Math.ceil(spanMs / step) <= mostBars) ??
  Math.ceil(spanMs / mostBars / dayMs) * dayMs;

type Counted = { atMs: number; severity: string; count: number };

const barsOf = (counted: readonly Counted[], fromMs: number, toMs: number, stepMs: number): Bar[] => {
  const bars: Bar[] = [];
  for (let at = fromMs; at < toMs; at += stepMs) {
    bars.push({
      from: new Date(at).toISOString(),
      to: new Date(at + stepMs).toISOString(),
      counts: {},
    });
  }
  for (const { atMs, severity, count } of counted) {
    const counts = bars[Math.floor((atMs - fromMs) / stepMs)]?.counts;
    if (counts !== undefined) counts[severity] = (counts[severity] ?? 0) + count;
  }
  return bars;
};

/** The same, with the months out of which retention removed events, and the runs that did. */
export const readHistogramWithGaps = async (
  db: Database,
  filter: EventFilter,
  now: number,
): Promise<Histogram & { removed: RemovedMonth[] }> => {
  const histogram = await readHistogram(db, filter, now);
  const [first, last] = [histogram.bars[0], histogram.bars.at(-1)];
  if (first === undefined || last === undefined) return { ...histogram, removed: [] };
  const span = { fromMs: Date.parse(first.from), toMs: Date.parse(last.to) };
  return { ...histogram, removed: await removedMonths(db, span, filter.codes) };
};

/** How many events match over time, by severity, in at most 60 bars; bounded whatever the size of the log. */
export const readHistogram = async (db: Database, filter: EventFilter, now: number): Promise<Histogram> => {
  const toMs = Math.min(filter.toMs ?? now, now + dayMs);
  const asked = filter.fromMs ?? 0;
  // Years in which nothing was kept yet would leave no room for those in which something was.
  const kept = toMs - asked > longMs ? Math.max(asked, (await oldestEventMs(db)) ?? now) : asked;
  const fromMs = Math.min(kept, toMs - minuteMs);
  const dayFilter = dayFilterOf(filter);
  if (dayFilter !== null) {
    const days = await countDays(db, dayFilter, { from: dayOf(fromMs), to: dayOf(toMs - 1) });
    const total = days.reduce((sum, { count }) => sum + count, 0);
    if (total > mostCounted || stepFor(toMs - fromMs, 0) >= dayMs) {
      const [start, end] = [startOfDay(fromMs), startOfDay(toMs - 1) + dayMs];
      const stepMs = stepFor(end - start, dayMs);
      const counted = days.map(({ day, severity, count }) => ({ atMs: Date.parse(day), severity, count }));
      return { bars: barsOf(counted, start, end, stepMs), stepMs, basis: "days", countedFrom: null };
    }
  }
  const stepMs = stepFor(toMs - fromMs + minuteMs, 0);
  const start = Math.floor(fromMs / stepMs) * stepMs;
  const {
    bars,
    total,
    oldestMs: reached,
  } = await countBars(db, { ...filter, fromMs, toMs }, { fromMs: start, stepMs, most: mostCounted + 1 });
  const counted = bars.map(({ bar, severity, count }) => ({ atMs: start + bar * stepMs, severity, count }));
  const isPartial = total > mostCounted && reached !== null;
  return {
    bars: barsOf(counted, start, toMs, stepMs),
    stepMs,
    basis: "events",
    countedFrom: isPartial ? new Date(reached).toISOString() : null,
  };
};
