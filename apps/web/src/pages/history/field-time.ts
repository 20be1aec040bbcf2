import type { Zone } from "../../format.ts";

const two = (value: number): string => String(value).padStart(2, "0");

/** A moment as a field of the browser takes it, to the second, in the zone of the reader or in UTC. */
export const fieldTime = (iso: string, zone: Zone): string => {
  const time = new Date(iso);
  if (zone === "utc") return time.toISOString().slice(0, 19);
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day}T${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
};

/** The moment that such a text names, up to the end of its second; null while it is not whole. */
export const instantOf = (text: string, zone: Zone): string | null => {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return null;
  const ms = Date.parse(zone === "utc" ? `${text}${text.length === 16 ? ":00" : ""}Z` : text);
  return Number.isNaN(ms) || ms < 0 ? null : new Date(ms - (ms % 1000) + 999).toISOString();
};
