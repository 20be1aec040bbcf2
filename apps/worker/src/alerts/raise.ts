import type { AlertMessage } from "@countersign/audit/alerts/message";
import { type HeldReason, holdingReason, oldMs, type Sending } from "@countersign/audit/alerts/plan";
import type { Firing } from "@countersign/audit/alerts/rule";
import { headline } from "@countersign/audit/alerts/words";
import type { Json } from "@countersign/audit/json";
import { sentenceText } from "@countersign/audit/sentence";
import type { AlertRule } from "@countersign/db/alert-rules";
import { raiseAlert } from "@countersign/db/alerts";
import type { Channel } from "@countersign/db/channels";
import { listDeciders } from "@countersign/db/deciders";
import { listEventsOf } from "@countersign/db/events";
import { type LogEntry, toLogEntry } from "@countersign/db/log-entry";
import { countHeld, insertNotification, type Recipients, sentWithinHour } from "@countersign/db/notifications";
import { keepEnvelope } from "@countersign/db/outbox";
import type { SystemSettings } from "@countersign/db/system-settings";
import type { Transaction } from "@countersign/db/transaction";
import type { Deps } from "../deps.ts";

export const sendingOf = (settings: SystemSettings): Sending => ({
  timeZone: settings["display.time_zone"],
  quietHours: settings["notification.quiet_hours"],
  maxPerHour: settings["notification.max_per_hour"],
});

type Office = { settings: SystemSettings; channels: readonly Channel[] };
type Way = { channel: Channel; recipients?: Recipients };

const mostDeciders = 1000;
const oldOf = (entry: LogEntry, field: string): Json | undefined => entry.changes?.[field]?.old;

/** Channels through which would have been told what these events changed: who takes one away is told of through it, as long as it is on. */
const channelsBefore = (entries: readonly LogEntry[]): ReadonlySet<string> =>
  new Set(
    entries.flatMap((entry) => {
      if (entry.code === "sys_channel_changed") return oldOf(entry, "default") === true ? [entry.object?.id ?? ""] : [];
      const named = entry.code === "sys_rule_changed" ? oldOf(entry, "channels") : undefined;
      return Array.isArray(named) ? named.map(String) : [];
    }),
  );

/** Where a rule sends: what it names, else the default; never through the channel whose failure is being told. */
const waysOf = (
  { channelIds }: AlertRule,
  { channels, settings }: Office,
  entries: readonly LogEntry[],
  deciders: readonly number[],
): Way[] => {
  const failing = new Set(
    entries.filter(({ code }) => code === "sys_notification_failed").map(({ object }) => object?.id),
  );
  const before = channelsBefore(entries);
  const usable = channels.filter(({ id, enabled }) => enabled && !failing.has(String(id)));
  const chosen = usable.filter(
    ({ id, isDefault }) => (channelIds.length === 0 ? isDefault : channelIds.includes(id)) || before.has(String(id)),
  );
  if (deciders.length === 0) return chosen.map((channel) => ({ channel }));
  const isMail = ({ kind }: Channel): boolean => kind === "email";
  const more = chosen.some(isMail) ? undefined : usable.find(isMail);
  return [
    ...chosen.map((channel) => {
      if (!isMail(channel)) return { channel };
      const named = channel.recipients ?? settings["notification.recipients"];
      return { channel, recipients: [...new Set([...named, ...deciders])] };
    }),
    ...(more === undefined ? [] : [{ channel: more, recipients: deciders }]),
  ];
};

/** Of the emergency command everybody who decides is told. */
const decidersFor = async (tx: Transaction, rule: AlertRule, entries: readonly LogEntry[]): Promise<number[]> => {
  if (rule.shipped !== "at_once" || !entries.some(({ code }) => code === "sys_break_glass")) return [];
  return (await listDeciders(tx, { feature: "approvals.decide", alsoNeeds: [] }, 0, mostDeciders)).map(({ id }) => id);
};

const shown = (entry: LogEntry): AlertMessage["events"][number] => ({
  id: entry.id,
  at: entry.receivedAt,
  severity: entry.severity,
  sentence: sentenceText(entry),
});

/** Opens or extends the alert, leaves one notification for each channel, and keeps the event, all in the caller's transaction. */
export const raise = async (
  tx: Transaction,
  { recorder, nextId, now }: Pick<Deps, "recorder" | "nextId" | "now">,
  rule: AlertRule,
  firing: Firing,
  office: Office,
): Promise<void> => {
  const entries = (await listEventsOf(tx, {}, firing.eventIds, firing.eventIds.length)).map(toLogEntry);
  const events = entries.map(shown);
  const at = new Date(firing.atMs).toISOString();
  const said = headline(rule.definition, firing, events[0]?.sentence ?? null);
  const { severity, group, count } = firing;
  const raised = { rule, severity, headline: said, group, count, eventIds: firing.eventIds, at };
  const { id: alertId, isNew } = await raiseAlert(tx, raised);
  const isOld = firing.atMs < now() - oldMs;
  const message: AlertMessage = {
    kind: "alert",
    severity,
    rule: rule.name,
    headline: said,
    at,
    count,
    events,
    gatheredUntil: firing.untilMs === null ? null : new Date(firing.untilMs).toISOString(),
    alertId,
  };
  // One event may fill several groups of a rule, though but one of each kind.
  const subject = `${firing.eventIds[0] ?? `silence-${firing.atMs}`}.${rule.id}${group.by === null ? "" : `-${group.by}`}`;
  const told: Record<"sent" | "held", string[]> = { sent: [], held: [] };
  const ways = waysOf(rule, office, entries, await decidersFor(tx, rule, entries));
  for (const { channel, recipients } of ways) {
    const reason: HeldReason | null = isOld
      ? "too_old"
      : holdingReason(firing, sendingOf(office.settings), await sentWithinHour(tx, channel.id, at));
    const heldBefore = await countHeld(tx, channel.id);
    const made = await insertNotification(tx, {
      key: `${subject}.${channel.id}`,
      alertId,
      channel,
      ...(recipients && { recipients }),
      state: reason === null ? "due" : "held",
      reason,
      message: heldBefore === 0 ? message : { ...message, heldBefore },
      at,
    });
    if (made !== undefined) told[reason === null ? "sent" : "held"].push(channel.name);
  }
  if (ways.length === 0) {
    const nowhere = { channel: null, state: "held", reason: "no_channel" } as const;
    await insertNotification(tx, { key: `${subject}.none`, alertId, ...nowhere, message, at });
  }
  // Who catches up with half a year would fill the log with it: there an alert is told when it opens, and not each time it grows.
  if (isOld && !isNew) return;
  // Whoever is erased later is found by it when the events themselves are gone.
  const of = group.by === "actor" || group.by === "object" ? { group: group.value } : {};
  const event = recorder.seal({
    code: "sys_alert_raised",
    status: "success",
    actor: { type: "platform" },
    source: "worker",
    object: { type: "alert_rule", id: String(rule.id), label: rule.name },
    metadata: {
      alert: alertId,
      count,
      headline: said,
      sent: told.sent,
      held: told.held,
      events: firing.eventIds,
      ...of,
    },
  });
  if (event !== null) await keepEnvelope(tx, nextId(), [event]);
};
