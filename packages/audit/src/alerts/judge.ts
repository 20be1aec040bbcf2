import { type Severity, severities } from "../event-type.ts";
import { groupOf, groupsOf, whole } from "./event-groups.ts";
import { isOutside } from "./office-time.ts";
import type { AlertEvent, Firing, Group, RuleDefinition } from "./rule.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
const namedEvents = 5;
/** Beyond these the oldest are forgotten, so that a flood of strangers cannot fill the memory of a rule. */
const mostGroups = 5000;
const mostSeen = 20_000;

type GroupState = Group & {
  /** Of a threshold: when its last events since the last message were, and which. */
  times: number[];
  ids: string[];
  severity: Severity;
  /** Until when events are gathered; null when the next one speaks at once. */
  untilMs: number | null;
  held: number;
  heldIds: string[];
};

/** What a rule remembers between two batches of events; plain JSON. */
export type RuleState = {
  clockMs: number;
  groups: Record<string, GroupState>;
  seen: Record<string, number>;
  /** When something last matched, and whether its absence was told. */
  lastMs: number;
  isSilent: boolean;
};

/** How much a message weighs at least: what takes many events, or is new, is more than each of them. */
const leastSeverity: Record<RuleDefinition["trigger"]["kind"], Severity> = {
  each: "info",
  threshold: "medium",
  first_seen: "medium",
  absence: "high",
};

/** What the office has set. */
export type Judging = { timeZone: string; cooldownMinutes: number };

export const newState = (ms: number): RuleState => ({ clockMs: ms, groups: {}, seen: {}, lastMs: ms, isSilent: false });

const higher = (left: Severity, right: Severity): Severity =>
  severities.indexOf(left) >= severities.indexOf(right) ? left : right;

/** How many gathered events are worth a message. */
const leastHeldOf = ({ trigger }: RuleDefinition): number => (trigger.kind === "threshold" ? trigger.count : 1);

/** Whether a rule that was changed still looks for the same, so that what it remembers stands. */
export const looksForSame = (left: RuleDefinition, right: RuleDefinition): boolean => {
  const looked = ({ filter, atLeast, outside, trigger }: RuleDefinition) =>
    JSON.stringify([filter, atLeast, outside, trigger]);
  return looked(left) === looked(right);
};

/** What was gathered and not told yet by a rule that now ends, or looks for something else: it speaks of it at `atMs`. */
export const speakOfHeld = (rule: RuleDefinition, { groups }: RuleState, atMs: number): Firing[] =>
  Object.values(groups)
    .filter(({ held }) => held >= leastHeldOf(rule))
    .map(({ by, value, label, held, heldIds, severity }) => ({
      atMs,
      group: { by, value, label },
      count: held,
      eventIds: heldIds,
      severity: higher(severity, leastSeverity[rule.trigger.kind]),
      isFollowUp: true,
      untilMs: null,
    }));

/**
 * Judges events in their order, then lets the clock go on to `untilMs`. Answers what the rule remembers afterwards and when
 * it spoke. Depends on nothing but what is passed in: the same events give the same messages, live and in a back-test.
 */
export const judge = (
  rule: RuleDefinition,
  before: RuleState,
  events: readonly AlertEvent[],
  untilMs: number,
  office: Judging,
): { state: RuleState; firings: Firing[] } => {
  const { atLeast, outside, trigger, cooldownMinutes } = rule;
  const state = structuredClone(before);
  const firings: Firing[] = [];
  const cooldownMs = (cooldownMinutes ?? office.cooldownMinutes) * minuteMs;
  const leastHeld = leastHeldOf(rule);
  let nextEnd = Math.min(...Object.values(state.groups).map(({ untilMs }) => untilMs ?? Infinity), Infinity);

  const speak = (group: GroupState, atMs: number, count: number, ids: readonly string[], isFollowUp: boolean): void => {
    group.untilMs = cooldownMs > 0 ? atMs + cooldownMs : null;
    nextEnd = Math.min(nextEnd, group.untilMs ?? Infinity);
    const { by, value, label } = group;
    const severity = higher(group.severity, leastSeverity[trigger.kind]);
    const eventIds = ids.slice(0, namedEvents);
    firings.push({ atMs, group: { by, value, label }, count, eventIds, severity, isFollowUp, untilMs: group.untilMs });
    Object.assign(group, { times: [], ids: [], held: 0, heldIds: [], severity: "info" });
  };

  /** The pause is over and too little came: what did counts towards the next full number. */
  const goOnCounting = (key: string, group: GroupState): void => {
    if (trigger.kind !== "threshold" || group.times.length === 0) delete state.groups[key];
    else Object.assign(group, { untilMs: null, held: 0, heldIds: [] });
  };

  const endGatherings = (ms: number): void => {
    while (nextEnd <= ms) {
      const atMs = nextEnd;
      nextEnd = Infinity;
      for (const [key, group] of Object.entries(state.groups)) {
        if (group.untilMs === null) continue;
        if (group.untilMs > atMs) nextEnd = Math.min(nextEnd, group.untilMs);
        else if (group.held >= leastHeld) speak(group, atMs, group.held, group.heldIds, true);
        else goOnCounting(key, group);
      }
    }
  };

  const silenceEnd = (): number =>
    trigger.kind === "absence" && !state.isSilent ? state.lastMs + trigger.minutes * minuteMs : Infinity;

  const goOnTo = (ms: number): void => {
    const dueMs = silenceEnd();
    if (dueMs <= ms) {
      state.isSilent = true;
      firings.push({
        atMs: dueMs,
        group: whole,
        count: 0,
        eventIds: [],
        severity: leastSeverity.absence,
        isFollowUp: false,
        untilMs: null,
      });
    }
    endGatherings(ms);
    state.clockMs = Math.max(state.clockMs, ms);
  };

  const groupState = (group: Group): GroupState => {
    const key = `${group.by ?? ""} ${group.value}`;
    const known = state.groups[key];
    if (known !== undefined) return known;
    const made: GroupState = { ...group, times: [], ids: [], severity: "info", untilMs: null, held: 0, heldIds: [] };
    state.groups[key] = made;
    return made;
  };

  const hit = (group: GroupState, event: AlertEvent, atMs: number, needed: number, windowMs: number): void => {
    group.severity = higher(group.severity, event.severity);
    group.times.push(atMs);
    group.ids.push(event.id);
    const tooOld = group.times.findIndex((time) => time > atMs - windowMs);
    const gone = Math.max(tooOld, group.times.length - needed, 0);
    group.times.splice(0, gone);
    group.ids.splice(0, gone);
    if (group.untilMs !== null) {
      group.held += 1;
      if (group.heldIds.length < namedEvents) group.heldIds.push(event.id);
      return;
    }
    if (group.times.length >= needed) speak(group, atMs, needed, group.ids, false);
  };

  const take: Record<typeof trigger.kind, (event: AlertEvent, atMs: number) => void> = {
    each: (event, atMs) => {
      if (trigger.kind !== "each") return;
      for (const group of groupsOf(event, trigger.groupBy ?? [])) hit(groupState(group), event, atMs, 1, Infinity);
    },
    threshold: (event, atMs) => {
      if (trigger.kind !== "threshold") return;
      for (const group of groupsOf(event, trigger.groupBy)) {
        hit(groupState(group), event, atMs, trigger.count, trigger.minutes * minuteMs);
      }
    },
    first_seen: (event, atMs) => {
      if (trigger.kind !== "first_seen" || event.actor.id === null || event.ip === null) return;
      const key = `${event.actor.type}:${event.actor.id} ${event.ip}`;
      const seenMs = state.seen[key];
      state.seen[key] = atMs;
      if (seenMs !== undefined && seenMs > atMs - trigger.days * dayMs) return;
      const actor = groupOf.actor(event);
      if (actor !== null) hit(groupState({ by: "actor", ...actor }), event, atMs, 1, Infinity);
    },
    absence: (_, atMs) => {
      state.lastMs = atMs;
      state.isSilent = false;
    },
  };

  for (const event of events) {
    const atMs = Math.max(event.atMs, state.clockMs);
    goOnTo(atMs);
    if (atLeast !== null && (event.rows ?? 0) < atLeast) continue;
    if (outside !== null && !isOutside(event.atMs, outside, office.timeZone)) continue;
    take[trigger.kind](event, atMs);
  }
  goOnTo(Math.max(untilMs, state.clockMs));
  forget(state, trigger);
  return { state, firings };
};

const newest = <Value>(record: Record<string, Value>, most: number, age: (value: Value) => number) => {
  const entries = Object.entries(record);
  if (entries.length <= most) return record;
  return Object.fromEntries(entries.sort(([, left], [, right]) => age(right) - age(left)).slice(0, most));
};

const forget = (state: RuleState, trigger: RuleDefinition["trigger"]): void => {
  const windowMs = trigger.kind === "threshold" ? trigger.minutes * minuteMs : 0;
  for (const [key, { untilMs, times }] of Object.entries(state.groups)) {
    if (untilMs === null && (times.at(-1) ?? 0) <= state.clockMs - windowMs) delete state.groups[key];
  }
  state.groups = newest(state.groups, mostGroups, ({ untilMs, times }) => untilMs ?? times.at(-1) ?? 0);
  if (trigger.kind === "first_seen") {
    const oldest = state.clockMs - trigger.days * dayMs;
    for (const [key, ms] of Object.entries(state.seen)) if (ms <= oldest) delete state.seen[key];
    state.seen = newest(state.seen, mostSeen, (ms) => ms);
  }
};
