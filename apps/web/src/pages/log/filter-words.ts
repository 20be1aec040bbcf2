import { categories, eventType, isEventCode, objectTypes } from "@countersign/audit/catalogue";
import { dateTime, type Zone } from "../../format.ts";
import { texts } from "../../texts.ts";
import {
  activeFilters,
  type FilterKey,
  firstRange,
  type ListKey,
  type LogSearch,
  listOf,
  referenceOf,
} from "./log-search.ts";

export type NamedKind = "actor" | "object" | "source";
/** What names the values of a list; null where a value says itself what it is. */
export const namedKindOf = (key: string): NamedKind | null => {
  if (key === "target") return "object";
  return key === "actor" || key === "object" || key === "source" ? key : null;
};
/** The name of an actor, object or source as what was shown so far knows it. */
export type NameOf = (kind: NamedKind, reference: string) => string | undefined;

/** What a filter is called on screen. */
export const filterNames: Record<"q" | "request" | ListKey, string> = {
  q: texts.log.text,
  request: texts.log.drawer.request,
  code: texts.log.event,
  category: texts.log.category,
  severity: texts.log.severity,
  status: texts.log.status,
  actor: texts.log.actor,
  object: texts.log.object,
  target: texts.log.target,
  role: texts.log.role,
  source: texts.log.source,
  network: texts.log.network,
};

export const filterName = (key: FilterKey): string => filterNames[listOf(key)?.key ?? (key as "q" | "request")];

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const nameIn = (record: Readonly<Record<string, string>>, key: string) =>
  (Object.hasOwn(record, key) ? record[key] : undefined) ?? key;

export const actorWords = (reference: string, name: string | undefined): string => {
  const { type, id } = referenceOf(reference);
  const kind = nameIn(texts.actorType, type);
  return id === null ? kind : (name ?? `${kind} ${id}`);
};

export const objectWords = (reference: string, name: string | undefined): string => {
  const { type, id } = referenceOf(reference);
  const kind = nameIn(objectTypes, type);
  return id === null ? capitalised(kind) : (name ?? `${kind} ${id}`);
};

const words: Record<ListKey, (value: string, nameOf: NameOf) => string> = {
  severity: (value) => nameIn(texts.severity, value),
  status: (value) => nameIn(texts.status, value),
  category: (value) => (Object.hasOwn(categories, value) ? categories[value as keyof typeof categories].title : value),
  code: (value) => (isEventCode(value) ? eventType(value).name : value),
  actor: (value, nameOf) => actorWords(value, nameOf("actor", value)),
  object: (value, nameOf) => objectWords(value, nameOf("object", value)),
  target: (value, nameOf) => objectWords(value, nameOf("object", value)),
  role: (value) => value,
  source: (value, nameOf) => (value === "app" ? texts.log.sourceApp : (nameOf("source", value) ?? value)),
  network: (value) => value,
};

/** One value of a list in words. */
export const valueWords = (key: ListKey, value: string, nameOf: NameOf): string => words[key](value, nameOf);

/** The values of one filter in words; undefined when it is not set. */
export const wordsOfFilter = (
  search: LogSearch,
  key: FilterKey,
  nameOf: NameOf,
  joined = texts.log.someOf,
): string | undefined => {
  const list = listOf(key);
  const given = search[key];
  if (given === undefined) return undefined;
  if (list === null) return key === "q" ? `“${given}”` : String(given);
  const said = joined((given as string[]).map((value) => valueWords(list.key, value, nameOf)));
  return list.isNot ? texts.log.notThese(said) : said;
};

/** The values of each set filter in words. */
export const filterWords = (search: LogSearch, nameOf: NameOf): Partial<Record<FilterKey, string>> =>
  Object.fromEntries(activeFilters(search).map((key) => [key, wordsOfFilter(search, key, nameOf)]));

export const rangeWords = (search: LogSearch, zone: Zone): string => {
  const { from, to } = search;
  if (from && to) return texts.log.between(dateTime(from, zone), dateTime(to, zone));
  if (from) return texts.log.since(dateTime(from, zone));
  if (to) return texts.log.until(dateTime(to, zone));
  return texts.log.ranges[search.range ?? firstRange];
};

/** The whole query in a line: "Severity: critical · Last 7 days". */
export const queryWords = (search: LogSearch, zone: Zone, nameOf: NameOf): string =>
  [
    ...activeFilters(search).map((key) => `${filterName(key)}: ${wordsOfFilter(search, key, nameOf, texts.log.allOf)}`),
    rangeWords(search, zone),
  ].join(" · ");
