import type { Severity } from "../event-type.ts";

export type MessageKind = "alert" | "digest" | "test";

/** What a message says, whatever the channel. Times are ISO 8601 UTC. */
export type AlertMessage = {
  kind: MessageKind;
  severity: Severity;
  /** The name of the rule. */
  rule: string;
  headline: string;
  at: string;
  /** How many events it stands for, and the first of them. */
  count: number;
  events: readonly { id: string; at: string; severity: string; sentence: string }[];
  /** Until when what follows is gathered into one message. */
  gatheredUntil: string | null;
  /** How many messages were held back from the channel since its last digest. */
  heldBefore?: number;
  /** What was held back since the digest before: of a digest. */
  held?: readonly { at: string; rule: string; headline: string; reason: string }[];
  alertId: number | null;
};

/** What goes with a message at the moment it is sent. */
export type MessageContext = {
  /** The office's name and its own address. */
  office: string;
  origin: string;
  timeZone: string;
  /** The newest signed checkpoint, as proof of what the log held. */
  checkpoint: { size: number; signedAt: string; root: string } | null;
};

export const messageTitle = (
  { kind, severity, rule }: AlertMessage,
  { office }: Pick<MessageContext, "office">,
): string =>
  kind === "test" ? `[test] ${office}` : kind === "digest" ? `${office}: digest` : `[${severity}] ${office}: ${rule}`;

/** Where the app shows it. */
export const messageLink = ({ alertId }: Pick<AlertMessage, "alertId">, origin: string): string =>
  alertId === null ? `${origin}/alerts?tab=deliveries` : `${origin}/alerts?alert=${alertId}`;

const timeIn = (iso: string, timeZone: string): string => {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    dateStyle: "medium",
    timeStyle: "medium",
    hourCycle: "h23",
  });
  return `${format.format(Date.parse(iso))} (${timeZone})`;
};

const listedNote = ({ count, events }: AlertMessage): string =>
  count > events.length && events.length > 0 ? `The first ${events.length} of ${count}:` : "";

/** The paragraphs of a message, the same in every channel; lists are arrays. */
export const messageParts = (message: AlertMessage, context: MessageContext): (string | readonly string[])[] => {
  const { events, held = [], heldBefore = 0, gatheredUntil, headline, at, kind } = message;
  const { timeZone, checkpoint } = context;
  const parts: (string | readonly string[])[] = [headline, timeIn(at, timeZone)];
  const note = listedNote(message);
  if (note !== "") parts.push(note);
  const isRepeated = events.length === 1 && events[0]?.sentence === headline;
  if (events.length > 0 && !isRepeated) {
    parts.push(events.map(({ at, sentence, severity }) => `${timeIn(at, timeZone)} · ${severity} · ${sentence}`));
  }
  if (held.length > 0) {
    parts.push(
      held.map(({ at, rule, headline, reason }) => `${timeIn(at, timeZone)} · ${rule}: ${headline} (${reason})`),
    );
  }
  if (gatheredUntil !== null && kind === "alert") {
    parts.push(`What follows is gathered into one message until ${timeIn(gatheredUntil, timeZone)}.`);
  }
  if (heldBefore > 0) {
    const were = heldBefore === 1 ? "1 earlier message was" : `${heldBefore} earlier messages were`;
    parts.push(`${were} held back from here and will be listed in the next digest.`);
  }
  if (checkpoint !== null) {
    parts.push(
      `The log then held ${checkpoint.size} proved events (checkpoint of ${timeIn(checkpoint.signedAt, timeZone)}, root ${checkpoint.root}).`,
    );
  }
  return parts;
};
