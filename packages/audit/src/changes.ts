import { canonicalize } from "./canonical-json.ts";
import type { Json, Sha256 } from "./json.ts";
import { headOf, isLongerThan, toHex, utf8 } from "./utf8.ts";

/** One field: null stands for "not there". A list also says what came and went. */
export type Change = { old: Json; new: Json; added?: readonly Json[]; removed?: readonly Json[] };
/** Only the fields that differ. */
export type Changes = { readonly [field: string]: Change };
/** What is kept of a value over 8 KiB: hash (hex) and size of its canonical JSON in UTF-8, and how it begins. */
export type ShrunkValue = { sha256: string; bytes: number; head: string };

/** A changed value larger than this, as canonical JSON in UTF-8, is kept as a `ShrunkValue`. */
export const changedValueBytes = 8 * 1024;
const headBytes = 256;

/** Fields that move with every act and say nothing about it. */
const ignoredFields = new Set(["updated_at", "updatedAt", "updated_by", "updatedBy", "version"]);

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** A database value as JSON: dates in ISO 8601, bigint as text, absent as null. */
const toJson = (value: unknown): Json => {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return value.map(toJson);
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, member]) => (member === undefined ? [] : [[key, toJson(member)]])),
    );
  }
  return value as Json;
};

const isSame = (left: Json, right: Json): boolean =>
  left === right || (isObject(left) && isObject(right) && canonicalize(left) === canonicalize(right));

/** What is in `list` and, counted, not in `other`. */
const missingFrom = (list: readonly Json[], other: readonly Json[]): Json[] => {
  const counts = new Map<string, number>();
  for (const item of other) {
    const key = canonicalize(item);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return list.filter((item) => {
    const key = canonicalize(item);
    const left = counts.get(key) ?? 0;
    counts.set(key, left - 1);
    return left <= 0;
  });
};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

const changeOf = (old: Json, next: Json): Change => {
  if (!isList(old) && !isList(next)) return { old, new: next };
  const before = isList(old) ? old : [];
  const after = isList(next) ? next : [];
  return { old, new: next, added: missingFrom(after, before), removed: missingFrom(before, after) };
};

const member = (object: object | null, field: string): Json =>
  object !== null && Object.hasOwn(object, field) ? toJson((object as Record<string, unknown>)[field]) : null;

/**
 * The fields in which two states of an object differ; `before` null is a creation, `after` null a deletion.
 * Null and absent are the same. `ignore` adds to the fields that are never shown (time and author of the change, version).
 */
export const changesBetween = (
  before: object | null,
  after: object | null,
  options: { ignore?: readonly string[] } = {},
): Changes => {
  const changes: Record<string, Change> = {};
  for (const field of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])) {
    if (ignoredFields.has(field) || options.ignore?.includes(field)) continue;
    const old = member(before, field);
    const next = member(after, field);
    if (!isSame(old, next)) changes[field] = changeOf(old, next);
  }
  return changes;
};

export const hasChanges = (changes: Changes): boolean => Object.keys(changes).length > 0;

/** Hash, size and beginning of a value that is too large to keep; a text begins as itself, anything else as its JSON. */
export const shrinkValue = (value: Json, sha256: Sha256): ShrunkValue => {
  const text = canonicalize(value);
  const bytes = utf8(text);
  return {
    sha256: toHex(sha256(bytes)),
    bytes: bytes.length,
    head: headOf(typeof value === "string" ? value : text, headBytes),
  };
};

const shrinkLarge = (value: Json, sha256: Sha256): Json =>
  isLongerThan(canonicalize(value), changedValueBytes) ? shrinkValue(value, sha256) : value;

const shrinkList = (list: readonly Json[], sha256: Sha256): readonly Json[] =>
  isLongerThan(canonicalize(list), changedValueBytes) ? [shrinkValue(list, sha256)] : list;

/** Every value over 8 KiB as hash, size and beginning; a large list of what came or went becomes one such entry. */
export const shrinkChanges = (changes: Changes, sha256: Sha256): Changes =>
  Object.fromEntries(
    Object.entries(changes).map(([field, change]) => [
      field,
      {
        old: shrinkLarge(change.old, sha256),
        new: shrinkLarge(change.new, sha256),
        ...(change.added && { added: shrinkList(change.added, sha256) }),
        ...(change.removed && { removed: shrinkList(change.removed, sha256) }),
      },
    ]),
  );
