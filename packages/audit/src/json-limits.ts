import { isLongerThan } from "./utf8.ts";

export type JsonLimits = {
  /** Levels of objects and lists; the outermost is the first. */
  depth: number;
  /** Members of all objects together. */
  keys: number;
  /** UTF-8 bytes of one key. */
  keyBytes: number;
  /** UTF-8 bytes of one text. */
  stringBytes: number;
};

export const jsonLimits: JsonLimits = { depth: 32, keys: 2000, keyBytes: 256, stringBytes: 32 * 1024 };

export type JsonRule =
  | "depth"
  | "keys"
  | "key_size"
  | "string_size"
  | "nul"
  | "surrogate"
  | "forbidden_key"
  | "number"
  | "type";

/** Where (`changes.items.3`, of the whole value "") and which rule; never the value itself. */
export type JsonProblem = { path: string; rule: JsonRule };

const forbiddenKeys = new Set(["__proto__", "constructor", "prototype"]);
const surrogate = /\p{Surrogate}/u;

const textRule = (text: string): JsonRule | null => {
  if (text.includes("\u0000")) return "nul";
  return surrogate.test(text) ? "surrogate" : null;
};

/** The rule that a single value breaks; lists and objects break none by themselves. */
const valueRule = (value: unknown, limits: JsonLimits): JsonRule | null => {
  if (typeof value === "string") return isLongerThan(value, limits.stringBytes) ? "string_size" : textRule(value);
  if (typeof value === "number") {
    return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)) ? "number" : null;
  }
  return typeof value === "boolean" || typeof value === "object" ? null : "type";
};

const keyRule = (key: string, limits: JsonLimits): JsonRule | null =>
  isLongerThan(key, limits.keyBytes) ? "key_size" : textRule(key);

type Walk = { limits: JsonLimits; keys: number };

/** Path pieces are put together on the way back, so that a sound value costs none. */
const inside = (problem: JsonProblem | null, step: string): JsonProblem | null =>
  problem && { path: problem.path === "" ? step : `${step}.${problem.path}`, rule: problem.rule };

const checkList = (list: readonly unknown[], walk: Walk, depth: number): JsonProblem | null => {
  for (let index = 0; index < list.length; index++) {
    const problem = checkValue(list[index], walk, depth);
    if (problem !== null) return inside(problem, String(index));
  }
  return null;
};

const checkObject = (object: object, walk: Walk, depth: number): JsonProblem | null => {
  for (const [key, value] of Object.entries(object)) {
    walk.keys += 1;
    if (walk.keys > walk.limits.keys) return { path: "", rule: "keys" };
    const rule = keyRule(key, walk.limits);
    if (rule !== null) return { path: "", rule };
    if (forbiddenKeys.has(key)) return { path: key, rule: "forbidden_key" };
    if (value === undefined) continue;
    const problem = checkValue(value, walk, depth);
    if (problem !== null) return inside(problem, key);
  }
  return null;
};

const checkValue = (value: unknown, walk: Walk, depth: number): JsonProblem | null => {
  const rule = valueRule(value, walk.limits);
  if (rule !== null) return { path: "", rule };
  if (typeof value !== "object" || value === null) return null;
  if (depth >= walk.limits.depth) return { path: "", rule: "depth" };
  return Array.isArray(value) ? checkList(value, walk, depth + 1) : checkObject(value, walk, depth + 1);
};

/** The first thing in a value that may not be stored, or null. A key that is itself wrong is named by the object it is in. */
export const checkJson = (value: unknown, limits: JsonLimits = jsonLimits): JsonProblem | null =>
  checkValue(value, { limits, keys: 0 }, 0);

/** The first forbidden key of a value that came from JSON, or null: what must be known before anything copies it. */
export const findForbiddenKey = (value: unknown): string | null => {
  if (typeof value !== "object" || value === null) return null;
  if (Array.isArray(value)) return firstFound(value);
  return Object.keys(value).find((key) => forbiddenKeys.has(key)) ?? firstFound(Object.values(value));
};

const firstFound = (values: readonly unknown[]): string | null => {
  for (const value of values) {
    const found = findForbiddenKey(value);
    if (found !== null) return found;
  }
  return null;
};
