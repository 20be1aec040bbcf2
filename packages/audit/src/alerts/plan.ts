import type { Severity } from "../event-type.ts";
import { isWithin, officeTime } from "./office-time.ts";

/** Why a message is not sent at its time. It is listed in the next digest of its channel. */
export const heldReasons = {
  quiet_hours: "quiet hours",
  max_per_hour: "too many messages in an hour",
  too_old: "it happened more than a day before",
} as const satisfies Record<string, string>;
export type HeldReason = keyof typeof heldReasons;

/** Why a message is held back that no digest of its channel can tell of. */
const otherReasons: Readonly<Record<string, string>> = {
  no_channel: "no channel is switched on",
  no_mail_server: "no mail server is set",
};

export const reasonWords = (reason: string | null): string =>
  ({ ...heldReasons, ...otherReasons })[reason ?? ""] ?? "held back";

/** Who catches up with a log of long ago opens alerts and wakes nobody. */
export const oldMs = 86_400_000;

/** What the office has set about sending. */
export type Sending = {
  timeZone: string;
  quietHours: { from: string; to: string } | null;
  maxPerHour: number;
};

const hourMs = 3_600_000;

/** Whether a message may go out through a channel that sent others at `sentMs`; null when it may. Critical ones ignore quiet hours. */
export const holdingReason = (
  { atMs, severity }: { atMs: number; severity: Severity },
  { timeZone, quietHours, maxPerHour }: Sending,
  sentMs: readonly number[],
): HeldReason | null => {
  if (quietHours !== null && severity !== "critical" && isWithin(officeTime(atMs, timeZone).time, quietHours)) {
    return "quiet_hours";
  }
  return sentMs.filter((ms) => ms > atMs - hourMs && ms <= atMs).length >= maxPerHour ? "max_per_hour" : null;
};
