import type { Zone } from "../../format.ts";

/** Half open: `to` is the first moment after. An absent end is open. In milliseconds since 1970. */
export type Span = { from?: number; to?: number };
/** A day or a moment of it, and how long what was named lasts. */
type Point = { at: number; end: number; hasDate: boolean; hasTime: boolean };

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const minuteMs = 60_000;
const units = { minute: minuteMs, hour: 60 * minuteMs, day: 1_440 * minuteMs, week: 7 * 1_440 * minuteMs };
const unitNames: Readonly<Record<string, keyof typeof units>> = {
  ...{ m: "minute", min: "minute", mins: "minute", minute: "minute", minutes: "minute" },
  ...{ h: "hour", hr: "hour", hrs: "hour", hour: "hour", hours: "hour" },
  ...{ d: "day", day: "day", days: "day", w: "week", week: "week", weeks: "week" },
};
const monthPattern = "(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?";

type Clock = { zone: Zone; now: number };
type Parts = { year: number; month: number; day: number; hour: number; minute: number };

const partsOf = (ms: number, zone: Zone): Parts & { weekday: number } => {
  const date = new Date(ms);
  if (zone === "utc") {
    const day = date.getUTCDate();
    const [hour, minute] = [date.getUTCHours(), date.getUTCMinutes()];
    return { year: date.getUTCFullYear(), month: date.getUTCMonth(), day, hour, minute, weekday: date.getUTCDay() };
  }
  const [hour, minute] = [date.getHours(), date.getMinutes()];
  return {
    year: date.getFullYear(),
    month: date.getMonth(),
    day: date.getDate(),
    hour,
    minute,
    weekday: date.getDay(),
  };
};

/** Days and months may lie outside their range, as the calendar of the language takes them. */
const momentOf = ({ zone }: Clock, year: number, month: number, day: number, hour = 0, minute = 0): number =>
  zone === "utc" ? Date.UTC(year, month, day, hour, minute) : new Date(year, month, day, hour, minute).getTime();

const isDay = (year: number, month: number, day: number) => {
  const date = new Date(Date.UTC(year, month, day));
  return date.getUTCMonth() === month && date.getUTCDate() === day && year >= 1970 && year < 10_000;
};

const dayPoint = (clock: Clock, year: number, month: number, day: number): Point => ({
  at: momentOf(clock, year, month, day),
  end: momentOf(clock, year, month, day + 1),
  hasDate: true,
  hasTime: false,
});

/** "14:00", "14.30", "2 pm", "noon": hour and minute, and how many minutes what was named lasts. */
const timeOf = (text: string): { hour: number; minute: number; lasts: number } | null => {
  if (text === "noon") return { hour: 12, minute: 0, lasts: 60 };
  if (text === "midnight") return { hour: 0, minute: 0, lasts: 60 };
  const parts = /^(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm|h)?$/.exec(text);
  if (parts === null || (parts[2] === undefined && parts[3] === undefined)) return null;
  const [hour, minute, half] = [Number(parts[1]), Number(parts[2] ?? 0), parts[3]];
  const isHalf = half === "am" || half === "pm";
  if (minute > 59 || (isHalf ? hour < 1 || hour > 12 : hour > 24) || (hour === 24 && minute > 0)) return null;
  return { hour: isHalf ? (hour % 12) + (half === "pm" ? 12 : 0) : hour, minute, lasts: minute === 0 ? 60 : 1 };
};

/** A date without a year is the last one that was. */
const dated = (clock: Clock, day: number, month: number, year: string | undefined): Point | null => {
  const today = partsOf(clock.now, clock.zone);
  const full = year === undefined ? today.year : Number(year.length === 2 ? `20${year}` : year);
  if (!isDay(full, month, day)) return null;
  const isAhead = year === undefined && momentOf(clock, full, month, day) > clock.now;
  return dayPoint(clock, isAhead ? full - 1 : full, month, day);
};

const dateOf = (clock: Clock, text: string): Point | null => {
  const today = partsOf(clock.now, clock.zone);
  const back = (days: number) => dayPoint(clock, today.year, today.month, today.day - days);
  if (text === "today") return back(0);
  if (text === "yesterday") return back(1);
  const weekday = /^(last )?(sun|mon|tue|wed|thu|fri|sat)[a-z]*$/.exec(text);
  if (weekday) {
    const days = (today.weekday - weekdays.indexOf(weekday[2] ?? "") + 7) % 7;
    return back(days === 0 && weekday[1] !== undefined ? 7 : days);
  }
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (iso) return dated(clock, Number(iso[3]), Number(iso[2]) - 1, iso[1]);
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})?$/.exec(text);
  if (dotted) return dated(clock, Number(dotted[1]), Number(dotted[2]) - 1, dotted[3]);
  const first = new RegExp(`^(\\d{1,2})(?:st|nd|rd|th)?\\.? ${monthPattern}(?: (\\d{4}))?$`).exec(text);
  if (first) return dated(clock, Number(first[1]), months.indexOf(first[2] ?? ""), first[3]);
  const second = new RegExp(`^${monthPattern} (\\d{1,2})(?:st|nd|rd|th)?(?:,? (\\d{4}))?$`).exec(text);
  return second ? dated(clock, Number(second[2]), months.indexOf(second[1] ?? ""), second[3]) : null;
};

const atTime = (clock: Clock, day: Point, text: string): Point | null => {
  const time = timeOf(text);
  if (time === null) return null;
  const { year, month, day: date } = partsOf(day.at, clock.zone);
  const at = momentOf(clock, year, month, date, time.hour, time.minute);
  return { at, end: at + time.lasts * minuteMs, hasDate: day.hasDate, hasTime: true };
};

/** A moment or a day: "yesterday 14:00", "2 Nov", "at 9 am on Monday", "3 hours ago". `onDay` is what a time alone belongs to. */
const pointOf = (clock: Clock, text: string, onDay: Point): Point | null => {
  if (text === "now") return { at: clock.now, end: clock.now, hasDate: true, hasTime: true };
  const ago = /^(\d{1,4}|an?) ?([a-z]+) ago$/.exec(text);
  const unit = ago ? unitNames[ago[2] ?? ""] : undefined;
  if (ago && unit) {
    const at = clock.now - (/^a/.test(ago[1] ?? "") ? 1 : Number(ago[1])) * units[unit];
    return { at, end: clock.now, hasDate: true, hasTime: true };
  }
  const day = dateOf(clock, text);
  if (day !== null) return day;
  const time = atTime(clock, { ...onDay, hasDate: false }, text);
  if (time !== null) return time;
  const words = text.replace(/,? at /, " ").split(/,? /);
  for (let cut = 1; cut < words.length; cut += 1) {
    const [start, end] = [words.slice(0, cut).join(" "), words.slice(cut).join(" ")];
    const after = dateOf(clock, start);
    if (after !== null) return atTime(clock, after, end);
    const before = dateOf(clock, end.replace(/^on /, ""));
    if (before !== null && timeOf(start) !== null) return atTime(clock, before, start);
  }
  return null;
};

/** "this week", "last month", "November", "2025": a stretch of the calendar with a name. */
const stretchOf = (clock: Clock, text: string): Span | null => {
  const { year, month, day, weekday } = partsOf(clock.now, clock.zone);
  const named = /^(this|last|previous) (week|month|year)$/.exec(text);
  const back = named?.[1] === "this" ? 0 : 1;
  if (named?.[2] === "week") {
    const monday = day - ((weekday + 6) % 7) - back * 7;
    return { from: momentOf(clock, year, month, monday), to: momentOf(clock, year, month, monday + 7) };
  }
  const wholeMonth = (of: number, index: number) => ({
    from: momentOf(clock, of, index, 1),
    to: momentOf(clock, of, index + 1, 1),
  });
  if (named?.[2] === "month") return wholeMonth(year, month - back);
  const wholeYear = (of: number) => ({ from: momentOf(clock, of, 0, 1), to: momentOf(clock, of + 1, 0, 1) });
  if (named) return wholeYear(year - back);
  if (/^(19[7-9]|20)\d\d?$/.test(text) && text.length === 4) return wholeYear(Number(text));
  const monthly = new RegExp(`^${monthPattern}(?: (\\d{4}))?$`).exec(text);
  if (!monthly) return null;
  const index = months.indexOf(monthly[1] ?? "");
  return wholeMonth(monthly[2] ? Number(monthly[2]) : index > month ? year - 1 : year, index);
};

const lastOf = (clock: Clock, text: string): Span | null => {
  const parts = /^(?:last|past) (?:(\d{1,4}) ?)?([a-z]+)$/.exec(text);
  const unit = parts ? unitNames[parts[2] ?? ""] : undefined;
  if (!parts || !unit || (parts[1] === undefined && unit === "week")) return null;
  return { from: clock.now - Number(parts[1] ?? 1) * units[unit] };
};

/** Both ends: "2 Nov to 5 Nov", "2 to 5 Nov", "yesterday 14:00 to 15:00", "from 9:00 until now". A day as end is in it. */
const betweenOf = (clock: Clock, text: string, today: Point): Span | null => {
  const inner = text.replace(/^(from|between) /, "");
  for (const parting of [/ (?:to|until|till|and) /, / ?[–—] ?| - /, /-(?=\d{1,2}[:.h]\d{2}$)/]) {
    const [start, end, ...more] = inner.split(parting);
    if (start === undefined || end === undefined || more.length > 0) continue;
    // "2 to 5 Nov": the first day is of the second one's month.
    const month = /^\d{1,2}$/.test(start) ? new RegExp(`${monthPattern}(?: \\d{4})?$`).exec(end)?.[0] : undefined;
    const from = pointOf(clock, month === undefined ? start : `${start} ${month}`, today);
    const to = from && pointOf(clock, end, from);
    if (from && to) return { from: from.at, to: to.hasTime ? to.at : to.end };
  }
  return null;
};

/**
 * What somebody typed for a range, in the zone shown; null when it cannot be read or ends before it starts. Pure: `now` is the
 * moment it is read at.
 */
export const readRange = (typed: string, zone: Zone, now: number): Span | null => {
  const clock: Clock = { zone, now };
  const text = typed.trim().toLowerCase().replace(/\s+/g, " ");
  const { year, month, day } = partsOf(now, zone);
  const today = dayPoint(clock, year, month, day);
  const span = readSpan(clock, text, today);
  const isInOrder = span?.from === undefined || span.to === undefined || span.from < span.to;
  return span !== null && isInOrder ? span : null;
};

const readSpan = (clock: Clock, text: string, today: Point): Span | null => {
  const stretch = lastOf(clock, text) ?? stretchOf(clock, text) ?? betweenOf(clock, text, today);
  if (stretch) return stretch;
  const open = /^(since|after|from|until|till|before|up to) (.+)$/.exec(text);
  if (open) {
    const [, word = "", rest = ""] = open;
    const whole = stretchOf(clock, rest);
    const point = pointOf(clock, rest, today);
    const at = whole?.from ?? point?.at;
    if (at === undefined) return null;
    if (word === "since" || word === "from") return { from: at };
    if (word === "before") return { to: at };
    const end = whole?.to ?? (point?.hasTime ? point.at : point?.end) ?? at;
    return word === "after" ? { from: end } : { to: end };
  }
  const point = pointOf(clock, text, today);
  return point && point.at < point.end ? { from: point.at, to: point.end } : null;
};
