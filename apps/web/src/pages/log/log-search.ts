import {
  type Category,
  categories,
  type EventCode,
  isEventCode,
  objectTypes,
  type Severity,
  type Status,
  severities,
  statuses,
} from "@countersign/audit/catalogue";
import { splitReference } from "@countersign/audit/event-filter";
import type { inferInput } from "@trpc/tanstack-react-query";
import type { Api } from "../../api.ts";
import { type Zone, zoneName } from "../../format.ts";
import { splitList } from "../../search-params.ts";
import { networkOf } from "./network.ts";

export const ranges = {
  "15m": { minutes: 15 },
  "1h": { minutes: 60 },
  "24h": { minutes: 1_440 },
  "7d": { days: 7 },
  "30d": { days: 30 },
  "90d": { days: 90 },
  all: { days: 3_660 },
} as const satisfies Record<string, { minutes: number } | { days: number }>;

export type Range = keyof typeof ranges;
/** Where neither an address nor the office says which. */
export const firstRange: Range = "7d";
/** How far back a range reaches. */
export const minutesOf = (range: Range): number => {
  const back = ranges[range];
  return "days" in back ? back.days * 1_440 : back.minutes;
};

/** What an event has one of, by the name the address gives it. References are `user:3`, or a type alone. */
type Lists = {
  severity: Severity;
  status: Status;
  category: Category;
  code: EventCode;
  actor: string;
  object: string;
  target: string;
  role: string;
  source: string;
  network: string;
};
export type ListKey = keyof Lists;
/** What an event must not have: `not.status`. */
export type NotKey = `not.${ListKey}`;
type Chosen = { [K in ListKey]?: Lists[K][] } & { [K in ListKey as `not.${K}`]?: Lists[K][] };

/** What the address of the log holds: filters, range, zone and the open event. A member that is absent filters nothing. */
export type LogSearch = Chosen & {
  q?: string;
  /** The id of one request: what one call did. */
  request?: string;
  range?: Range;
  from?: string;
  to?: string;
  /** Where it differs from what the reader chose for every page. */
  zone?: Zones;
  /** What rows that follow each other are put together by. */
  group?: Grouping;
  /** Columns that are not shown. */
  hide?: Column[];
  /** Where it differs from what the reader chose for every page. */
  density?: Density;
  /** New events are added as they come. */
  live?: "on";
  /** The saved view that is open; 0 is none on purpose, where the default would open. */
  view?: number;
  event?: string;
  /** What the address asked for and this page does not know; shown, so that no filter is dropped in silence. */
  ignored?: string;
};

/** The same as a link may say it: one value needs no list. */
export type LogAddress = Omit<LogSearch, ListKey | NotKey> & { [K in ListKey | NotKey]?: string | string[] };

/** One zone, or both beside each other. */
export type Zones = Zone | "both";
/** The zone that times are read in, and the one that is told beside it. */
export const zonesOf = (zones: Zones): { zone: Zone; besideZone: Zone | null } =>
  zones === "both"
    ? { zone: "local", besideZone: zoneName("local") === "UTC" ? null : "utc" }
    : { zone: zones, besideZone: null };

export const groupings = ["actor", "object", "request"] as const;
export type Grouping = (typeof groupings)[number];
export const columns = ["status", "object", "from"] as const;
export type Column = (typeof columns)[number];
export const densities = ["regular", "compact"] as const;
export type Density = (typeof densities)[number];

export const actorTypes = ["user", "api_key", "platform", "anonymous"] as const;
export const referenceOf = splitReference;

const isOneOf = (known: readonly string[]) => (text: string) => (known.includes(text) ? text : null);
const isReferenceTo = (types: readonly string[]) => (text: string) => {
  const { type, id } = splitReference(text);
  return types.includes(type) && id !== "" && text.length <= 320 ? text : null;
};
const atMost = (length: number) => (text: string) => (text.trim() !== "" && text.length <= length ? text : null);

/** How a value of each list is read from an address, null when it cannot be one; and what `audit.list` calls the list. */
export const lists = {
  severity: { read: isOneOf(severities), input: "severities" },
  status: { read: isOneOf(statuses), input: "statuses" },
  category: { read: isOneOf(Object.keys(categories)), input: "categories" },
  code: { read: (text) => (isEventCode(text) ? text : null), input: "codes" },
  actor: { read: isReferenceTo(actorTypes), input: "actors" },
  object: { read: isReferenceTo(Object.keys(objectTypes)), input: "objects" },
  target: { read: isReferenceTo(Object.keys(objectTypes)), input: "targets" },
  role: { read: atMost(200), input: "roles" },
  source: { read: atMost(256), input: "sources" },
  network: { read: networkOf, input: "networks" },
} as const satisfies Record<ListKey, { read: (text: string) => string | null; input: string }>;

export const listKeys = Object.keys(lists) as ListKey[];
export const notKey = (key: ListKey): NotKey => `not.${key}`;
/** The list that a member of the address fills, and whether as exclusion; null for other members. */
export const listOf = (member: string): { key: ListKey; isNot: boolean } | null => {
  const isNot = member.startsWith("not.");
  const key = isNot ? member.slice(4) : member;
  return Object.hasOwn(lists, key) ? { key: key as ListKey, isNot } : null;
};

export const isEventId = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);

const instant = (text: string): string | null => {
  const time = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
};

/** How each single member is read; null when it cannot be one. */
const singles: Readonly<Record<string, (text: string) => string | null>> = {
  q: (text) => text.slice(0, 256),
  request: atMost(256),
  range: isOneOf(Object.keys(ranges)),
  from: instant,
  to: instant,
  zone: isOneOf(["utc", "local", "both"]),
  group: isOneOf(groupings),
  density: isOneOf(densities),
  live: isOneOf(["on"]),
  view: (text) => (/^(0|[1-9]\d{0,14})$/.test(text) ? text : null),
  event: (text) => (isEventId(text) ? text.toLowerCase() : null),
};

/** Values of one list at most, as the server takes them. */
const mostValues = 100;

/** Reads the search of an address, however it was typed. */
export const parseLogSearch = (raw: Readonly<Record<string, unknown>>): LogSearch => {
  const search: Record<string, string | string[] | number> = {};
  const ignored: string[] = [];
  for (const [member, given] of Object.entries<unknown>(raw)) {
    if (given === undefined || given === null || given === "") continue;
    if (member === "ignored") ignored.push(String(given));
    else if (listOf(member) !== null || member === "hide") {
      const read = member === "hide" ? isOneOf(columns) : lists[listOf(member)?.key ?? "code"].read;
      const known = new Set<string>();
      for (const text of Array.isArray(given) ? given.map(String) : splitList(String(given))) {
        const value = read(text);
        if (value === null || (known.size === mostValues && !known.has(value))) ignored.push(`${member}=${text}`);
        else known.add(value);
      }
      if (known.size > 0) search[member] = [...known];
    } else {
      const value = Object.hasOwn(singles, member) ? singles[member]?.(String(given)) : null;
      if (typeof value === "string") search[member] = member === "view" ? Number(value) : value;
      else ignored.push(`${member}=${given}`);
    }
  }
  if (search.from !== undefined || search.to !== undefined) delete search.range;
  if (ignored.length > 0) search.ignored = ignored.join(" ");
  return search;
};

export type FilterKey = "q" | "request" | ListKey | NotKey;
export const filterKeys: readonly FilterKey[] = ["q", "request", ...listKeys, ...listKeys.map(notKey)];

/** The filters of an address, in the order in which it names them. */
export const activeFilters = (search: LogSearch): FilterKey[] =>
  (Object.keys(search) as FilterKey[]).filter((key) => filterKeys.includes(key) && search[key] !== undefined);

/** The same address without some of its members. */
export const without = (search: LogSearch, ...keys: (keyof LogSearch)[]): LogSearch => {
  const rest = { ...search };
  for (const key of keys) delete rest[key];
  return rest;
};

export const withRange = (search: LogSearch, range: Range): LogSearch => ({
  ...without(search, "from", "to"),
  range,
});

/** The shortest range of days that holds so many: what the log of an office opens with. */
export const firstRangeOf = (days: number): Range =>
  (["24h", "7d", "30d"] as const).find((range) => minutesOf(range) >= days * 1_440) ?? "90d";

/** An address with the range that it means: without one, the first of the office. */
export const ranged = (address: LogSearch, first: Range): LogSearch =>
  address.from !== undefined || address.to !== undefined ? address : { ...address, range: address.range ?? first };

/** The same as an address: the first range needs no word. */
export const addressOf = (search: LogSearch, first: Range): LogSearch =>
  search.range === first ? without(search, "range") : search;

/** A query of the log as the server takes it: without where a page begins and how long it is. */
export type LogQuery = Omit<Exclude<inferInput<Api["audit"]["list"]>, void>, "cursor" | "limit" | "direction">;

/** What `audit.list`, `audit.facets`, `audit.histogram` and `audit.whyEmpty` are asked. Ranges below a day start at `now` minus their minutes. */
export const listInput = (search: LogSearch, now: number): LogQuery => {
  const query: Record<string, unknown> = {};
  for (const key of listKeys) {
    const { input } = lists[key];
    if (search[key]) query[input] = search[key];
    const not = search[notKey(key)];
    if (not) query[`not${input.charAt(0).toUpperCase()}${input.slice(1)}`] = not;
  }
  return {
    ...query,
    ...(search.request && { requestId: search.request }),
    ...(search.q && { text: search.q }),
    ...rangeInput(search, now),
  };
};

const rangeInput = (search: LogSearch, now: number): { days: number } | { from?: string; to?: string } => {
  if (search.from !== undefined || search.to !== undefined) {
    return { ...(search.from && { from: search.from }), ...(search.to && { to: search.to }) };
  }
  const range = ranges[search.range ?? firstRange];
  return "days" in range ? { days: range.days } : { from: new Date(now - range.minutes * 60_000).toISOString() };
};
