import type { ApiKey } from "../../api.ts";

export type KeyState = { state: "revoked" } | { state: "over" } | { state: "valid"; daysLeft: number };

const dayMs = 86_400_000;

/** Whether a key still opens anything, and for how many whole days; `now` in milliseconds since 1970. */
export const keyState = ({ revokedAt, expiresAt }: Pick<ApiKey, "revokedAt" | "expiresAt">, now: number): KeyState => {
  if (revokedAt !== null) return { state: "revoked" };
  const left = Date.parse(expiresAt) - now;
  return left <= 0 ? { state: "over" } : { state: "valid", daysLeft: Math.floor(left / dayMs) };
};

/** Lines of a field that are addresses or networks, and the first that is none; the server decides all the same. */
export const readNetworks = (text: string): { networks: string[]; wrong: string | null } => {
  const networks = [...new Set(text.split(/[\s,]+/).filter((line) => line !== ""))];
  return { networks, wrong: networks.find((line) => !/^[\da-f.:]+(\/\d{1,3})?$/i.test(line)) ?? null };
};

/** The last moment of a day (YYYY-MM-DD) of a zone, as ISO 8601; null when it is none that a key may end on. */
export const endOf = (day: string, zone: "local" | "utc", now: number): string | null => {
  const end = new Date(zone === "utc" ? `${day}T23:59:59.999Z` : `${day}T23:59:59.999`);
  const year = new Date(now);
  year.setUTCFullYear(year.getUTCFullYear() + 1);
  return Number.isNaN(end.getTime()) || end.getTime() <= now || end > year ? null : end.toISOString();
};

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** A line for a shell that shows that the key works. */
export const curlLine = ({ kind, codes }: Pick<ApiKey, "kind" | "codes">, secret: string, origin: string): string => {
  const curl = `curl -H ${quoted(`authorization: Bearer ${secret}`)}`;
  const lines: Record<ApiKey["kind"], string> = {
    reader: `${curl} ${quoted(`${origin}/api/audit/events?days=7&limit=1`)}`,
    stream: `${curl} -N ${quoted(`${origin}/api/audit/stream?format=cloudevents`)}`,
    ingest: `${curl} -H 'content-type: application/json' ${origin}/api/events -d ${quoted(JSON.stringify({ code: codes[0] }))}`,
  };
  return lines[kind];
};
