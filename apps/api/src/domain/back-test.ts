import type { HeldReason } from "@countersign/audit/alerts/plan";
import { lookBackMs, type Message, replay } from "@countersign/audit/alerts/replay";
import type { AlertEvent, RuleDefinition } from "@countersign/audit/alerts/rule";
import { headline } from "@countersign/audit/alerts/words";
import { dayIn } from "@countersign/audit/calendar";
import { sentenceText } from "@countersign/audit/sentence";
import { listAlertEvents, listAtOnceEvents } from "@countersign/db/alert-events";
import type { Database } from "@countersign/db/client";
import { findEvent } from "@countersign/db/events";
import { toLogEntry } from "@countersign/db/log-entry";
import type { SystemSettings } from "@countersign/db/system-settings";
import { DomainError } from "./domain-error.ts";

const dayMs = 86_400_000;
/** What a back-test reads at most. */
const mostEvents = 50_000;
const shownMessages = 5;
const shownGroups = 5;

export type BackTest = {
  days: number;
  from: string;
  to: string;
  /** Events that the filter leaves in the range. */
  events: number;
  messages: number;
  /** How many of the messages would have waited for the digest, by why. */
  held: Record<Exclude<HeldReason, "too_old">, number>;
  /** Who or what spoke most often. */
  groups: { by: string; label: string; messages: number; events: number }[];
  groupCount: number;
  first: { at: string; headline: string; count: number; heldBy: HeldReason | null }[];
  /** Each day of the range in the office's zone. */
  byDay: { day: string; events: number; messages: number; held: number }[];
};

const tooMany = (): DomainError =>
  new DomainError(
    "invalid",
    "query_too_broad",
    `More than ${mostEvents} events match. Test fewer days, or narrow what the rule looks for.`,
  );

const groupsOf = (messages: readonly Message[]) => {
  const groups = new Map<string, BackTest["groups"][number]>();
  for (const { group, count } of messages) {
    if (group.by === null) continue;
    const key = `${group.by} ${group.value}`;
    const known = groups.get(key) ?? { by: group.by, label: group.label, messages: 0, events: 0 };
    groups.set(key, { ...known, messages: known.messages + 1, events: known.events + count });
  }
  return [...groups.values()].sort((left, right) => right.messages - left.messages);
};

const byDayOf = (
  { fromMs, toMs }: { fromMs: number; toMs: number },
  events: readonly AlertEvent[],
  messages: readonly Message[],
  timeZone: string,
) => {
  const days = new Map<string, { day: string; events: number; messages: number; held: number }>();
  const at = (ms: number) => {
    const day = dayIn(timeZone, ms);
    const known = days.get(day) ?? { day, events: 0, messages: 0, held: 0 };
    days.set(day, known);
    return known;
  };
  for (let ms = fromMs; ms < toMs; ms += dayMs) at(ms);
  for (const { atMs } of events) if (atMs >= fromMs) at(atMs).events += 1;
  for (const { atMs, heldBy } of messages) {
    const day = at(atMs);
    day.messages += 1;
    if (heldBy !== null) day.held += 1;
  }
  return [...days.values()].sort((left, right) => (left.day < right.day ? -1 : 1));
};

/** What a rule would have sent in the last days, had it stood alone, with the settings of now. */
export const backTest = async (
  db: Database,
  definition: RuleDefinition,
  { days, isAtOnce, now }: { days: number; isAtOnce: boolean; now: number },
  settings: SystemSettings,
): Promise<BackTest> => {
  const range = { fromMs: now - days * dayMs, toMs: now };
  const learning = { ...range, fromMs: range.fromMs - (isAtOnce ? 0 : lookBackMs(definition)) };
  const events = isAtOnce
    ? await listAtOnceEvents(db, learning, mostEvents + 1)
    : await listAlertEvents(db, definition, learning, mostEvents + 1);
  if (events.length > mostEvents) throw tooMany();
  const timeZone = settings["display.time_zone"];
  const { messages, events: looked } = replay(definition, events, range, {
    timeZone,
    cooldownMinutes: settings["notification.cooldown_minutes"],
    quietHours: settings["notification.quiet_hours"],
    maxPerHour: settings["notification.max_per_hour"],
  });
  const first: BackTest["first"] = [];
  for (const message of messages.slice(0, shownMessages)) {
    const [id] = message.eventIds;
    const row = id === undefined ? undefined : await findEvent(db, id);
    const said = headline(definition, message, row === undefined ? null : sentenceText(toLogEntry(row)));
    first.push({
      at: new Date(message.atMs).toISOString(),
      headline: said,
      count: message.count,
      heldBy: message.heldBy,
    });
  }
  const heldBy = (reason: HeldReason) => messages.filter((message) => message.heldBy === reason).length;
  const groups = groupsOf(messages);
  return {
    days,
    from: new Date(range.fromMs).toISOString(),
    to: new Date(range.toMs).toISOString(),
    events: looked,
    messages: messages.length,
    held: { quiet_hours: heldBy("quiet_hours"), max_per_hour: heldBy("max_per_hour") },
    groups: groups.slice(0, shownGroups),
    groupCount: groups.length,
    first,
    byDay: byDayOf(range, events, messages, timeZone),
  };
};
