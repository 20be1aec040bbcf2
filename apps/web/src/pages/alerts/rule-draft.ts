import type { Grouping, RuleDefinition, TriggerKind } from "@countersign/audit/alerts/rule";
import type { AlertRule } from "../../api.ts";
import { type LogSearch, listKeys, lists, notKey, parseLogSearch } from "../log/log-search.ts";

type Filter = RuleDefinition["filter"];

/** A rule as it stands in the form: numbers as they were typed. */
export type RuleDraft = {
  name: string;
  search: LogSearch;
  kind: TriggerKind;
  count: string;
  minutes: string;
  groupBy: Grouping[];
  seenDays: string;
  silenceMinutes: string;
  rows: string;
  isOutside: boolean;
  from: string;
  to: string;
  days: number[];
  cooldown: string;
  channelIds: number[];
  enabled: boolean;
};

/** The filter of a rule as the log's page would show it. */
export const searchOf = (filter: Filter): LogSearch => {
  const raw: Record<string, unknown> = {};
  for (const key of listKeys) {
    const { input } = lists[key];
    if (filter[input]?.length) raw[key] = filter[input];
    if (filter.not?.[input]?.length) raw[notKey(key)] = filter.not[input];
  }
  return parseLogSearch({ ...raw, q: filter.text, request: filter.requestId });
};

/** And back. */
export const filterOf = (search: LogSearch): Filter => {
  const wanted: Record<string, readonly string[]> = {};
  const unwanted: Record<string, readonly string[]> = {};
  for (const key of listKeys) {
    const { input } = lists[key];
    const [is, not] = [search[key], search[notKey(key)]];
    if (is?.length) wanted[input] = is;
    if (not?.length) unwanted[input] = not;
  }
  return {
    ...wanted,
    ...(Object.keys(unwanted).length > 0 && { not: unwanted }),
    ...(search.q && { text: search.q }),
    ...(search.request && { requestId: search.request }),
  };
};

const first: RuleDraft = {
  name: "",
  search: {},
  kind: "each",
  count: "5",
  minutes: "10",
  groupBy: ["actor"],
  seenDays: "30",
  silenceMinutes: "60",
  rows: "",
  isOutside: false,
  from: "07:00",
  to: "19:00",
  days: [1, 2, 3, 4, 5],
  cooldown: "",
  channelIds: [],
  enabled: true,
};

export const draftOf = (rule: AlertRule | null): RuleDraft => {
  if (rule === null) return first;
  const { filter, trigger, atLeast, outside, cooldownMinutes } = rule.definition;
  return {
    ...first,
    name: rule.name,
    search: searchOf(filter),
    kind: trigger.kind,
    ...(trigger.kind === "threshold" && {
      count: String(trigger.count),
      minutes: String(trigger.minutes),
      groupBy: [...trigger.groupBy],
    }),
    ...(trigger.kind === "first_seen" && { seenDays: String(trigger.days) }),
    ...(trigger.kind === "absence" && { silenceMinutes: String(trigger.minutes) }),
    rows: atLeast === null ? "" : String(atLeast),
    ...(outside !== null && { isOutside: true, from: outside.from, to: outside.to, days: [...outside.days] }),
    cooldown: cooldownMinutes === null ? "" : String(cooldownMinutes),
    channelIds: rule.channelIds,
    enabled: rule.enabled,
  };
};

/** What each number may be. */
export const limits = {
  count: [2, 10_000],
  minutes: [1, 1440],
  seenDays: [1, 90],
  silenceMinutes: [1, 43_200],
  rows: [1, 1_000_000_000],
  cooldown: [0, 1440],
} as const satisfies Partial<Record<keyof RuleDraft, readonly [number, number]>>;
export type NumberField = keyof typeof limits;

const isOptional = (field: NumberField): boolean => field === "rows" || field === "cooldown";
const neededBy: Partial<Record<NumberField, TriggerKind>> = {
  count: "threshold",
  minutes: "threshold",
  seenDays: "first_seen",
  silenceMinutes: "absence",
};

/** Whether what was typed is no number that the field takes. */
export const isWrong = (draft: RuleDraft, field: NumberField): boolean => {
  const kind = neededBy[field];
  if (kind !== undefined && kind !== draft.kind) return false;
  const text = draft[field].trim();
  if (text === "" && isOptional(field)) return false;
  const [least, most] = limits[field];
  return !/^\d{1,10}$/.test(text) || Number(text) < least || Number(text) > most;
};

const numberOf = (text: string): number | null => (text.trim() === "" ? null : Number(text));

const triggerOf = (draft: RuleDraft): RuleDefinition["trigger"] => {
  const { kind, count, minutes, groupBy, seenDays, silenceMinutes } = draft;
  if (kind === "threshold") return { kind, count: Number(count), minutes: Number(minutes), groupBy };
  if (kind === "first_seen") return { kind, days: Number(seenDays) };
  return kind === "absence" ? { kind, minutes: Number(silenceMinutes) } : { kind };
};

/** The rule that the form describes; null while a number is wrong, or where a day or an hour is wanting. */
export const definitionOf = (draft: RuleDraft): RuleDefinition | null => {
  const { rows, isOutside, from, to, days, cooldown } = draft;
  if ((Object.keys(limits) as NumberField[]).some((field) => isWrong(draft, field))) return null;
  if (isOutside && (from === "" || to === "" || from === to || days.length === 0)) return null;
  return {
    filter: filterOf(draft.search),
    atLeast: numberOf(rows),
    outside: isOutside ? { from, to, days } : null,
    trigger: triggerOf(draft),
    cooldownMinutes: numberOf(cooldown),
  };
};
