import { type EventCode, isEventCode } from "@countersign/audit/catalogue";

/** What the address of an object's history holds. A member that is absent filters nothing. */
export type HistorySearch = {
  q?: string;
  /** One kind of event, or everything that changed the object. */
  show?: EventCode | "changes";
  /** Without the events that only name the object. */
  related?: "no";
  /** The moment whose state is shown, ISO 8601; the present without it. */
  at?: string;
  /** The earlier moment that it is compared with. */
  from?: string;
};

const instant = (text: unknown): string | undefined => {
  const time = typeof text === "string" && /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
};

/** Reads the search of an address, however it was typed. Of two moments the earlier is the one compared with. */
export const parseHistorySearch = (raw: Record<string, unknown>): HistorySearch => {
  const q = typeof raw.q === "string" ? raw.q.slice(0, 256).trim() : "";
  const show = typeof raw.show === "string" ? raw.show : "";
  const [at, from] = [instant(raw.at), instant(raw.from)];
  const isTurned = at !== undefined && from !== undefined && from > at;
  const [later, earlier] = isTurned ? [from, at] : [at, from];
  return {
    ...(q !== "" && { q }),
    ...((show === "changes" || isEventCode(show)) && { show }),
    ...(raw.related === "no" && { related: "no" as const }),
    ...(later !== undefined && { at: later }),
    ...(earlier !== undefined && { from: earlier }),
  };
};

export const isFiltered = ({ q, show, related }: HistorySearch): boolean =>
  q !== undefined || show !== undefined || related !== undefined;

/** The same address without some of its members. */
export const without = (search: HistorySearch, ...keys: (keyof HistorySearch)[]): HistorySearch => {
  const rest = { ...search };
  for (const key of keys) delete rest[key];
  return rest;
};
