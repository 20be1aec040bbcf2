import { listChannels } from "@countersign/db/channels";
import { insertNotification, type Notification } from "@countersign/db/notifications";
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

type Days = { timeZone: string; from: string; hours: number; canMail?: (ms: number) => boolean };

/** The digests of some days, at half past two, when a message is held back every half hour. */
const digestsOf = async ({ timeZone, from, hours, canMail = () => true }: Days): Promise<Notification[]> => {
  await office.set("display.time_zone", timeZone);
  await office.set("notification.digest", "02:30");
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
    await inTransaction(worker, (tx) =>
      sendDigests(tx, { ...office.deps, canMail: canMail(ms) }, { settings, channels }, ms),
    );
  }
  const digests = (await office.notifications()).filter(({ message }) => message.kind === "digest");
  return digests;
};

/** In Berlin 02:30 comes twice in the last night of October, and not at all in the last night of March. */
test.each([
  ["Europe/Berlin", "2026-10-24T22:30:00.000Z", ["2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"]],
  ["Europe/Berlin", "2026-03-28T23:30:00.000Z", ["2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"]],
  ["Pacific/Kiritimati", "2026-06-30T10:30:00.000Z", ["2026-06-30T12:30:00.000Z", "2026-07-01T12:30:00.000Z"]],
])("the digest of %s comes once a day at its hour, from %s on", async (timeZone, from, expected) => {
  const digests = await digestsOf({ timeZone, from, hours: 45 });
  expect(digests.map(({ at }) => at)).toEqual(expected);
  const [first] = digests;
  expect(first?.message.held?.at(-1)?.headline).toBe(from);
});

test("without a mail server nothing is taken for told, and the first digest after there is one counts all of it", async () => {
  const from = "2026-06-01T00:00:00.000Z";
  const canMail = (ms: number) => ms >= Date.parse("2026-06-03T00:00:00.000Z");
  const digests = await digestsOf({ timeZone: "UTC", from, hours: 60, canMail });
  expect(digests.map(({ at, message }) => [at, message.count])).toEqual([
    ["2026-06-03T02:30:00.000Z", 2 * (48 + 2.5) + 1],
  ]);
});
