import type { EventFilter } from "../event-filter.ts";
import type { Severity } from "../event-type.ts";

/** By what the events of a threshold are counted apart. */
export const groupings = {
  actor: "actor",
  object: "object",
  network: "network",
  event: "event type",
} as const satisfies Record<string, string>;
export type Grouping = keyof typeof groupings;

/** Office hours in the office's time zone; days are 1 (Monday) to 7. */
export type OfficeHours = { from: string; to: string; days: readonly number[] };

export type Trigger =
  /** Each event that matches; what follows is gathered apart by what these have in common. */
  | { kind: "each"; groupBy?: readonly Grouping[] }
  /** So many events within so many minutes that have one of these in common. */
  | { kind: "threshold"; count: number; minutes: number; groupBy: readonly Grouping[] }
  /** An actor at an address that was not seen with this actor in so many days. */
  | { kind: "first_seen"; days: number }
  /** No event for so many minutes. */
  | { kind: "absence"; minutes: number };
export type TriggerKind = Trigger["kind"];

/** What an alert rule looks for. */
export type RuleDefinition = {
  /** As in the log; a rule has no range. */
  filter: Omit<EventFilter, "fromMs" | "toMs">;
  /** Only events that tell of at least so many rows. */
  atLeast: number | null;
  /** Only events outside these hours. */
  outside: OfficeHours | null;
  trigger: Trigger;
  /** For how long what follows a message is gathered; null for the office's setting. */
  cooldownMinutes: number | null;
};

/** What a rule judges of an event that its filter leaves. Times are milliseconds since 1970. */
export type AlertEvent = {
  id: string;
  atMs: number;
  code: string;
  severity: Severity;
  actor: { id: string | null; label: string | null; type: string };
  object: { type: string; id: string; label: string | null } | null;
  ip: string | null;
  /** How many rows it tells of. */
  rows: number | null;
};

export type Group = { by: Grouping | null; value: string; label: string };

/** That a rule speaks: of one event or many. */
export type Firing = {
  atMs: number;
  group: Group;
  /** How many events it stands for; 0 for an absence. */
  count: number;
  /** The first of them, five at most. */
  eventIds: readonly string[];
  severity: Severity;
  /** Of what was gathered since the message before. */
  isFollowUp: boolean;
  /** Until when what follows is gathered; null when nothing is. */
  untilMs: number | null;
};

/** What is never judged, lest an alert raise another one. */
export const unjudgedCodes: readonly string[] = ["sys_alert_raised"];
