import { listChannels } from "@countersign/db/channels";
import { insertNotification } from "@countersign/db/notifications";
import { readSettings } from "@countersign/db/system-config";
import { inTransaction } from "@countersign/db/transaction";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type AlertOffice, openAlertOffice } from "../testing/alert-office.ts";
import { sendDigests } from "./digest.ts";

let office: AlertOffice;
beforeEach(async () => {
  office = await openAlertOffice();
  await office.settle();
});
afterEach(() => office.end());

const halfHour = 1_800_000;

/** The times of the digests when a message is held back every half hour. */
const digestsOf = async (timeZone: string, hour: string, from: string, hours: number): Promise<string[]> => {
  await office.set("display.time_zone", timeZone);
  await office.set("notification.digest", hour);
  const { worker } = office.database;
  const settings = await readSettings(worker);
  const channels = await listChannels(worker, 9);
  const [channel] = channels;
  if (channel === undefined) throw new Error("an office has a channel");
  for (let ms = Date.parse(from); ms < Date.parse(from) + hours * 2 * halfHour; ms += halfHour) {
    const at = new Date(ms).toISOString();
    const message = { kind: "alert", severity: "low", rule: "Reads", headline: at, at, count: 1, events: [] } as const;
    await insertNotification(worker, {
      key: at,
      alertId: null,
      channel,
      state: "held",
      reason: "quiet_hours",
      message: { ...message, gatheredUntil: null, alertId: null },
      at,
    });
    await inTransaction(worker, (tx) => sendDigests(tx, office.deps, { settings, channels }, ms));
  }
  const digests = (await office.notifications()).filter(({ message }) => message.kind === "digest");
  expect(digests.flatMap(({ message }) => message.held ?? []).map(({ headline }) => headline)).toEqual(
    expect.arrayContaining([from]),
  );
  return digests.map(({ at }) => at);
};

/** In Berlin 02:30 comes twice in the last night of October, and not at all in the last night of March. */
test.each([
  ["Europe/Berlin", "2026-10-24T22:30:00.000Z", ["2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"]],
  ["Europe/Berlin", "2026-03-28T23:30:00.000Z", ["2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"]],
  ["Pacific/Kiritimati", "2026-06-30T10:30:00.000Z", ["2026-06-30T12:30:00.000Z", "2026-07-01T12:30:00.000Z"]],
])("the digest of %s comes once a day at its hour, from %s on", async (timeZone, from, expected) => {
  expect(await digestsOf(timeZone, "02:30", from, 45)).toEqual(expected);
});
