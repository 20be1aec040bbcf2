import { categories, eventTypes, objectTypes } from "@countersign/audit/catalogue";
import { dateTime, type Zone } from "../../format.ts";
import { texts } from "../../texts.ts";
import { type FilterKey, firstRange, type LogSearch, referenceOf } from "./log-search.ts";

/** The name of an actor or object as the rows shown know it. */
export type NameOf = (kind: "actor" | "object", reference: string) => string | undefined;

export const filterNames: Record<FilterKey, string> = {
  q: texts.log.text,
  code: texts.log.event,
  category: texts.log.category,
  severity: texts.log.severity,
  status: texts.log.status,
  actor: texts.log.actor,
  object: texts.log.object,
};

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export const actorWords = (reference: string, name: string | undefined): string => {
  const { type, id } = referenceOf(reference);
  const kind = Object.hasOwn(texts.actorType, type) ? texts.actorType[type as keyof typeof texts.actorType] : type;
  return id === null ? kind : (name ?? `${kind} ${id}`);
};

export const objectWords = (reference: string, name: string | undefined): string => {
  const { type, id } = referenceOf(reference);
  const kind = Object.hasOwn(objectTypes, type) ? objectTypes[type as keyof typeof objectTypes] : type;
  return id === null ? capitalised(kind) : (name ?? `${kind} ${id}`);
};

/** The values of each set filter in words. */
export const filterWords = (search: LogSearch, nameOf: NameOf): Partial<Record<FilterKey, string>> => ({
  ...(search.q && { q: `“${search.q}”` }),
  ...(search.code && { code: texts.log.someOf(search.code.map((code) => eventTypes[code].name)) }),
  ...(search.category && { category: texts.log.someOf(search.category.map((key) => categories[key].title)) }),
  ...(search.severity && { severity: texts.log.someOf(search.severity.map((key) => texts.severity[key])) }),
  ...(search.status && { status: texts.log.someOf(search.status.map((key) => texts.status[key])) }),
  ...(search.actor && { actor: actorWords(search.actor, nameOf("actor", search.actor)) }),
  ...(search.object && { object: objectWords(search.object, nameOf("object", search.object)) }),
});

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
    ...Object.entries(filterWords(search, nameOf)).map(([key, words]) => `${filterNames[key as FilterKey]}: ${words}`),
    rangeWords(search, zone),
  ].join(" · ");
