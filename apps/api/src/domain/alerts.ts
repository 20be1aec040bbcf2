import type { AlertMessage } from "@countersign/audit/alerts/message";
import { type Changes, changesBetween } from "@countersign/audit/changes";
import { type Alert, type AlertState, lockAlert, setAlertState } from "@countersign/db/alerts";
import type { Channel } from "@countersign/db/channels";
import {
  insertNotification,
  lockNotification,
  type Notification,
  sendAgain,
  wakeChannel,
} from "@countersign/db/notifications";
import type { Transaction } from "@countersign/db/transaction";
import { sendingChannel } from "./channels.ts";
import { DomainError, notFound } from "./domain-error.ts";

export type AlertChange = { before: Alert; after: Alert };

export const alertChanges = ({ before, after }: AlertChange): Changes =>
  changesBetween({ state: before.state }, { state: after.state });

type Acting = { by: { id: number; name: string }; at: string };

/** Takes note of an alert as it was seen, or closes it. What came meanwhile was not seen, and is not taken note of. */
export const moveAlert = async (
  tx: Transaction,
  { alertId, version, note }: { alertId: number; version: number; note?: string | undefined },
  state: Exclude<AlertState, "open">,
  { by, at }: Acting,
): Promise<AlertChange> => {
  const before = await lockAlert(tx, alertId);
  if (before === undefined) throw notFound("alert");
  if (before.state === "closed" || before.state === state) {
    const by = before.notes.at(-1)?.by.name ?? "Somebody";
    throw new DomainError("conflict", "already_done", `Nothing was changed: ${by} did so already.`);
  }
  if (before.version !== version) {
    throw new DomainError(
      "conflict",
      "stale_version",
      "Nothing was changed: more events came in since you looked. Look again, then take note of all of them.",
    );
  }
  return { before, after: await setAlertState(tx, before, { at, by, state, text: note ?? null }) };
};

const testMessage = (at: string, { name }: Channel): AlertMessage => ({
  kind: "test",
  severity: "info",
  rule: "Test",
  headline: `This is a test of the channel ${name}. Nothing has happened.`,
  at,
  count: 0,
  events: [],
  gatheredUntil: null,
  alertId: null,
});

/** Leaves a marked message for the worker, which sends it at once and tries it once. */
export const testChannel = async (
  tx: Transaction,
  channelId: number,
  { at, key }: { at: string; key: string },
): Promise<{ channel: Channel; deliveryId: number }> => {
  const channel = await sendingChannel(tx, channelId);
  await wakeChannel(tx, channelId);
  const message = testMessage(at, channel);
  const fields = { alertId: null, channel, state: "due", reason: null, message, at } as const;
  const deliveryId = await insertNotification(tx, { key: `test-${key}.${channelId}`, ...fields });
  if (deliveryId === undefined) throw new Error("the test was left already");
  return { channel, deliveryId };
};

/** Makes a message due that was given up or held back; one that was sent or is on its way is left alone. */
export const resend = async (
  tx: Transaction,
  deliveryId: number,
): Promise<{ channel: Channel; delivery: Notification }> => {
  const found = await lockNotification(tx, deliveryId);
  if (found === undefined) throw notFound("delivery");
  if (found.state === "sent" || found.state === "due") {
    const why = found.state === "sent" ? "it was sent already" : "it is on its way";
    throw new DomainError("conflict", "not_needed", `Nothing was sent: ${why}.`);
  }
  if (found.channel === null) {
    throw new DomainError("conflict", "no_channel", "Nothing was sent: there was no channel to send it through.");
  }
  const channel = await sendingChannel(tx, found.channel.id);
  await wakeChannel(tx, channel.id);
  return { channel, delivery: await sendAgain(tx, deliveryId) };
};
