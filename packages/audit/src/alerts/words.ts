import { splitReference } from "../event-filter.ts";
import { objectTypes } from "../event-type.ts";
import type { Firing, Group, Grouping, OfficeHours, RuleDefinition } from "./rule.ts";

const figures = new Intl.NumberFormat("en-GB");
const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** `25 hours`, `10 minutes`, `90 minutes`. */
const span = (minutes: number): string => {
  if (minutes >= 1440 && minutes % 1440 === 0) return plural(minutes / 1440, "day");
  return minutes >= 60 && minutes % 60 === 0 ? plural(minutes / 60, "hour") : plural(minutes, "minute");
};

const either = (names: readonly string[]): string => names.join(" or ");
const fromOne: Record<Grouping, string> = {
  actor: "by one actor",
  object: "on one object",
  network: "from one network",
  event: "of one type",
};
const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** `Mon–Fri`, or the days one by one. */
const daysWords = (days: readonly number[]): string => {
  const sorted = [...days].sort((left, right) => left - right);
  const name = (day: number | undefined): string => weekdays[(day ?? 1) - 1] ?? "";
  const isRun = sorted.length > 2 && sorted.every((day, at) => at === 0 || day === (sorted[at - 1] ?? 0) + 1);
  return isRun ? `${name(sorted[0])}–${name(sorted.at(-1))}` : sorted.map(name).join(", ");
};
const hoursWords = ({ from, to, days }: OfficeHours): string => `${daysWords(days)} ${from}–${to}`;

/** When a rule speaks, to follow "Tell somebody". */
export const triggerWords = ({ trigger, atLeast, outside }: RuleDefinition): string => {
  const rows = atLeast === null ? "" : ` of at least ${figures.format(atLeast)} rows`;
  const when = outside === null ? "" : ` outside ${hoursWords(outside)}`;
  if (trigger.kind === "each") return `of each event${rows}${when}`;
  if (trigger.kind === "first_seen") {
    return `when an actor acts from an address not seen with them in ${plural(trigger.days, "day")}${when}`;
  }
  if (trigger.kind === "absence") return `when nothing happens for ${span(trigger.minutes)}`;
  const { count, minutes, groupBy } = trigger;
  const apart = groupBy.length === 0 ? "" : ` ${either(groupBy.map((by) => fromOne[by]))}`;
  return `when ${plural(count, "event")} or more${rows} happen within ${span(minutes)}${apart}${when}`;
};

const nameOfType = (type: string): string =>
  Object.hasOwn(objectTypes, type) ? objectTypes[type as keyof typeof objectTypes] : "object";

/** Of whom or what a group is, to follow what happened. */
const groupWords = ({ by, value, label }: Group): string => {
  if (by === null) return "";
  if (by === "object") return ` on ${nameOfType(splitReference(value).type)} ${label}`;
  return ` ${{ actor: "by", network: "from", event: "of" }[by]} ${label}`;
};

/** What happened, in one line; `sentence` is that of the first event. */
export const headline = ({ trigger }: RuleDefinition, firing: Firing, sentence: string | null): string => {
  const { count, group, isFollowUp } = firing;
  // The sentence of one event says of which type they are.
  const of = trigger.kind === "each" ? "" : groupWords(group);
  const more = (n: number): string => `${plural(n, "more event")}${of} since the last message`;
  if (trigger.kind === "absence") return `Nothing happened for ${span(trigger.minutes)}`;
  if (trigger.kind === "each" && sentence !== null) {
    return count === 1 ? sentence : `${sentence.replace(/[.]$/, "")}, and ${more(count - 1)}`;
  }
  if (isFollowUp) return more(count);
  if (trigger.kind === "threshold") return `${plural(count, "event")} within ${span(trigger.minutes)}${of}`;
  if (trigger.kind === "first_seen") {
    return `${group.label} acted from an address not seen in ${plural(trigger.days, "day")}`;
  }
  return plural(count, "event");
};
