import { categories, eventType, isEventCode, objectTypes } from "./catalogue.ts";
import { splitReference } from "./event-filter.ts";
import type { Json, JsonObject } from "./json.ts";

export const isMembers = (value: Json): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const anyOf = (values: readonly string[]): string =>
  values.length < 4 ? values.join(" or ") : `${values.slice(0, 2).join(", ")} or ${values.length - 2} others`;

const textsOf = (value: Json): string[] => (Array.isArray(value) ? value : [value]).map(String);

/** `user:3` as "user 3", `anonymous` as it is. */
const referenceWords = (reference: string): string => {
  const { type, id } = splitReference(reference);
  const word = Object.hasOwn(objectTypes, type) ? objectTypes[type as keyof typeof objectTypes] : type;
  return id === null ? word.replaceAll("_", " ") : `${word.replaceAll("_", " ")} ${id}`;
};

const codeWords = (code: string): string => `“${isEventCode(code) ? eventType(code).name : code}”`;

const categoryWords = (category: string): string =>
  Object.hasOwn(categories, category) ? categories[category as keyof typeof categories].title : category;

const minuteOf = (iso: string): string => iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*Z$/, "$1 $2 UTC");

const dayCount = (days: Json): string => (days === 1 ? "the last day" : `the last ${days} days`);

/** What events beside another one have in common with it. */
const around: Readonly<Record<string, string>> = {
  object: "about the same object",
  request: "of the same request",
  actor: "by the same actor around that time",
  approval: "of the same approval",
};

/** How each member of a query of the log reads; null: it says nothing of what is looked for. */
const members: Record<string, (value: Json, all: JsonObject) => string | null> = {
  overview: () => "the overview",
  related: () => null,
  days: dayCount,
  fromMs: (value) => `since ${minuteOf(new Date(Number(value)).toISOString())}`,
  toMs: (value) => `until ${minuteOf(new Date(Number(value)).toISOString())}`,
  from: (value) => `since ${minuteOf(String(value))}`,
  to: (value) => `until ${minuteOf(String(value))}`,
  codes: (value) => anyOf(textsOf(value).map(codeWords)),
  categories: (value) => `category ${anyOf(textsOf(value).map(categoryWords))}`,
  severities: (value) => `severity ${anyOf(textsOf(value))}`,
  statuses: (value) => `status ${anyOf(textsOf(value))}`,
  actors: (value) => `by ${anyOf(textsOf(value).map(referenceWords))}`,
  objects: (value) => `about ${anyOf(textsOf(value).map(referenceWords))}`,
  targets: (value) => `target ${anyOf(textsOf(value).map(referenceWords))}`,
  roles: (value) => `role ${anyOf(textsOf(value))}`,
  networks: (value) => `address ${anyOf(textsOf(value))}`,
  sources: (value) => `through ${anyOf(textsOf(value).map((source) => (source === "app" ? "the app" : source)))}`,
  actorType: (value, { actorId }) => `by ${referenceWords(actorId ? `${value}:${actorId}` : String(value))}`,
  actorId: (value, { actorType }) => (actorType ? null : `by ${value}`),
  objectType: (value, { objectId }) => `about ${referenceWords(objectId ? `${value}:${objectId}` : String(value))}`,
  objectId: (value, { objectType }) => (objectType ? null : `about ${value}`),
  userId: (value) => `user ${value}`,
  id: (value) => `event ${value}`,
  by: (value) => (Object.hasOwn(around, String(value)) ? (around[String(value)] ?? null) : `by ${value}`),
  requestId: (value) => `request ${value}`,
  text: (value) => `“${value}”`,
  not: (value) =>
    isMembers(value)
      ? partsOf(value)
          .map((part) => `not ${part}`)
          .join(", ")
      : null,
};

type Otherwise = (name: string, value: Json) => string;

function partsOf(filter: JsonObject, otherwise: Otherwise = (name, value) => `${name} ${value}`): string[] {
  return Object.entries(filter).flatMap(([name, value = null]) => {
    const part = Object.hasOwn(members, name) ? members[name]?.(value, filter) : otherwise(name, value);
    return part ? [part] : [];
  });
}

/**
 * A filter that an event tells of, in words: "the last 7 days, severity high or critical, about permit 41". Of a member that no
 * query of the log has, such as one of a list of permits, `otherwise` says how it reads.
 */
export const filterWords = (filter: JsonObject, otherwise?: Otherwise): string => partsOf(filter, otherwise).join(", ");

const isNot = /^not([A-Z])/;

/** The same of a query as its caller wrote it, with every item of its lists: "“Permit deleted” or “Permit read”, not by user 3". */
export const queryWords = (query: JsonObject): string => {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const lists = given.filter(([, value]) => Array.isArray(value)) as [string, Json[]][];
  const others = given.filter(([, value]) => !Array.isArray(value));
  const listed = lists.map(([name, values]) => {
    const member = name.replace(isNot, (_, first: string) => first.toLowerCase());
    const words = (value: Json) => filterWords(isNot.test(name) ? { not: { [member]: [value] } } : { [name]: [value] });
    return values.map(words).join(isNot.test(name) ? ", " : " or ");
  });
  return [...listed, filterWords(Object.fromEntries(others))].filter((part) => part !== "").join(", ");
};
