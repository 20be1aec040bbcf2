import type { Json, JsonObject } from "./json.ts";
import { jsonLimits } from "./json-limits.ts";

/** encoding: no UTF-8; syntax: no JSON (nothing at all included); top_level: neither object nor list; number: beyond what a double holds. */
export type JsonRefusal = "encoding" | "syntax" | "depth" | "keys" | "duplicate_key" | "number" | "top_level";
export type ParsedJson = { ok: true; value: JsonObject | readonly Json[] } | { ok: false; reason: JsonRefusal };

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const minus = 0x2d;
const openObject = 0x7b;
const closeObject = 0x7d;
const openList = 0x5b;
const closeList = 0x5d;

/** Up to this many keys a list is searched, beyond it a set. */
const fewKeys = 12;

/** The keys met in one object that is still open. */
type Keys = { few: string[]; many: Set<string> | null };

/** Notes a key; answers what is wrong with it. */
const addKey = (keys: Keys, key: string): JsonRefusal | null => {
  if (keys.many === null) {
    if (keys.few.includes(key)) return "duplicate_key";
    keys.few.push(key);
    if (keys.few.length > fewKeys) keys.many = new Set(keys.few);
    return null;
  }
  if (keys.many.size === keys.many.add(key).size) return "duplicate_key";
  return keys.many.size > jsonLimits.keys ? "keys" : null;
};

/** Where the text that opens at `start` closes; -1 when it does not. */
const closingQuote = (text: string, start: number): number => {
  let end = text.indexOf('"', start + 1);
  while (end > 0) {
    let before = end - 1;
    while (text.charCodeAt(before) === backslash) before -= 1;
    if ((end - before) % 2 === 1) return end;
    end = text.indexOf('"', end + 1);
  }
  return -1;
};

/** A key as it is meant: `\u0069d` is `id`. A wrong escape is left to the parser. */
const decodeKey = (raw: string): string => {
  if (!raw.includes("\\")) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
};

const isNumberPart = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || code === 0x2e || code === 0x65 || code === 0x45 || code === 0x2b || code === minus;

/** Fifteen digits always fit; more, and exponents, are worked out. */
const isLossy = (text: string): boolean => {
  if (text.length <= 15 && !/e/i.test(text)) return false;
  const value = Number(text);
  return value === Infinity || value === -Infinity || (Number.isInteger(value) && !Number.isSafeInteger(value));
};

/** One look at the text before it is parsed, without recursion; what is no JSON is left to the parser. */
const findRefusal = (text: string, maxDepth: number): JsonRefusal | null => {
  const open: (Keys | null)[] = [];
  let isKeyNext = false;
  let index = 0;
  while (index < text.length) {
    const code = text.charCodeAt(index);
    if (code === quote) {
      const end = closingQuote(text, index);
      if (end < 0) return null;
      const keys = isKeyNext ? open.at(-1) : null;
      const refusal = keys ? addKey(keys, decodeKey(text.slice(index + 1, end))) : null;
      if (refusal !== null) return refusal;
      isKeyNext = false;
      index = end;
    } else if (code === comma) {
      isKeyNext = true;
    } else if (code === openObject || code === openList) {
      if (open.length >= maxDepth) return "depth";
      open.push(code === openObject ? { few: [], many: null } : null);
      isKeyNext = true;
    } else if (code === closeObject || code === closeList) {
      open.pop();
      isKeyNext = false;
    } else if ((code >= 0x30 && code <= 0x39) || code === minus) {
      const start = index;
      while (isNumberPart(text.charCodeAt(index + 1))) index += 1;
      if (isLossy(text.slice(start, index + 1))) return "number";
    }
    index += 1;
  }
  return null;
};

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * JSON of a request body, read once and strictly: UTF-8 only and without a byte order mark, no duplicate keys
 * (escaped ones included), no number that a double cannot hold, an object or a list on top, at most `maxDepth` levels
 * and 2000 keys in one object.
 */
export const parseJsonStrict = (bytes: Uint8Array, maxDepth: number = jsonLimits.depth): ParsedJson => {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return { ok: false, reason: "encoding" };
  }
  const refusal = findRefusal(text, maxDepth);
  try {
    // Even a text with a refusal is parsed, unless that may cost much: what is no JSON at all is called that.
    const value: unknown = refusal === "depth" || refusal === "keys" ? null : JSON.parse(text);
    if (refusal !== null) return { ok: false, reason: refusal };
    if (typeof value !== "object" || value === null) return { ok: false, reason: "top_level" };
    return { ok: true, value: value as JsonObject | readonly Json[] };
  } catch {
    return { ok: false, reason: "syntax" };
  }
};
