import { count, dateTime, isInstant, isPlainDate, plainDate, type Zone } from "../format.ts";
import { texts } from "../texts.ts";

/** How a value of a change is shown: as somebody's text, as a word of ours, or as nothing. */
export type ShownValue = { text: string; kind: "text" | "word" | "none" };

const isShrunk = (value: object): value is { sha256: string; bytes: number; head: string } =>
  "sha256" in value && "bytes" in value && "head" in value;

export const isHidden = (value: unknown): boolean => typeof value === "string" && /^\[redacted:[^\]]*\]$/.test(value);

/** The entries of a list in words; none of what is no list. */
export const shownItems = (value: unknown, zone: Zone): string[] =>
  Array.isArray(value) ? value.map((item) => shownValue(item, zone).text) : [];

/** Puts a value of a change into words. Nothing is cut: what was shrunk when it was kept says so. */
export const shownValue = (value: unknown, zone: Zone): ShownValue => {
  if (value === null || value === undefined) return { text: texts.values.none, kind: "none" };
  if (value === "") return { text: texts.values.empty, kind: "none" };
  if (isHidden(value)) return { text: texts.values.hidden, kind: "none" };
  if (typeof value === "boolean") return { text: value ? texts.values.yes : texts.values.no, kind: "word" };
  if (isPlainDate(value)) return { text: plainDate(value), kind: "word" };
  if (isInstant(value)) return { text: dateTime(value, zone), kind: "word" };
  if (Array.isArray(value)) {
    if (value.length === 0) return { text: texts.values.none, kind: "none" };
    return { text: value.map((item) => shownValue(item, zone).text).join(", "), kind: "text" };
  }
  if (typeof value === "object") {
    if (isShrunk(value)) {
      return { text: value.head + texts.values.shrunk(count(value.bytes), value.sha256.slice(0, 8)), kind: "text" };
    }
    if ("label" in value && typeof value.label === "string") return { text: value.label, kind: "text" };
    return { text: JSON.stringify(value), kind: "text" };
  }
  return { text: String(value), kind: "text" };
};
