import { categories, type EventCode, eventCodes, eventType, severities, statuses } from "@countersign/audit/catalogue";
import { filterNames, type NameOf, valueWords } from "./filter-words.ts";
import { actorTypes, type ListKey, type LogSearch, lists } from "./log-search.ts";
import { stanceOn } from "./query-edit.ts";
import { queryTexts } from "./query-texts.ts";
import { type Draft, type DraftKey, draftFor, isListKey, recognise } from "./typed-query.ts";

const words = queryTexts.suggest;

/** What choosing a suggestion does. */
export type Choice =
  | { kind: "draft"; text: string }
  | { kind: "value"; key: ListKey; value: string; isNot: boolean }
  | { kind: "text"; key: "q" | "request"; text: string }
  | { kind: "event"; id: string }
  | { kind: "permit"; key: "object" | "target"; number: string; isNot: boolean };

export type Suggestion = {
  id: string;
  group: string;
  label: string;
  /** Events of this value in the query's range; null while that is not known. */
  count: number | null;
  /** What the query says of it already. */
  stance: "included" | "excluded" | null;
  choice: Choice;
};

/** Values that somebody counted or found, with their names. */
export type Counted = { key: ListKey; value: string; label: string | null; count: number | null };

/** The values of these lists are known without asking. */
const fixed: Partial<Record<ListKey, readonly string[]>> = {
  severity: [...severities].reverse(),
  status: statuses,
  category: Object.keys(categories),
  code: eventCodes,
};
/** What there is of these however few events have it. */
const kinds: Partial<Record<ListKey, readonly string[]>> = { ...fixed, actor: actorTypes };
const inGivenOrder: readonly ListKey[] = ["severity", "status"];

const offered: readonly ListKey[] = [
  "status",
  "severity",
  "code",
  "category",
  "actor",
  "role",
  "object",
  "target",
  "source",
  "network",
];
/** In which order values stand beside text that names no filter. */
const found: readonly ListKey[] = [
  "actor",
  "object",
  "target",
  "role",
  "status",
  "severity",
  "category",
  "code",
  "source",
  "network",
];
const mostShown = 12;
/** How many of each list are shown beside text that names no filter. */
const mostBeside = 4;

/** Lists that take a value nobody counted, when it was typed for them or has their form. */
const isOpen = (key: ListKey, draft: Draft) =>
  ["network", "object", "target", "actor"].includes(key) || (draft.key !== null && ["role", "source"].includes(key));

type Known = { search: LogSearch; counted: readonly Counted[]; nameOf: NameOf; isCounted: boolean };

/** Any part of a name, a value or an event's category; beside text only the beginning of a word, unless it was counted for it. */
const matching = (key: ListKey, { value, label, count }: Counted & { label: string }, { key: within, text }: Draft) => {
  const needle = text.toLowerCase();
  if (within === null && (key in fixed || count === null)) return ` ${label.toLowerCase()}`.includes(` ${needle}`);
  const category = key === "code" ? categories[eventType(value as EventCode).category].title : "";
  return `${label} ${value} ${category}`.toLowerCase().includes(needle);
};

const valuesOf = (key: ListKey, draft: Draft, known: Known): Suggestion[] => {
  const { isNot, text } = draft;
  const counted = known.counted.filter((one) => one.key === key);
  const values = new Map(counted.map((one) => [one.value, one]));
  for (const value of kinds[key] ?? []) {
    if (!values.has(value))
      values.set(value, { key, value, label: null, count: known.isCounted && draft.key !== null ? 0 : null });
  }
  const typed = text === "" || !isOpen(key, draft) ? null : lists[key].read(text);
  const shown = [...values.values()]
    .map((one) => ({ ...one, label: one.label ?? valueWords(key, one.value, known.nameOf) }))
    .filter((one) => matching(key, one, draft));
  if (typed !== null && !values.has(typed)) {
    shown.push({ key, value: typed, label: valueWords(key, typed, known.nameOf), count: null });
  }
  const order = fixed[key] ?? [];
  shown.sort((a, b) =>
    inGivenOrder.includes(key)
      ? order.indexOf(a.value) - order.indexOf(b.value)
      : (b.count ?? 0) - (a.count ?? 0) || order.indexOf(a.value) - order.indexOf(b.value),
  );
  return shown.map(({ value, label, count }) => ({
    id: `${isNot ? "not-" : ""}${key}-${value}`,
    group: filterNames[key],
    label: isNot ? `not ${label}` : label,
    count,
    stance: stanceOn(known.search, key, value),
    choice: { kind: "value", key, value, isNot },
  }));
};

/** Suggestions by their group, in the order of each group's first. */
export const groupsOf = (suggestions: readonly Suggestion[]): Map<string, Suggestion[]> => {
  const groups = new Map<string, Suggestion[]>();
  for (const one of suggestions) groups.set(one.group, [...(groups.get(one.group) ?? []), one]);
  return groups;
};

const plain = (id: string, group: string, label: string, choice: Choice): Suggestion => ({
  id,
  group,
  label,
  count: null,
  stance: null,
  choice,
});

const permitNamed = (number: string, key: "object" | "target", isNot: boolean): Suggestion => {
  const label = (key === "object" ? words.permit.about : words.permit.with)(number);
  return plain("permit", filterNames[key], isNot ? `not ${label}` : label, { kind: "permit", key, number, isNot });
};

const filtersNamed = (text: string): Suggestion[] =>
  ([...offered, "q", "request"] as DraftKey[])
    .filter((key) => filterNames[key].toLowerCase().includes(text.toLowerCase()))
    .map((key) =>
      plain(`filter-${key}`, words.filters, filterNames[key], { kind: "draft", text: draftFor(key, false) }),
    );

/** What the field offers for what stands in it, best first. */
export const suggestionsFor = (draft: Draft, known: Known): Suggestion[] => {
  const { key, isNot, text } = draft;
  if (key === "q" || key === "request") {
    const label = key === "q" ? words.text(text) : words.request(text);
    return text === "" ? [] : [plain("text", filterNames[key], label, { kind: "text", key, text })];
  }
  if (isListKey(key)) {
    const form = key === "object" || key === "target" ? recognise(text) : null;
    const permit = form?.kind === "permit" ? [permitNamed(form.number, key === "target" ? key : "object", isNot)] : [];
    const values = valuesOf(key, draft, known).slice(0, mostShown);
    const leaveOut = plain("leave-out", filterNames[key], words.leaveOut, { kind: "draft", text: draftFor(key, true) });
    return [...permit, ...values, ...(isNot || text !== "" ? [] : [leaveOut])];
  }
  if (text === "") return filtersNamed("");
  const form = recognise(text);
  if (form?.kind === "event")
    return [plain("event", filterNames.code, words.openEvent, { kind: "event", id: form.id })];
  const first: Suggestion[] = [];
  if (form?.kind === "request") {
    first.push(
      plain("request", filterNames.request, words.request(form.id), { kind: "text", key: "request", text: form.id }),
    );
  }
  if (form?.kind === "permit") {
    first.push(permitNamed(form.number, "object", false));
  }
  if (form?.kind === "value") first.push(...valuesOf(form.key, { ...draft, text: form.value }, known).slice(0, 1));
  const taken = new Set(first.map(({ id }) => id));
  const values = found
    .flatMap((list) => valuesOf(list, draft, known).slice(0, mostBeside))
    .filter(({ id }) => !taken.has(id));
  const asText = plain("text", filterNames.q, words.text(text), { kind: "text", key: "q", text });
  const all = [...first, asText, ...filtersNamed(text), ...values].slice(0, mostShown + mostBeside);
  return [...groupsOf(all).values()].flat();
};

/** What Enter does when no suggestion is marked; null when the text cannot be meant. */
export const choiceOf = (draft: Draft, suggestions: readonly Suggestion[]): Choice | null => {
  if (draft.text === "") return null;
  if (!isListKey(draft.key)) return suggestions[0]?.choice ?? { kind: "text", key: "q", text: draft.text };
  const values = suggestions.filter(({ choice }) => choice.kind !== "draft");
  const exact = values.find(
    ({ choice, label }) =>
      (choice.kind === "value" && choice.value === draft.text) ||
      label.replace(/^not /, "").toLowerCase() === draft.text.toLowerCase(),
  );
  return (exact ?? values[0])?.choice ?? null;
};
