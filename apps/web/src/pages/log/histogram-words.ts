import { type Severity, severities } from "@countersign/audit/catalogue";
import type { inferOutput } from "@trpc/tanstack-react-query";
import type { Api } from "../../api.ts";
import { count, dateTime, plainDate, type Zone } from "../../format.ts";
import { texts } from "../../texts.ts";

export type Histogram = inferOutput<Api["audit"]["histogram"]>;
export type Bar = Histogram["bars"][number];

const dayMs = 86_400_000;

/** Whether retention removed events of these months out of the time of a bar. */
export const hasGap = ({ from, to }: Pick<Bar, "from" | "to">, removed: Histogram["removed"]): boolean =>
  removed.some(({ month }) => {
    const end = new Date(`${month}-01T00:00:00Z`);
    end.setUTCMonth(end.getUTCMonth() + 1);
    return from < end.toISOString() && to > `${month}-01T00:00:00.000Z`;
  });

/** The runs that removed events of these bars, newest first. */
export const runsOf = (removed: Histogram["removed"]): number[] =>
  [...new Set(removed.map(({ runId }) => runId))].sort((a, b) => b - a);

/** From the ground up, so that what matters most stands on top. */
export const stacked: readonly Severity[] = severities;

export const totalOf = ({ counts }: Pick<Bar, "counts">): number =>
  Object.values(counts).reduce((sum, one) => sum + one, 0);

/** "23 Nov 2026, 14:00 to 17:00"; whole days are days of UTC, whatever the zone of the screen. */
export const spanWords = (from: string, to: string, basis: Histogram["basis"], zone: Zone): string => {
  if (basis === "days") {
    const last = new Date(Date.parse(to) - dayMs).toISOString();
    const [first, end] = [plainDate(from.slice(0, 10)), plainDate(last.slice(0, 10))];
    return `${first === end ? first : histogramTexts.to(first, end)} UTC`;
  }
  const [start, end] = [dateTime(from, zone), dateTime(to, zone)].map((text) => text.replace(/:00$/, "")) as [
    string,
    string,
  ];
  const [day = "", clock = end] = end.split(", ");
  return histogramTexts.to(start, start.startsWith(`${day}, `) ? clock : end);
};

/** "12 events: 1 critical, 11 low" */
export const countWords = (counts: Bar["counts"]): string => {
  const total = totalOf({ counts });
  if (total === 0) return histogramTexts.none;
  const parts = [...stacked]
    .reverse()
    .flatMap((severity) => (counts[severity] ? [`${count(counts[severity])} ${texts.severity[severity]}`] : []));
  return `${histogramTexts.events(total)}: ${parts.join(", ")}`;
};

/** Bars from one to another, whichever comes first, as one. */
export const joined = (bars: readonly Bar[], one: number, other: number): Bar | null => {
  const some = bars.slice(Math.min(one, other), Math.max(one, other) + 1);
  const [first, last] = [some[0], some.at(-1)];
  if (first === undefined || last === undefined) return null;
  const counts: Record<string, number> = {};
  for (const bar of some) {
    for (const [severity, n] of Object.entries(bar.counts)) counts[severity] = (counts[severity] ?? 0) + n;
  }
  return { from: first.from, to: last.to, counts };
};

/** The same counts in at most so many bars, neighbours joined. */
export const fewer = (bars: readonly Bar[], most: number): Bar[] => {
  const each = Math.ceil(bars.length / most);
  return bars.flatMap((_, index) => (index % each === 0 ? (joined(bars, index, index + each - 1) ?? []) : []));
};

/** The next round number at or above the highest bar: 1, 2 or 5 times a power of ten. */
export const ceiling = (highest: number): number => {
  if (highest <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return ([1, 2, 5, 10].find((step) => step * power >= highest) ?? 10) * power;
};

export const histogramTexts = {
  label: "Events over time",
  to: (from: string, to: string) => `${from} to ${to}`,
  events: (n: number) => `${count(n)} ${n === 1 ? "event" : "events"}`,
  none: "no events",
  hint: "Drag over bars, or choose them with the arrow keys, Shift and Enter, to see only that time.",
  table: "Show as table",
  bars: "Show as bars",
  span: "Time",
  total: "Events",
  uncounted: (when: string) => `Only the newest 20 000 events are counted: those since ${when}.`,
  gap: "retention removed some",
  gaps: "Hatched: retention removed events of that time.",
  run: (id: number) => `Run ${id}`,
  moreRuns: (n: number) => `and ${n} more`,
  days: "Whole days, UTC.",
  broad: "How many events match over time is not known: counting them took too long. A smaller range answers.",
  failed: "How many events match over time could not be read.",
  only: (span: string) => `Show only ${span}`,
};
