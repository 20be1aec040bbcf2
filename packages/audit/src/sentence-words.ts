import { objectTypes } from "./catalogue.ts";
import type { Change, Changes } from "./changes.ts";
import type { Json, JsonObject } from "./json.ts";

/** Somebody or something as an event names it. */
export type Named = { type: string; id?: string | null | undefined; label?: string | null | undefined };

const actorWords: Record<string, string> = {
  platform: "Countersign",
  anonymous: "Somebody not signed in",
};

const longestValue = 60;
export const longestText = 200;
export const shorten = (text: string, limit: number): string => {
  if (text.length <= limit) return text;
  const points = [...text.slice(0, limit * 2 + 2)];
  return points.length > limit ? `${points.slice(0, limit - 1).join("")}…` : text;
};

/** Fields whose name in the register would not read well in a sentence. */
const fieldNames: Record<string, string> = {
  permit_number: "number",
  holder_name: "holder",
  holder_contact: "contact",
  valid_from: "first valid day",
  valid_to: "last valid day",
  assigned_to: "assignee",
};

export const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

const typeWord = (type: string): string =>
  Object.hasOwn(objectTypes, type) ? objectTypes[type as keyof typeof objectTypes] : type.replaceAll("_", " ");

/** The label of the time; else the type in words with the id, `permit 41`; else the type alone, `a permit`. */
export const nameOf = (named: Named): string => {
  if (isText(named.label)) return named.label;
  const word = typeWord(named.type);
  return isText(named.id) ? `${word} ${named.id}` : `${/^[aeio]/i.test(word) ? "an" : "a"} ${word}`;
};

export const actorName = (actor: Named): string => actor.label || actorWords[actor.type] || nameOf(actor);

export const valueWords = (value: Json): string => {
  if (value === null) return "nothing";
  if (value === true || value === false) return value ? "yes" : "no";
  if (value === "") return "an empty text";
  if (Array.isArray(value)) return value.length === 1 ? "1 entry" : `${value.length} entries`;
  if (typeof value === "object") {
    const { label, head } = value as JsonObject;
    return isText(label) ? shorten(label, longestValue) : isText(head) ? "a long text" : "details";
  }
  return shorten(String(value), longestValue);
};

/** A member of a filter that no query of the log has: "expiring in days 30", "types food or event". */
export const memberWords = (name: string, value: Json): string =>
  `${fieldWords(name)} ${Array.isArray(value) && value.length <= 3 ? value.map(valueWords).join(" or ") : valueWords(value)}`;

const fieldWords = (field: string): string =>
  (Object.hasOwn(fieldNames, field) && fieldNames[field]) ||
  field
    .replaceAll("_", " ")
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2")
    .toLowerCase();

const isMasked = (value: Json): boolean => typeof value === "string" && value.startsWith("[redacted:");

const changeWords = (field: string, change: Change): string => {
  const name = fieldWords(field);
  if (isMasked(change.old) || isMasked(change.new)) return `${name} changed, not shown`;
  const parts = [
    ...(change.added ?? []).map((item) => `+ ${valueWords(item)}`),
    ...(change.removed ?? []).map((item) => `− ${valueWords(item)}`),
  ];
  if (parts.length > 0 && parts.length <= 3) return `${name} ${parts.join(", ")}`;
  if (change.old === null) return `${name} set to ${valueWords(change.new)}`;
  if (change.new === null) return `${name} ${valueWords(change.old)} removed`;
  return `${name} ${valueWords(change.old)} to ${valueWords(change.new)}`;
};

/** Whether the changes are a whole life's beginning or end: what has a name always has one. */
export const lifeWord = (changes: Changes | null | undefined): "added" | "removed" | null =>
  changes?.name?.old === null ? "added" : changes?.name?.new === null ? "removed" : null;

/** One change in words, or how many fields changed; nothing of what was only just made or is gone. */
export const changesWords = (changes: Changes | null | undefined): string | null => {
  if (lifeWord(changes) !== null) return null;
  const entries = Object.entries(changes ?? {});
  const [first] = entries;
  if (first === undefined) return null;
  return entries.length === 1 ? changeWords(first[0], first[1]) : `${entries.length} fields`;
};
