import type { OfficeHours } from "./rule.ts";

const formats = new Map<string, Intl.DateTimeFormat>();
const days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const formatIn = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  formats.set(timeZone, made);
  return made;
};

/** The clock on the office's wall: `HH:MM`, and the day of the week from 1 (Monday) to 7. */
export const officeTime = (ms: number, timeZone: string): { time: string; day: number } => {
  const parts = Object.fromEntries(
    formatIn(timeZone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  return { time: `${parts.hour}:${parts.minute}`, day: days.indexOf(parts.weekday ?? "") + 1 };
};

type Span = { from: string; to: string };

/** Whether a time of day lies in a span, `from` included, `to` not; one that ends before it begins goes over midnight. */
export const isWithin = (time: string, { from, to }: Span): boolean =>
  from <= to ? time >= from && time < to : time >= from || time < to;

export const isOutside = (ms: number, hours: OfficeHours, timeZone: string): boolean => {
  const { time, day } = officeTime(ms, timeZone);
  // What goes over midnight belongs to the day on which it began.
  const isOfDayBefore = hours.from > hours.to && time < hours.to;
  const begun = isOfDayBefore ? ((day + 5) % 7) + 1 : day;
  return !hours.days.includes(begun) || !isWithin(time, hours);
};
