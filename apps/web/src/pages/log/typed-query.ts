import { filterNames } from "./filter-words.ts";
import { isEventId, type ListKey, listKeys, lists } from "./log-search.ts";
import { networkOf } from "./network.ts";

export type DraftKey = ListKey | "request" | "q";
/** What stands in the field: a filter with a part of its value, or text alone. */
export type Draft = { key: DraftKey | null; isNot: boolean; text: string };

const otherNames: Readonly<Record<string, DraftKey>> = {
  ip: "network",
  address: "network",
  user: "actor",
  who: "actor",
  type: "code",
  status: "status",
  "object type": "object",
  permit: "object",
};

const keyNamed = (name: string): DraftKey | null => {
  const found = (Object.keys(filterNames) as DraftKey[]).find(
    (key) => key === name || filterNames[key].toLowerCase() === name,
  );
  return found ?? (Object.hasOwn(otherNames, name) ? (otherNames[name] ?? null) : null);
};

/** Reads `outcome: den`, `not outcome: den`, `-outcome:den` and `outcome: not den`; everything else is text. */
export const readDraft = (typed: string): Draft => {
  const plain: Draft = { key: null, isNot: false, text: typed.trim() };
  const parts = /^\s*(not\s+|[-!])?([a-z][a-z ]*?)\s*:(?!\/\/)\s*(.*)$/is.exec(typed);
  if (parts === null) return plain;
  const [, before, name = "", rest = ""] = parts;
  const key = keyNamed(name.toLowerCase());
  if (key === null) return plain;
  const inner = /^not\s+/i.exec(rest);
  const isList = key !== "q" && key !== "request";
  const isNot = isList && (before !== undefined || inner !== null);
  return { key, isNot, text: rest.slice(isNot && inner ? inner[0].length : 0).trim() };
};

/** What a filter with nothing chosen yet looks like in the field. */
export const draftFor = (key: DraftKey, isNot: boolean): string =>
  `${isNot ? "not " : ""}${filterNames[key].toLowerCase()}: `;

/** What a pasted text is by its form alone. */
export type Recognised =
  | { kind: "event"; id: string }
  | { kind: "permit"; number: string }
  | { kind: "request"; id: string }
  | { kind: "value"; key: ListKey; value: string };

export const recognise = (text: string): Recognised | null => {
  const typed = text.trim();
  if (isEventId(typed)) return { kind: "event", id: typed.toLowerCase() };
  if (/^p-\d{4}-\d{6}$/i.test(typed)) return { kind: "permit", number: typed.toUpperCase() };
  if (/^r_[\w-]{16}$/.test(typed)) return { kind: "request", id: typed };
  const network = networkOf(typed);
  if (network !== null) return { kind: "value", key: "network", value: network };
  const reference = /^[a-z_]+:[^\s:]+$/.test(typed) ? typed : "";
  const key = (["actor", "object"] as const).find((key) => lists[key].read(reference) !== null);
  return key === undefined ? null : { kind: "value", key, value: reference };
};

export const isListKey = (key: DraftKey | null): key is ListKey => listKeys.includes(key as ListKey);
