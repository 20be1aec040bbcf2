import { officeTime } from "@countersign/audit/alerts/office-time";
import { reasonWords } from "@countersign/audit/alerts/plan";
import { dayIn } from "@countersign/audit/calendar";
import { readDigestDay, writeDigestDay } from "@countersign/db/alert-evaluation";
import type { Channel } from "@countersign/db/channels";
import { hasNotification, insertNotification, takeHeld } from "@countersign/db/notifications";
import type { SystemSettings } from "@countersign/db/system-settings";
import type { Transaction } from "@countersign/db/transaction";
import type { Deps } from "../deps.ts";
import { isOfAll } from "./set-aside.ts";

const listed = 50;

type Office = { settings: SystemSettings; channels: readonly Channel[] };
/** Without a mail server what is held back from mail waits for the digest of the day on which there is one. */
export type CanMail = { canMail: boolean };

const tellHeld = async (tx: Transaction, channel: Channel, day: string, at: string): Promise<void> => {
  const key = `digest-${day}-${channel.id}.${channel.id}`;
  if (await hasNotification(tx, key)) return;
  const held = await takeHeld(tx, channel.id, listed);
  if (held.count === 0) return;
  const most = held.count > listed ? `, the newest ${listed} of them below` : "";
  await insertNotification(tx, {
    key,
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
};

/**
 * Once a day, after the hour that is set, tells each channel what was held back from it; a day without is silent. A channel
 * whose digest cannot be written is tried again with the next look, and keeps no other waiting.
 */
export const sendDigests = async (
  tx: Transaction,
  { log, canMail }: Pick<Deps, "log"> & CanMail,
  { settings, channels }: Office,
  nowMs: number,
): Promise<void> => {
  const timeZone = settings["display.time_zone"];
  const day = dayIn(timeZone, nowMs);
  if (officeTime(nowMs, timeZone).time < settings["notification.digest"]) return;
  if ((await readDigestDay(tx)) === day) return;
  const at = new Date(nowMs).toISOString();
  let isWhole = true;
  for (const channel of channels.filter(({ enabled, kind }) => enabled && (canMail || kind !== "email"))) {
    try {
      await tx.attempt((part) => tellHeld(part, channel, day, at));
    } catch (error) {
      if (isOfAll(error)) throw error;
      log.error({ err: error, channel: channel.id }, "a digest could not be written");
      isWhole = false;
    }
  }
  if (isWhole) await writeDigestDay(tx, day);
};
