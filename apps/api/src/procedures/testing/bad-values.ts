import type { JsonSchema as Schema } from "../../http/rest-input.ts";

/** What zod tells of an input beyond what an address needs. */
type JsonSchema = Omit<Schema, "anyOf" | "items" | "properties" | "type"> & {
  type?: string | string[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: unknown;
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  maxLength?: number;
  pattern?: string;
};

export type { JsonSchema };

/** Where in an input a value stands, and what stands there; `absent` for nothing at all. */
export type Spoilt = { path: readonly string[]; what: string; value: unknown };
const absent = Symbol("absent");

/** Stands in every text that must not come back. */
export const mark = "Zq7mark";
export const injections = [
  "' or 1=1--",
  "'; drop table users; --",
  "%",
  "{{7*7}}#{7*7}",
  "../../etc/passwd",
  "=HYPERLINK(1)",
  "<script>alert(1)</script>",
  "\u202E\u2028\u001B[31m\r\nX-Evil: 1",
  "\uFDFA".repeat(60),
  "😀".repeat(40),
];

const branches = (schema: JsonSchema): JsonSchema[] => [schema, ...(schema.anyOf ?? []).flatMap(branches)];
const typesOf = (schema: JsonSchema): string[] =>
  branches(schema).flatMap(({ type = [], const: one }) => (one === undefined ? type : typeof one));
const limitsOf = (schema: JsonSchema, name: "minimum" | "maximum" | "maxItems" | "maxLength"): number[] =>
  branches(schema).flatMap((branch) => branch[name] ?? []);
export const isText = (schema: JsonSchema): boolean => typesOf(schema).includes("string");
/** Whether any value at all fits, as far as the schema says. */
const isOpen = (schema: JsonSchema): boolean => typesOf(schema).length === 0;

const byType: Record<string, unknown> = {
  string: mark,
  number: 1.5,
  boolean: true,
  object: { [mark]: mark },
  array: [[mark]],
  null: null,
};

const wrongTypes = (schema: JsonSchema): unknown[] => {
  const types = typesOf(schema);
  return Object.entries(byType).flatMap(([type, value]) => (types.includes(type) ? [] : [value]));
};

/** No text of the right length fits where only some words do. */
export const isWord = (schema: JsonSchema): boolean =>
  branches(schema).every((branch) => branch.type !== "string" || branch.enum !== undefined || "const" in branch);

/** Everything that may not stand where `schema` is asked for. */
const spoilValue = (schema: JsonSchema, path: readonly string[]): Spoilt[] => {
  const at = (what: string, value: unknown): Spoilt => ({ path, what, value });
  const spoilt = wrongTypes(schema).map((value) => at("another type", value));
  for (const most of limitsOf(schema, "maximum"))
    if (most < Number.MAX_SAFE_INTEGER) spoilt.push(at("too much", most + 1));
  for (const least of limitsOf(schema, "minimum")) spoilt.push(at("too little", least - 1));
  for (const most of limitsOf(schema, "maxItems")) spoilt.push(at("too many", Array(most + 1).fill(1)));
  if (!isText(schema)) return spoilt;
  const longest = Math.max(0, ...limitsOf(schema, "maxLength"));
  spoilt.push(at("too long", mark.repeat(Math.ceil(((longest || 33_000) + 1) / mark.length))));
  if (isWord(schema) || branches(schema).some(({ pattern }) => pattern !== undefined))
    spoilt.push(at("an unknown word", mark));
  return [...spoilt, at("NUL", `${mark}\0`), at("half a character", `${mark}\uD800`)];
};

/** What a list takes, in every form of it. */
export const listedIn = (schema: JsonSchema): JsonSchema[] => branches(schema).flatMap(({ items }) => items ?? []);

const objectIn = (schema: JsonSchema): JsonSchema | undefined =>
  branches(schema).find(({ properties }) => properties !== undefined);

/** Names that reach what all objects share. */
const forbiddenNames = ["__proto__", "constructor", "prototype"];

/** Every way to spoil an input of this schema, its members and theirs. */
export const spoil = (schema: JsonSchema, path: readonly string[] = []): Spoilt[] => {
  if (isOpen(schema)) return [];
  const spoilt = spoilValue(schema, path);
  const [items] = listedIn(schema);
  if (items !== undefined && !isOpen(items)) spoilt.push(...spoilValue(items, [...path, "0"]));
  if (!typesOf(schema).includes("object")) return spoilt;
  const { properties = {}, required = [], additionalProperties } = objectIn(schema) ?? {};
  for (const [name, member] of Object.entries(properties)) {
    spoilt.push(...spoil(member, [...path, name]));
    if (required.includes(name)) spoilt.push({ path: [...path, name], what: "missing", value: absent });
  }
  const at = (what: string, name: string, value: unknown): Spoilt => ({ path: [...path, name], what, value });
  if (additionalProperties === false) spoilt.push(at("an unknown member", "surplus", mark));
  spoilt.push(...forbiddenNames.map((name) => at("a forbidden name", name, { polluted: mark })));
  return [...spoilt, ...forbiddenNames.map((name) => at("a forbidden name", name, "polluted"))];
};

/** The members of an input, by name. */
export const membersOf = (schema: JsonSchema): Record<string, JsonSchema> => objectIn(schema)?.properties ?? {};

/** The input with one value spoilt; lists and objects on the way are made where there are none. */
export const withSpoilt = (input: unknown, { path, value }: Pick<Spoilt, "path" | "value">): unknown => {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (name === "0") return [withSpoilt((input as unknown[] | undefined)?.[0], { path: rest, value })];
  const { [name]: before, ...others } = (input ?? {}) as Record<string, unknown>;
  const after = withSpoilt(before, { path: rest, value });
  return after === absent ? others : { ...others, [name]: after };
};
