import { officeTime } from "@countersign/audit/alerts/office-time";
import { reasonWords } from "@countersign/audit/alerts/plan";
import { dayIn } from "@countersign/audit/calendar";
import type { Cursor } from "@countersign/db/alert-evaluation";
import type { Channel } from "@countersign/db/channels";
import { insertNotification, takeHeld } from "@countersign/db/notifications";
import type { SystemSettings } from "@countersign/db/system-settings";
import type { Transaction } from "@countersign/db/transaction";

const listed = 50;

/** Once a day, after the hour that is set, tells each channel what was held back from it; a day without is silent. */
export const sendDigests = async (
  tx: Transaction,
  cursor: Cursor,
  { settings, channels }: { settings: SystemSettings; channels: readonly Channel[] },
  nowMs: number,
): Promise<Cursor> => {
  const timeZone = settings["display.time_zone"];
  const day = dayIn(timeZone, nowMs);
  if (cursor.digestDay === day || officeTime(nowMs, timeZone).time < settings["notification.digest"]) return cursor;
  const at = new Date(nowMs).toISOString();
  for (const channel of channels.filter(({ enabled }) => enabled)) {
    const held = await takeHeld(tx, channel.id, listed);
    if (held.count === 0) continue;
    const most = held.count > listed ? `, the newest ${listed} of them below` : "";
    await insertNotification(tx, {
      key: `digest-${day}-${channel.id}.${channel.id}`,
      alertId: null,
      channel,
      state: "due",
      reason: null,
      at,
      message: {
        kind: "digest",
        severity: "info",
        rule: "Digest",
        headline: `${held.count} ${held.count === 1 ? "message was" : "messages were"} held back since the last digest${most}`,
        at,
        count: held.count,
        events: [],
        held: held.listed.map(({ at, reason, message: { rule, headline } }) => ({
          at,
          rule,
          headline,
          reason: reasonWords(reason),
        })),
        gatheredUntil: null,
        alertId: null,
      },
    });
  }
  return { ...cursor, digestDay: day };
};
