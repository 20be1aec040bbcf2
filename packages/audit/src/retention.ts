import { addDays, dayIn } from "./calendar.ts";

const dayMs = 86_400_000;
/** Callers may choose ids of up to 7 days ago; a day more for their clocks. */
const lateDays = 8;

/** First millisecond of a month and of the next one, UTC; `month` is `2026-11`. */
export const monthBounds = (month: string): { fromMs: number; toMs: number } => {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return { fromMs: Date.UTC(year, number - 1), toMs: Date.UTC(year, number) };
};

/** When nothing can come to a month any more: all with an id of it was received by then. */
export const monthClosedMs = (month: string): number => monthBounds(month).toMs + lateDays * dayMs;

/** When a month of a policy may be removed: everything in it was kept for its full period, counted from when it was received. */
export const removableMs = (month: string, retainDays: number): number => monthClosedMs(month) + retainDays * dayMs;

/** A minute as clocks in a time zone show it, `2026-11-23 02:30`; such texts are in the order of time but for an hour a year. */
export const minuteIn = (timeZone: string, ms: number): string => {
  const time = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return `${dayIn(timeZone, ms)} ${time.format(ms)}`;
};

/** The instant at which clocks in a zone come to a minute; where they skip it, the first one after. */
const instantOf = (timeZone: string, minute: string): number => {
  const asUtc = Date.parse(`${minute.replace(" ", "T")}Z`);
  const first = asUtc - 14 * 3_600_000;
  // Offsets are whole quarters of an hour.
  for (let ms = first; ms <= asUtc + 12 * 3_600_000; ms += 900_000) {
    if (minuteIn(timeZone, ms) >= minute) return ms;
  }
  return asUtc;
};

/** When a day, `2026-11-23`, begins in a time zone. */
export const startOfDayMs = (timeZone: string, day: string): number => instantOf(timeZone, `${day} 00:00`);

/** Whether the run of today, at `runAt` (`02:30`) in the office's zone, has not begun: `last` is when the last one began, or null. */
export const isRunDue = (nowMs: number, timeZone: string, runAt: string, lastMs: number | null): boolean => {
  const today = `${dayIn(timeZone, nowMs)} ${runAt}`;
  return minuteIn(timeZone, nowMs) >= today && (lastMs === null || minuteIn(timeZone, lastMs) < today);
};

/** When the next run begins. */
export const nextRunMs = (nowMs: number, timeZone: string, runAt: string): number => {
  const day = dayIn(timeZone, nowMs);
  const today = instantOf(timeZone, `${day} ${runAt}`);
  return today > nowMs ? today : instantOf(timeZone, `${addDays(day, 1)} ${runAt}`);
};

const graceMs = 3_600_000;
/** A run that goes on for longer is no excuse any more. */
const longestRunMs = 12 * 3_600_000;

/**
 * Whether the run that was due after the last one that came to its end has not come to its own an hour after its time.
 * `sinceMs`: when that last one began; `runningSinceMs`: when the one under way did, if one is.
 */
export const isRunOverdue = (
  nowMs: number,
  timeZone: string,
  runAt: string,
  { sinceMs, runningSinceMs }: { sinceMs: number; runningSinceMs: number | null },
): boolean => {
  if (nowMs - sinceMs < graceMs || (runningSinceMs !== null && nowMs - runningSinceMs < longestRunMs)) return false;
  return nowMs >= nextRunMs(sinceMs, timeZone, runAt) + graceMs;
};

/** After so long without a run that came to its end, the next one of the schedule asks a person whether the clock is right. */
export const longGapMs = 7 * dayMs;
