import type { Severity } from "../event-type.ts";
import { isWithin, officeTime } from "./office-time.ts";

/** Why a message is not sent at its time but listed in the next digest. */
export const heldReasons = {
  quiet_hours: "quiet hours",
  max_per_hour: "too many messages in an hour",
  too_old: "it happened more than a day before",
} as const satisfies Record<string, string>;
export type HeldReason = keyof typeof heldReasons;

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
