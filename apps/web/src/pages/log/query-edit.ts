import { eventType } from "@countersign/audit/catalogue";
import {
  type FilterKey,
  type ListKey,
  type LogSearch,
  listOf,
  type NotKey,
  notKey,
  referenceOf,
  without,
} from "./log-search.ts";

const valuesAt = (search: LogSearch, key: ListKey | NotKey): readonly string[] => search[key] ?? [];

/** The address with other values in one list; with none, without the list. */
const withValues = (search: LogSearch, key: ListKey | NotKey, values: readonly string[]): LogSearch =>
  values.length === 0 ? without(search, key) : ({ ...search, [key]: [...new Set(values)] } as LogSearch);

const drop = (search: LogSearch, key: ListKey | NotKey, value: string) =>
  withValues(
    search,
    key,
    valuesAt(search, key).filter((one) => one !== value),
  );

/** Whether a value is among those wanted or left out; null when the query does not name it. */
export const stanceOn = (search: LogSearch, key: ListKey, value: string): "included" | "excluded" | null => {
  if (valuesAt(search, key).includes(value)) return "included";
  return valuesAt(search, notKey(key)).includes(value) ? "excluded" : null;
};

/** Only events with this value. */
export const only = (search: LogSearch, key: ListKey, value: string): LogSearch =>
  withValues(without(search, notKey(key)), key, [value]);

/** One more value that events may have. */
export const include = (search: LogSearch, key: ListKey, value: string): LogSearch =>
  withValues(drop(search, notKey(key), value), key, [...valuesAt(search, key), value]);

/** One more value that events must not have. */
export const exclude = (search: LogSearch, key: ListKey, value: string): LogSearch =>
  withValues(drop(search, key, value), notKey(key), [...valuesAt(search, notKey(key)), value]);

/** The query says nothing of this value any more. */
export const forget = (search: LogSearch, key: ListKey, value: string): LogSearch =>
  drop(drop(search, key, value), notKey(key), value);

/** What makes a filter unable to match, and the one value to drop. */
export type Conflict = {
  kind: "excluded" | "category" | "objectType" | "targetType";
  /** The filter that cannot match, and what of it to drop. */
  key: ListKey | NotKey;
  values: string[];
  /** The filter it cannot match beside. */
  beside: FilterKey;
};

const kindLeftOut = (reference: string, excluded: readonly string[]) =>
  excluded.includes(reference) || excluded.includes(referenceOf(reference).type);

/** Filters of a query that contradict each other whatever the log holds. */
export const conflictsOf = (search: LogSearch): Conflict[] => {
  const found: Conflict[] = [];
  for (const key of Object.keys(search)) {
    const list = listOf(key);
    if (list === null || list.isNot) continue;
    const not = valuesAt(search, notKey(list.key));
    const values = valuesAt(search, list.key).filter((value) =>
      ["actor", "object", "target"].includes(list.key) ? kindLeftOut(value, not) : not.includes(value),
    );
    if (values.length > 0) found.push({ kind: "excluded", key: list.key, values, beside: notKey(list.key) });
  }
  const codes = search.code ?? [];
  const wanted = search.category;
  const outside = codes.filter((code) => wanted !== undefined && !wanted.includes(eventType(code).category));
  if (outside.length > 0) found.push({ kind: "category", key: "code", values: outside, beside: "category" });
  const leftOut = codes.filter((code) => search["not.category"]?.includes(eventType(code).category));
  if (leftOut.length > 0) found.push({ kind: "category", key: "code", values: leftOut, beside: "not.category" });
  const types = search.object?.map((object) => referenceOf(object).type);
  const strangers = codes.filter((code) => {
    const { objectType } = eventType(code);
    return types !== undefined && objectType !== "any" && !types.includes(objectType);
  });
  if (strangers.length > 0) found.push({ kind: "objectType", key: "code", values: strangers, beside: "object" });
  const targetTypes = search.target?.map((target) => referenceOf(target).type);
  const aimless = codes.filter((code) => targetTypes?.includes(eventType(code).targetType ?? "") === false);
  if (aimless.length > 0) found.push({ kind: "targetType", key: "code", values: aimless, beside: "target" });
  return found;
};

/** The query without what a conflict names. */
export const resolved = (search: LogSearch, { key, values }: Conflict): LogSearch =>
  withValues(
    search,
    key,
    valuesAt(search, key).filter((value) => !values.includes(value)),
  );
