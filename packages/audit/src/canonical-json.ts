/** Deeper than this is refused; a cycle is deeper than anything. */
const maxDepth = 64;
/** Printable ASCII without quote and backslash: the string is its own JSON. */
const plainText = /^[ !#-[\]-~]*$/;
const surrogate = /\p{Surrogate}/u;

const quote = (text: string): string => {
  if (plainText.test(text)) return `"${text}"`;
  if (surrogate.test(text)) throw new TypeError("canonical JSON: lone surrogate");
  return JSON.stringify(text);
};

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
};

const writeList = (list: readonly unknown[], depth: number): string => {
  let text = "[";
  for (let index = 0; index < list.length; index++) {
    if (index > 0) text += ",";
    text += write(list[index], depth);
  }
  return `${text}]`;
};

/** Most objects on the way of an event are built in order, so the check costs less than the sort. */
const sortedKeys = (record: object): string[] => {
  const keys = Object.keys(record);
  for (let index = 1; index < keys.length; index++) {
    if ((keys[index - 1] ?? "") > (keys[index] ?? "")) return keys.sort();
  }
  return keys;
};

const writeObject = (value: object, depth: number): string => {
  if (!isPlain(value)) throw new TypeError("canonical JSON: only plain objects and lists");
  const record = value as Record<string, unknown>;
  let text = "";
  for (const key of sortedKeys(record)) {
    const member = record[key];
    if (member === undefined) continue;
    text += `${text === "" ? "{" : ","}${quote(key)}:${write(member, depth)}`;
  }
  return text === "" ? "{}" : `${text}}`;
};

const write = (value: unknown, depth: number): string => {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError(`canonical JSON: ${value}`);
    return String(value);
  }
  if (typeof value === "boolean") return value ? "true" : "false";
  if (value === null) return "null";
  if (typeof value !== "object") throw new TypeError(`canonical JSON: ${typeof value}`);
  if (depth >= maxDepth) throw new TypeError(`canonical JSON: deeper than ${maxDepth}`);
  return Array.isArray(value) ? writeList(value, depth + 1) : writeObject(value, depth + 1);
};

/**
 * RFC 8785 text of a JSON value; members that are undefined are left out.
 * Throws TypeError on what JSON cannot hold: NaN, infinities, bigint, lone surrogates, class instances, depth over 64.
 */
export const canonicalize = (value: unknown): string => write(value, 0);
