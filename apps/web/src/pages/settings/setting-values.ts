import { isEmailAddress } from "@countersign/audit/email-address";
import { count } from "../../format.ts";
import type { Setting } from "./setting-areas.ts";
import { settingsTexts } from "./settings-texts.ts";

const { problems, values: words } = settingsTexts;

type Schema = {
  type?: string;
  pattern?: string;
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxLength?: number;
  items?: Schema;
  anyOf?: readonly Schema[];
};

export const kinds = [
  "whole",
  "time",
  "flag",
  "hours",
  "users",
  "recipients",
  "choices",
  "texts",
  "choice",
  "zone",
  "text",
] as const;
export type Kind = (typeof kinds)[number];

export const schemaOf = (setting: Setting): Schema => setting.schema as Schema;

/** What kind of control a setting takes, by the schema that the server answers. */
export const kindOf = (setting: Setting): Kind => {
  const schema = schemaOf(setting);
  if (setting.key === "display.time_zone") return "zone";
  if (schema.type === "integer") return "whole";
  if (schema.type === "boolean") return "flag";
  if (schema.type === "array") {
    if (schema.items?.type === "integer") return "users";
    if (schema.items?.anyOf) return "recipients";
    return schema.items?.enum ? "choices" : "texts";
  }
  if (schema.anyOf) return "hours";
  if (schema.enum) return "choice";
  return schema.pattern === undefined ? "text" : "time";
};

export type Hours = { from: string; to: string } | null;

/** A value while it is edited: numbers are text until they are sent, for a field can hold no number for a while. */
export type Entry = unknown;
export const entryOf = (setting: Setting, value: unknown = setting.value): Entry =>
  kindOf(setting) === "whole" ? String(value) : value;
export const sentValue = (setting: Setting, entry: Entry): unknown =>
  kindOf(setting) === "whole" ? Number(entry) : entry;

export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const isTime = (value: unknown): boolean => typeof value === "string" && /^([01]\d|2[0-3]):[0-5]\d$/.test(value);
const textProblem = (value: string): string | null =>
  value.trim() === "" ? problems.needed : value.trim() === value ? null : problems.blanks;
const listProblem = (value: unknown): string | null =>
  Array.isArray(value) && value.length > 0 ? null : problems.some;

const checks: Record<Kind, (entry: Entry, schema: Schema) => string | null> = {
  whole: (entry, { minimum = 0, maximum = Number.MAX_SAFE_INTEGER }) => {
    const isWhole = /^\d{1,15}$/.test(String(entry)) && Number(entry) >= minimum && Number(entry) <= maximum;
    return isWhole ? null : problems.whole(count(minimum), count(maximum));
  },
  time: (entry) => (isTime(entry) ? null : problems.time),
  flag: () => null,
  hours: (entry) => {
    const hours = entry as Hours;
    return hours === null || (isTime(hours.from) && isTime(hours.to) && hours.from !== hours.to)
      ? null
      : problems.hours;
  },
  users: listProblem,
  recipients: listProblem,
  choices: listProblem,
  texts: listProblem,
  choice: () => null,
  zone: (entry) => textProblem(String(entry ?? "")),
  text: (entry) => textProblem(String(entry ?? "")),
};

/** What is wrong with an entry, in words; null when nothing is. The server decides. */
export const problemOf = (setting: Setting, entry: Entry): string | null =>
  checks[kindOf(setting)](entry, schemaOf(setting));

/** What cannot be added to a list, in words; null when it can. */
export const itemProblem = (kind: Kind, list: readonly unknown[], item: string): string | null => {
  const problem =
    textProblem(item) ?? (kind === "recipients" && !isEmailAddress(item) ? settingsTexts.control.address : null);
  return problem ?? (list.includes(item) ? settingsTexts.control.twice : null);
};

/** A value in words; users by the names that are known. */
export const inWords = (value: unknown, nameOf: (id: number) => string = words.user): string => {
  if (value === null || value === undefined) return words.none;
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (typeof value === "number") return count(value);
  if (Array.isArray(value)) {
    if (value.length === 0) return words.none;
    return value.map((item) => (typeof item === "number" ? nameOf(item) : String(item))).join(", ");
  }
  if (typeof value === "object" && "from" in value && "to" in value)
    return words.hours(String(value.from), String(value.to));
  return String(value);
};

/** The unit that a help begins with, and the rest of it: "Days, suggested by the form." */
export const unitOf = ({ help }: Setting): { unit: string | null; rest: string } => {
  const [, unit, rest = ""] = /^(Days|Hours|Minutes|Seconds|Characters|MiB|Rows)\b[.,;]?\s*(.*)$/.exec(help) ?? [];
  if (unit === undefined) return { unit: null, rest: help };
  return { unit: unit === "MiB" ? unit : unit.toLowerCase(), rest: rest.charAt(0).toUpperCase() + rest.slice(1) };
};
