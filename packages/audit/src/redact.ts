import type { Json, JsonObject } from "./json.ts";
import { secretKeyRule } from "./secret-keys.ts";
import { isCardNumber, redactText } from "./secret-text.ts";

type Count = { redacted: number };

/** No token that its form alone gives away is shorter; a key is looked at for nothing else. */
const shortestToken = 13;
const masked = /^\[redacted:[a-z-]+\]$/;
const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

const mask = (rule: string, count: Count): string => {
  count.redacted += 1;
  return `[redacted:${rule}]`;
};

const scrubText = (text: string, count: Count): string => {
  const found = redactText(text);
  count.redacted += found.redacted;
  return found.text;
};

/** Headers and form fields as `{name, value}`: the name is a key like any other. */
const pairRule = (object: JsonObject): string | null => {
  if (!("value" in object)) return null;
  const name = object.name ?? object.key ?? object.field;
  return typeof name === "string" ? secretKeyRule(name) : null;
};

const scrubObject = (object: JsonObject, rule: string | null, count: Count): JsonObject => {
  const pair = rule ?? pairRule(object);
  let changed: [string, Json | undefined][] | null = null;
  const keys = Object.keys(object);
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] ?? "";
    const value = object[key];
    if (value === undefined) {
      changed?.push([key, value]);
      continue;
    }
    const before = count.redacted;
    const name = key.length < shortestToken ? key : scrubText(key, count);
    const clean = scrub(value, rule ?? (key === "value" ? pair : null) ?? secretKeyRule(key), count);
    if (changed === null && count.redacted !== before) {
      changed = keys.slice(0, index).map((earlier) => [earlier, object[earlier]]);
    }
    changed?.push([name, clean]);
  }
  return changed === null ? object : Object.fromEntries(changed);
};

/** `rule` is set below a key that names a secret: every text and number there goes; true, false and null say nothing. */
const scrub = (value: Json, rule: string | null, count: Count): Json => {
  if (typeof value === "string") {
    if (rule === null) return value.length < 5 ? value : scrubText(value, count);
    return value === "" || masked.test(value) ? value : mask(rule, count);
  }
  if (typeof value === "number") {
    if (rule !== null) return mask(rule, count);
    return isCardNumber(value) ? mask("card", count) : value;
  }
  if (typeof value !== "object" || value === null) return value;
  if (!isList(value)) return scrubObject(value, rule, count);
  const before = count.redacted;
  const list = value.map((item) => scrub(item, rule, count));
  return count.redacted === before ? value : list;
};

/**
 * The value without its secrets, each replaced by `[redacted:<rule>]`, and how many there were.
 * Secrets are known by the key they stand under, at any depth, or by their form. A value without any comes back as it is.
 */
export const redact = <Value extends Json>(value: Value): { value: Value; redacted: number } => {
  const count: Count = { redacted: 0 };
  return { value: scrub(value, null, count) as Value, redacted: count.redacted };
};
