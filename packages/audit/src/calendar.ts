/** The day it is in a time zone, `YYYY-MM-DD`. */
export const dayIn = (timeZone: string, ms: number): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" }).format(ms);

/** A day so many days after another, both `YYYY-MM-DD`. */
export const addDays = (from: string, days: number): string =>
  new Date(Date.parse(`${from}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
