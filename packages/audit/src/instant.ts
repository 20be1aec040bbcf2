const form = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,30}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * The moment of an RFC 3339 text with an offset: `ms` since 1970 and `utc`, the one form that is hashed
 * (`2026-11-23T03:17:35.900Z`). What is finer than a millisecond is floored. Null for anything else,
 * also for days that no calendar has, hour 24, second 60 and offsets beyond a day.
 */
export const parseInstant = (text: string): { ms: number; utc: string } | null => {
  if (text.length === 24 && text.endsWith("Z")) {
    const ms = Date.parse(text);
    if (!Number.isNaN(ms) && new Date(ms).toISOString() === text) return { ms, utc: text };
  }
  const parts = form.exec(text);
  if (parts === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  const offsetHours = Number(parts[9] ?? 0);
  const offsetMinutes = Number(parts[10] ?? 0);
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  date.setUTCHours(hour, minute, second, Number((parts[7] ?? "").slice(0, 3).padEnd(3, "0")));
  const offset = (offsetHours * 60 + offsetMinutes) * 60_000;
  const ms = date.getTime() - (parts[8] === "-" ? -offset : offset);
  const utc = new Date(ms).toISOString();
  return utc.length === 24 ? { ms, utc } : null;
};
