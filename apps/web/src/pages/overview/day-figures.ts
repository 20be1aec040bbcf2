import type { inferOutput } from "@trpc/tanstack-react-query";
import type { Api } from "../../api.ts";

export type Days = inferOutput<Api["overview"]["days"]>;

const dayMs = 86_400_000;
const weeksBefore = 4;

const dayBefore = (day: string, days: number): string =>
  new Date(Date.parse(day) - days * dayMs).toISOString().slice(0, 10);

type Counted = Pick<Days["days"][number], "severity" | "events" | "notSuccess" | "signInFailures">;

/** How each figure reads a row of the counts. */
export const figures = {
  events: ({ events }: Counted) => events,
  notSuccess: ({ notSuccess }: Counted) => notSuccess,
  signInFailures: ({ signInFailures }: Counted) => signInFailures,
  criticals: ({ severity, events }: Counted) => (severity === "critical" ? events : 0),
} as const;

export type FigureName = keyof typeof figures;
export type Figure = {
  today: number;
  /** The least and the most of the same weekday in the weeks before; null when the log is younger than a week. */
  usual: { weeks: number; least: number; most: number } | null;
};

/** Today so far against the whole days of the same weekday in the four weeks before, since an office lives by its week. */
export const figureOf = (name: FigureName, { to, days }: Days): Figure => {
  const on = (day: string) => days.filter((row) => row.day === day).reduce((sum, row) => sum + figures[name](row), 0);
  const first = days.map(({ day }) => day).sort()[0] ?? to;
  const before = Array.from({ length: weeksBefore }, (_, index) => dayBefore(to, 7 * (index + 1)));
  const known = before.filter((day) => day >= first).map(on);
  return {
    today: on(to),
    usual: known.length === 0 ? null : { weeks: known.length, least: Math.min(...known), most: Math.max(...known) },
  };
};

/** All days of the span, oldest first, with what each severity counts; days without events are there, too. */
export const calendarOf = ({ from, to, days }: Days) => {
  const calendar = new Map<string, { day: string; total: number; notSuccess: number; by: Record<string, number> }>();
  for (let day = from; day <= to; day = dayBefore(day, -1)) {
    calendar.set(day, { day, total: 0, notSuccess: 0, by: {} });
  }
  for (const { day, severity, events, notSuccess } of days) {
    const entry = calendar.get(day);
    if (!entry) continue;
    entry.total += events;
    entry.notSuccess += notSuccess;
    entry.by[severity] = (entry.by[severity] ?? 0) + events;
  }
  return [...calendar.values()];
};

export type CalendarDay = ReturnType<typeof calendarOf>[number];

/** The first of the last 7 days. */
export const weekStart = ({ to }: Pick<Days, "to">): string => dayBefore(to, 6);

/** The events of the last 7 days by severity. */
export const weekBySeverity = ({ to, days }: Days): Record<string, number> => {
  const since = weekStart({ to });
  const sums: Record<string, number> = {};
  for (const { day, severity, events } of days) if (day >= since) sums[severity] = (sums[severity] ?? 0) + events;
  return sums;
};

/** The search of the log for whole days in UTC, the last one included. */
export const searchOfDays = (first: string, last: string) =>
  ({ from: `${first}T00:00:00.000Z`, to: `${dayBefore(last, -1)}T00:00:00.000Z`, zone: "utc" }) as const;

export const searchOfDay = (day: string) => searchOfDays(day, day);
