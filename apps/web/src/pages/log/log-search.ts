import {
  type Category,
  categories,
  type EventCode,
  isEventCode,
  type ObjectType,
  objectTypes,
  type Severity,
  type Status,
  severities,
  statuses,
} from "@countersign/audit/catalogue";
import type { Zone } from "../../format.ts";

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
export const firstRange: Range = "7d";

/** What the address of the log holds: filters, range, zone and the open event. A member that is absent filters nothing. */
export type LogSearch = {
  q?: string;
  code?: EventCode[];
  category?: Category[];
  severity?: Severity[];
  status?: Status[];
  /** `user:3`, or a kind of actor alone: `anonymous`. */
  actor?: string;
  /** `permit:41`, or a type alone: `permit`. */
  object?: string;
  range?: Range;
  from?: string;
  to?: string;
  /** Where it differs from what the reader chose for every page. */
  zone?: Zone;
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

export const groupings = ["actor", "object", "request"] as const;
export type Grouping = (typeof groupings)[number];
export const columns = ["status", "object", "from"] as const;
export type Column = (typeof columns)[number];
export const densities = ["regular", "compact"] as const;
export type Density = (typeof densities)[number];

export const actorTypes = ["user", "api_key", "platform", "anonymous"] as const;
export type ActorType = (typeof actorTypes)[number];

const isOneOf =
  <T extends string>(known: readonly T[]) =>
  (text: string): text is T =>
    (known as readonly string[]).includes(text);

const isCategory = (text: string): text is Category => Object.hasOwn(categories, text);
const isObjectType = (text: string): text is ObjectType => Object.hasOwn(objectTypes, text);
const isRange = (text: string): text is Range => Object.hasOwn(ranges, text);
export const isEventId = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);

/** Splits `type:id` or a type alone. */
export const referenceOf = (text: string): { type: string; id: string | null } => {
  const at = text.indexOf(":");
  return at < 0 ? { type: text, id: null } : { type: text.slice(0, at), id: text.slice(at + 1) };
};

const instant = (text: string): string | null => {
  const time = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
};

/** Reads the search of an address, however it was typed. */
export const parseLogSearch = (raw: Record<string, unknown>): LogSearch => {
  const search: LogSearch = {};
  const ignored: string[] = typeof raw.ignored === "string" && raw.ignored !== "" ? [raw.ignored] : [];
  const texts = (key: string): string[] => {
    const value = raw[key];
    if (Array.isArray(value)) return value.map(String);
    return value === undefined || value === null || value === "" ? [] : String(value).split(",");
  };
  const list = <T extends string>(key: string, isKnown: (text: string) => text is T): T[] | undefined => {
    const given = texts(key);
    ignored.push(...given.filter((text) => !isKnown(text)).map((text) => `${key}=${text}`));
    const known = [...new Set(given.filter(isKnown))];
    return known.length > 0 ? known : undefined;
  };
  const one = <T extends string>(key: string, read: (text: string) => T | null): T | undefined => {
    const text = raw[key] === undefined || raw[key] === null ? "" : String(raw[key]);
    if (text === "") return undefined;
    const value = read(text);
    if (value === null) ignored.push(`${key}=${text}`);
    return value ?? undefined;
  };
  const set = <K extends keyof LogSearch>(key: K, value: LogSearch[K] | undefined) => {
    if (value !== undefined) search[key] = value;
  };

  set(
    "q",
    one("q", (text) => text.slice(0, 256)),
  );
  set("code", list("code", isEventCode));
  set("category", list("category", isCategory));
  set("severity", list("severity", isOneOf(severities)));
  set("status", list("status", isOneOf(statuses)));
  set(
    "actor",
    one("actor", (text) => (isOneOf(actorTypes)(referenceOf(text).type) ? text : null)),
  );
  set(
    "object",
    one("object", (text) => (isObjectType(referenceOf(text).type) ? text : null)),
  );
  set("from", one("from", instant));
  set("to", one("to", instant));
  const isCustom = search.from !== undefined || search.to !== undefined;
  const range = one("range", (text) => (isRange(text) ? text : null));
  if (!isCustom && range !== firstRange) set("range", range);
  set(
    "zone",
    one("zone", (text) => (text === "utc" || text === "local" ? text : null)),
  );
  set(
    "group",
    one("group", (text) => (isOneOf(groupings)(text) ? text : null)),
  );
  set("hide", list("hide", isOneOf(columns)));
  set(
    "density",
    one("density", (text) => (isOneOf(densities)(text) ? text : null)),
  );
  set(
    "live",
    one("live", (text) => (text === "on" ? text : null)),
  );
  const view = one("view", (text) => (/^(0|[1-9]\d{0,14})$/.test(text) ? text : null));
  if (view !== undefined) search.view = Number(view);
  set(
    "event",
    one("event", (text) => (isEventId(text) ? text.toLowerCase() : null)),
  );
  if (ignored.length > 0) search.ignored = ignored.join(" ");
  return search;
};

export const filterKeys = ["q", "code", "category", "severity", "status", "actor", "object"] as const;
export type FilterKey = (typeof filterKeys)[number];

export const activeFilters = (search: LogSearch): FilterKey[] => filterKeys.filter((key) => search[key] !== undefined);

/** The same address without some of its members. */
export const without = (search: LogSearch, ...keys: (keyof LogSearch)[]): LogSearch => {
  const rest = { ...search };
  for (const key of keys) delete rest[key];
  return rest;
};

/** What `audit.list` is asked for. Ranges below a day start at `now` minus their minutes. */
export const listInput = (search: LogSearch, now: number) => {
  const actor = search.actor === undefined ? null : referenceOf(search.actor);
  const object = search.object === undefined ? null : referenceOf(search.object);
  return {
    ...(search.code && { codes: search.code }),
    ...(search.category && { categories: search.category }),
    ...(search.severity && { severities: search.severity }),
    ...(search.status && { statuses: search.status }),
    ...(actor && { actorType: actor.type as ActorType }),
    ...(actor?.id && { actorId: actor.id }),
    ...(object && { objectType: object.type as ObjectType }),
    ...(object?.id && { objectId: object.id }),
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

/** What the rows and the counts beside them are asked for alike. */
export type LogQuery = ReturnType<typeof listInput>;
