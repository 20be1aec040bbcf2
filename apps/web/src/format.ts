import { texts } from "./texts.ts";

/** Times are shown in the zone of the reader or in UTC. */
export type Zone = "local" | "utc";

const cache = new Map<string, Intl.DateTimeFormat>();
const formatter = (zone: Zone | "plain", options: Intl.DateTimeFormatOptions) => {
  const key = JSON.stringify([zone, options]);
  const kept = cache.get(key);
  if (kept) return kept;
  const made = new Intl.DateTimeFormat("en-GB", { ...options, ...(zone === "local" ? {} : { timeZone: "UTC" }) });
  cache.set(key, made);
  return made;
};

export const clockTime = (iso: string, zone: Zone): string =>
  formatter(zone, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(new Date(iso));

export const dayHeading = (iso: string, zone: Zone): string =>
  formatter(zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(new Date(iso));

/** Tells days apart; asked once for each of a great many rows, so without the formatter. */
export const dayKey = (iso: string, zone: Zone): string => {
  if (zone === "utc") return iso.slice(0, 10);
  const at = new Date(iso);
  return `${at.getFullYear()}-${at.getMonth() + 1}-${at.getDate()}`;
};

/** The weekday of a calendar date (YYYY-MM-DD): "Monday". */
export const weekday = (date: string): string =>
  formatter("plain", { weekday: "long" }).format(new Date(`${date}T00:00:00Z`));

/** "23 Nov 2026, 14:02:07" */
export const dateTime = (iso: string, zone: Zone): string =>
  `${formatter(zone, { day: "numeric", month: "short", year: "numeric" }).format(new Date(iso))}, ${clockTime(iso, zone)}`;

/** The time alone when it is of today, else with its date. */
export const whenWords = (iso: string, zone: Zone, nowMs: number): string =>
  dayKey(iso, zone) === dayKey(new Date(nowMs).toISOString(), zone) ? clockTime(iso, zone) : dateTime(iso, zone);

/** A calendar date (YYYY-MM-DD), which no zone moves: "23 Nov 2026". */
export const plainDate = (date: string): string =>
  formatter("plain", { day: "numeric", month: "short", year: "numeric" }).format(new Date(`${date}T00:00:00Z`));

export const zoneName = (zone: Zone): string =>
  zone === "utc" ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone.replaceAll("_", " ");

const relative = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const atOnce = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const steps = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** How long ago, in the largest unit that fits: "3 minutes ago". */
export const ago = (iso: string, now: number): string => {
  const seconds = Math.round((Date.parse(iso) - now) / 1000);
  if (seconds === 0) return atOnce.format(0, "second");
  const [unit, size] = steps.find(([, step]) => Math.abs(seconds) >= step) ?? (["second", 1] as const);
  return relative.format(Math.trunc(seconds / size), unit);
};

export const count = (value: number): string => new Intl.NumberFormat("en-GB").format(value);

/** Two values and how far the second lies from the first: "+ 1 year", "− 3 days"; null when they are not two dates. */
export const dateDistance = (from: unknown, to: unknown): string | null => {
  if (!isPlainDate(from) || !isPlainDate(to) || from === to) return null;
  const [early, late] = from < to ? [from, to] : [to, from];
  const sign = from < to ? "+" : "−";
  const [y1, m1, d1] = parts(early);
  const [y2, m2, d2] = parts(late);
  const months = (y2 - y1) * 12 + (m2 - m1);
  if (d1 === d2 && months % 12 === 0) return `${sign} ${texts.units.years(months / 12)}`;
  if (d1 === d2) return `${sign} ${texts.units.months(months)}`;
  const days = Math.round((Date.parse(late) - Date.parse(early)) / 86_400_000);
  return `${sign} ${texts.units.days(days)}`;
};

const parts = (date: string): [number, number, number] => [
  Number(date.slice(0, 4)),
  Number(date.slice(5, 7)),
  Number(date.slice(8, 10)),
];

/** A day of the calendar as YYYY-MM-DD; 2027-02-30 is none. */
export const isPlainDate = (value: unknown): value is string => {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
};

export const isInstant = (value: unknown): value is string =>
  typeof value === "string" &&
  /^\d{4}-\d{2}-\d{2}T[\d:.]+(Z|[+-]\d{2}:\d{2})$/.test(value) &&
  !Number.isNaN(Date.parse(value));

/** Today as YYYY-MM-DD in a named zone, moved by whole days. */
export const dateIn = (timeZone: string, now: number, plusDays = 0): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone }).format(new Date(now + plusDays * 86_400_000));

const binaryUnits = ["bytes", "kB", "MB", "GB"] as const;

/** A size as the office's limits count it, 1024 to the next unit: "812 bytes", "4.2 MB". */
export const bytes = (size: number): string => {
  const step = size < 1 ? 0 : Math.min(Math.floor(Math.log(size) / Math.log(1024)), binaryUnits.length - 1);
  const digits = step === 0 ? 0 : 1;
  const value = new Intl.NumberFormat("en-GB", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${value.format(size / 1024 ** step)} ${size === 1 ? "byte" : (binaryUnits[step] ?? "bytes")}`;
};
