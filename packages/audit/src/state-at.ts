import { canonicalize } from "./canonical-json.ts";
import type { Change, Changes } from "./changes.ts";
import type { Json } from "./json.ts";
import { begins, ends, memberActs } from "./object-life.ts";

/** An event that happened to an object, as far as its state is concerned. */
export type StateEvent = { id: string; code: string; receivedAt: string; changes: Changes };

/** What is known of one field at one point. */
export type FieldState = {
  value: Json;
  /** The event that set it; null when the log only tells, by a later change, what stood there before. */
  setBy: string | null;
  /** The event that ends it; null while it holds. */
  changedBy: string | null;
  /** unknown: the event that set it was too large to be kept in full. partial: a list whose beginning the log does not hold. */
  known: "whole" | "partial" | "unknown";
  /** The next change found another value there: something changed it in between that the log does not hold. */
  contradicted: boolean;
};

export type ObjectState = {
  /** unknown: before the first event that the log holds of an object whose beginning it does not hold. */
  existence: "not_yet" | "there" | "gone" | "unknown";
  fields: Readonly<Record<string, FieldState>>;
};

/** The one field of changes that were too large as a whole. */
const everything = "*";

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value without the names of the time: a user who was renamed is the same user. */
const withoutNames = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(withoutNames);
  return isObject(value) && "id" in value && "label" in value ? { id: value.id ?? null } : value;
};

const isSameValue = (one: Json, other: Json): boolean =>
  one === other || canonicalize(withoutNames(one)) === canonicalize(withoutNames(other));

const itemsOf = (value: Json): readonly Json[] => (value === null ? [] : Array.isArray(value) ? value : [value]);

const withMember = (list: Json, { old, new: next }: Change, act: "added" | "removed"): Json => {
  const item = act === "added" ? next : old;
  const others = itemsOf(list).filter((known) => !isSameValue(known, item));
  return act === "added" ? [...others, item] : others;
};

/** The place of the last event of a kind among the first `count`; -1 when there is none. */
const lastPlace = (events: readonly StateEvent[], count: number, is: (code: string) => boolean): number =>
  events.slice(0, count).findLastIndex(({ code }) => is(code));

const existenceAfter = (events: readonly StateEvent[], count: number): ObjectState["existence"] => {
  const begun = lastPlace(events, count, begins);
  const ended = lastPlace(events, count, ends);
  if (ended >= 0 && ended > begun) return "gone";
  if (count > 0) return "there";
  return events.some(({ code }) => begins(code)) ? "not_yet" : "unknown";
};

const fieldAfter = (events: readonly StateEvent[], count: number, field: string): FieldState => {
  const begun = lastPlace(events, count, begins);
  const isList = events.some(({ code, changes }) => code in memberActs && field in changes);
  const state: FieldState = {
    value: null,
    setBy: null,
    changedBy: null,
    known: isList && begun < 0 ? "partial" : "whole",
    contradicted: false,
  };
  let wasSet = begun >= 0;
  for (const { id, code, changes } of events.slice(0, count)) {
    const change = changes[field];
    if (change === undefined && !(everything in changes)) continue;
    const act = memberActs[code];
    wasSet = true;
    state.setBy = id;
    if (change === undefined) state.known = "unknown";
    else if (act !== undefined && state.known !== "unknown") state.value = withMember(state.value, change, act);
    else Object.assign(state, { value: change.new, known: "whole" });
  }
  const next = events.slice(count).find(({ changes }) => field in changes || everything in changes);
  if (next === undefined) return wasSet ? state : { ...state, known: "unknown" };
  state.changedBy = next.id;
  const change = next.changes[field];
  if (change === undefined || next.code in memberActs) return wasSet ? state : { ...state, known: "partial" };
  if (!wasSet) return { ...state, value: change.old, known: "whole" };
  // What was not read whole, or masked, is told whole by the change that follows.
  if (state.known !== "whole") return { ...state, value: change.old, known: "whole" };
  return { ...state, contradicted: !begins(next.code) && !isSameValue(state.value, change.old) };
};

/** The names of all fields that the events tell of, as they first appear. */
const fieldsOf = (events: readonly StateEvent[]): string[] => [
  ...new Set(events.flatMap(({ changes }) => Object.keys(changes).filter((field) => field !== everything))),
];

/** The object after the first `count` of its events, which come oldest first and each of which happened. */
export const stateAfter = (events: readonly StateEvent[], count: number): ObjectState => {
  const existence = existenceAfter(events, count);
  if (existence === "not_yet" || existence === "gone") return { existence, fields: {} };
  return {
    existence,
    fields: Object.fromEntries(fieldsOf(events).map((field) => [field, fieldAfter(events, count, field)])),
  };
};

/** How many of the events, oldest first, had happened at a moment (milliseconds since 1970). */
export const countAt = (events: readonly StateEvent[], ms: number): number => {
  const next = events.findIndex(({ receivedAt }) => Date.parse(receivedAt) > ms);
  return next < 0 ? events.length : next;
};

/** The object at a moment. */
export const stateAt = (events: readonly StateEvent[], ms: number): ObjectState =>
  stateAfter(events, countAt(events, ms));

/** The fields in which two states differ; one that is not known whole on either side is named, too, unless both are alike. */
export const differingFields = (one: ObjectState, other: ObjectState): string[] =>
  [...new Set([...Object.keys(one.fields), ...Object.keys(other.fields)])].filter((field) => {
    const [left, right] = [one.fields[field], other.fields[field]];
    if ((left?.known ?? "whole") !== (right?.known ?? "whole")) return true;
    return !isSameValue(left?.value ?? null, right?.value ?? null);
  });
