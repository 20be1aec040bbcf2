import { once } from "node:events";
import type { EventDraft } from "@countersign/audit/draft";
import { type ChannelKind, sealSecrets } from "@countersign/db/channels";
import {
  channelsWithDue,
  claimNotification,
  insertNotification,
  recordFailure,
  recordSent,
} from "@countersign/db/notifications";
import { storeAllWaiting } from "@countersign/db/store";
import { inTransaction } from "@countersign/db/transaction";
import { channelSecrets, isSealed } from "@countersign/service/channel-secrets";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Send } from "../channels/channel.ts";
import { type AlertOffice, openAlertOffice } from "../testing/alert-office.ts";
import { behaviours, startReceiver } from "../testing/receivers.ts";
import { startedWorkers } from "../testing/started-workers.ts";
import { deliverMessages } from "./deliver-messages.ts";

let office: AlertOffice;
beforeEach(async () => {
  office = await openAlertOffice();
  await office.settle();
  await office.database.admin.sql`update channels set is_default = false`;
});
afterEach(() => office.end());

const deleted: EventDraft<"permit_delete"> = {
  code: "permit_delete",
  status: "success",
  actor: { type: "user", id: "7", label: "Ana Ruiz" },
  source: "app",
  object: { type: "permit", id: "41", label: "P-2026-000041" },
};
const context = { office: "Office", origin: "https://permits.example.org", timeZone: "UTC", checkpoint: null };
const running = new AbortController().signal;

type Tried = { channel: string; key: string };
/** A delivery whose channels answer as the test says. */
const delivery = (answers: Partial<Record<ChannelKind, Send>>) => {
  const tried: Tried[] = [];
  const noted =
    (send: Send): Send =>
    (channel, message, key, ...rest) => {
      tried.push({ channel: channel.name, key });
      return send(channel, message, key, ...rest);
    };
  const none: Send = async () => ({ outcome: "held", reason: "no_mail_server" });
  const { email = none, webhook = none, chat = none, stream = none } = answers;
  const senders = { email: noted(email), webhook: noted(webhook), chat: noted(chat), stream: noted(stream) };
  const { run, settle } = deliverMessages(office.deps, senders, async () => context);
  return {
    tried,
    once: async () => {
      await run(running);
      await settle();
    },
    run,
    settle,
  };
};
const sent: Send = async () => ({ outcome: "sent", code: 200, answer: "answered 200" });
const failed: Send = async () => ({ outcome: "failed", code: 500, answer: "answered 500", retryAfterMs: null });
/** Lets the database's clock pass for what waits. */
const later = async (hours = 0): Promise<void> => {
  const { sql } = office.database.admin;
  await sql`update notifications set next_try_at = clock_timestamp(), created_at = created_at - make_interval(hours => ${hours}) where state = 'due'`;
  await sql`update channels set rest_until = null`;
};
const alarm = async () => {
  await office.keep(deleted);
  await office.settle();
  office.pass(60 * 60_000);
};

test("a message is sent once and recorded as sent once, however often and by however many it is looked for", async () => {
  await office.addChannel("webhook", "SIEM");
  await alarm();
  const { once: look, tried } = delivery({ webhook: sent });
  const other = delivery({ webhook: sent });
  await Promise.all([look(), other.once(), look(), other.once()]);
  await look();
  expect([...tried, ...other.tried]).toHaveLength(1);
  expect(await office.notifications()).toMatchObject([
    { state: "sent", attempts: 1, answerCode: 200, answer: "answered 200", sentAt: expect.any(String) },
  ]);
});

test("what failed is tried again later under the same key, and what came of each try is to be seen", async () => {
  await office.addChannel("webhook", "SIEM");
  await alarm();
  let up = false;
  const { once: look, tried } = delivery({ webhook: (...call) => (up ? sent : failed)(...call) });
  await look();
  await look();
  expect(tried).toHaveLength(1);
  expect(await office.notifications()).toMatchObject([{ state: "due", attempts: 1, answerCode: 500 }]);
  await later();
  up = true;
  await look();
  expect(new Set(tried.map(({ key }) => key)).size).toBe(1);
  expect(await office.notifications()).toMatchObject([{ state: "sent", attempts: 2 }]);
});

test("after three failures in a row the channel rests, and one success ends that", async () => {
  const id = await office.addChannel("webhook", "SIEM");
  for (let round = 0; round < 5; round++) await alarm();
  const { once: look, tried } = delivery({ webhook: failed });
  await look();
  expect(tried).toHaveLength(3);
  const [resting] = await office.database.admin
    .sql`select failures, failure, rest_until > clock_timestamp() as rests from channels where id = ${id}`;
  expect(resting).toEqual({ failures: 3, failure: "answered 500", rests: true });
  await look();
  expect(tried).toHaveLength(3);
  await later();
  await delivery({ webhook: sent }).once();
  const [well] = await office.database.admin.sql`select failures, rest_until from channels where id = ${id}`;
  expect(well).toEqual({ failures: 0, rest_until: null });
});

test("after a day it is given up: an event tells of it, and another channel gets the message", async () => {
  await office.addChannel("webhook", "SIEM");
  const chat = await office.addChannel("chat", "Chat", { isDefault: false });
  await alarm();
  const { once: look } = delivery({ webhook: failed });
  await look();
  await later(23);
  await look();
  expect((await office.notifications()).map(({ state }) => state)).toEqual(["due"]);
  await later(2);
  await look();
  const [gaveUp, passedOn, ...more] = await office.notifications();
  expect(gaveUp).toMatchObject({ state: "failed", reason: "gave_up", attempts: 3 });
  expect(passedOn?.message).toEqual(gaveUp?.message);
  expect(more).toEqual([]);
  expect([chat, 1]).toContain(passedOn?.channel?.id);
  await office.settle();
  expect((await office.alerts()).at(-1)).toMatchObject({
    headline: expect.stringContaining("SIEM took nothing for a day: answered 500"),
  });
});

test("what is given up goes to no channel that is off, and to no stream", async () => {
  const { sql } = office.database.admin;
  const siem = await office.addChannel("webhook", "SIEM");
  await office.addChannel("chat", "Off");
  await office.addChannel("stream", "Lake", { isDefault: false });
  await sql`update channels set enabled = false where name in ('Off', 'E-mail')`;
  await alarm();
  const { once: look } = delivery({ webhook: failed });
  await look();
  await later(25);
  await look();
  expect(await office.notifications()).toMatchObject([{ state: "failed", channel: { id: siem } }]);
  await storeAllWaiting(office.deps.db);
  const [told] = await sql`select details from event_log where code = 'sys_notification_failed'`;
  expect([told !== undefined, String(told?.details).includes("passedTo")]).toEqual([true, false]);
});

test("a message that only tries a channel is sent once, and that it failed goes no further", async () => {
  const id = await office.addChannel("webhook", "SIEM");
  const at = new Date(office.deps.now()).toISOString();
  await insertNotification(office.deps.db, {
    ...{ key: `test.${id}`, alertId: null, channel: { id, name: "SIEM" }, state: "due", reason: null, at },
    message: {
      ...{ kind: "test", severity: "info", rule: "Test", headline: "This is a test", at, count: 0, events: [] },
      ...{ gatheredUntil: null, alertId: null },
    },
  });
  const { once: look, tried } = delivery({ webhook: failed });
  await look();
  await later();
  await look();
  expect(tried).toHaveLength(1);
  expect(await office.notifications()).toMatchObject([{ state: "failed", attempts: 1, answer: "answered 500" }]);
  await storeAllWaiting(office.deps.db);
  const { sql } = office.database.admin;
  expect(await sql`select from event_log where code = 'sys_notification_failed'`).toHaveLength(0);
});

test("a try in the middle of which the worker is told to stop says nothing of its channel", async () => {
  const id = await office.addChannel("webhook", "SIEM");
  await alarm();
  const stopping = new AbortController();
  const { run, settle } = delivery({
    webhook: (...call) => {
      stopping.abort();
      return failed(...call);
    },
  });
  await run(stopping.signal);
  await settle();
  expect(await office.notifications()).toMatchObject([{ state: "due", attempts: 1, answer: null }]);
  const [channel] = await office.database.admin.sql`select failures, rest_until from channels where id = ${id}`;
  expect(channel).toEqual({ failures: 0, rest_until: null });
});

test("a message that one worker is claiming is passed over by another, which waits for nobody", async () => {
  const id = await office.addChannel("webhook", "SIEM");
  await alarm();
  await alarm();
  const { admin, worker } = office.database;
  const claimed = await inTransaction(worker, async (tx) => {
    const first = await claimNotification(tx, id, 30_000);
    const [second, third] = [await claimNotification(admin, id, 30_000), await claimNotification(admin, id, 30_000)];
    return [first?.id, second?.id, third?.id];
  });
  expect(claimed).toEqual([...(await office.notifications()).map((one) => one.id), undefined]);
});

test("the first success of a message stands: neither another one nor a failure that comes late changes it", async () => {
  await office.addChannel("webhook", "SIEM");
  await alarm();
  const { db } = office.deps;
  const id = (await office.notifications())[0]?.id ?? 0;
  expect(await recordSent(db, id, { code: 200, answer: "answered 200" })).toBe(true);
  const recorded = await office.notifications();
  expect(recorded).toMatchObject([{ state: "sent", answerCode: 200 }]);
  expect(await recordSent(db, id, { code: 204, answer: "answered 204" })).toBe(false);
  const late = { id, channelId: null, code: 500, answer: "answered 500", againMs: 1000, restMs: null };
  await inTransaction(db, (tx) => recordFailure(tx, late));
  expect(await office.notifications()).toEqual(recorded);
});

test("a channel that hangs keeps no other one waiting", async () => {
  await office.addChannel("webhook", "Hangs");
  await office.addChannel("chat", "Well");
  await alarm();
  let release: () => void = () => undefined;
  const hanging = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { run, settle } = delivery({ chat: sent, webhook: (...call) => hanging.then(() => sent(...call)) });
  await run(running);
  const states = async () =>
    Object.fromEntries((await office.notifications()).map(({ channel, state }) => [channel?.name, state]));
  await expect.poll(states).toEqual({ Hangs: "due", Well: "sent" });
  await alarm();
  await run(running);
  await expect.poll(async () => (await office.notifications()).filter(({ state }) => state === "sent").length).toBe(2);
  release();
  await settle();
  expect(new Set((await office.notifications()).map(({ state }) => state))).toEqual(new Set(["sent"]));
});

test("without a mail server the message is held and shows what would have been sent", async () => {
  await office.database.admin.sql`update channels set is_default = true`;
  await alarm();
  await delivery({}).once();
  expect(await office.notifications()).toMatchObject([
    { state: "held", reason: "no_mail_server", message: { headline: "Ana Ruiz deleted P-2026-000041" } },
  ]);
});

test("mail that some have got is tried again for the others alone", async () => {
  await office.database.admin.sql`update channels set is_default = true, recipients = '["ana@example.org", 7]'`;
  await alarm();
  const asked: unknown[] = [];
  const email: Send = async ({ recipients }) => {
    asked.push(recipients);
    return asked.length > 1
      ? { outcome: "sent", code: 250, answer: "taken for 1 of 1 recipients" }
      : {
          outcome: "failed",
          code: 450,
          answer: "taken for 1 of 2 recipients",
          retryAfterMs: null,
          stillTo: [7],
          isOfRecipients: true,
        };
  };
  const { once: look } = delivery({ email });
  await look();
  expect(await office.notifications()).toMatchObject([{ state: "due", answer: "taken for 1 of 2 recipients" }]);
  expect((await office.database.admin.sql`select failures, rest_until from channels where is_default`)[0]).toEqual({
    failures: 0,
    rest_until: null,
  });
  await later();
  await look();
  expect(asked).toEqual([["ana@example.org", 7], [7]]);
  expect(await office.notifications()).toMatchObject([{ state: "sent", attempts: 2 }]);
});

test("tries come ever later, an hour apart at most, and a receiver that names a time is left alone by all messages", async () => {
  const id = await office.addChannel("webhook", "SIEM");
  await alarm();
  await alarm();
  const { sql } = office.database.admin;
  const waits = async () => {
    const [row] = await sql<{ next: number; rest: number | null }[]>`
      select extract(epoch from next_try_at - clock_timestamp())::float8 as next,
        extract(epoch from (select rest_until from channels where id = ${id}) - clock_timestamp())::float8 as rest
      from notifications order by attempts desc, id limit 1`;
    return row;
  };
  await sql`delete from notifications where id = (select max(id) from notifications)`;
  const nextAfter = async (attempts: number) => {
    await later();
    await sql`update notifications set attempts = ${attempts}`;
    await delivery({ webhook: failed }).once();
    return Math.round((await waits())?.next ?? 0);
  };
  for (const [attempts, seconds] of [
    [0, 10],
    [1, 20],
    [3, 80],
    [12, 3600],
  ] as const) {
    expect(Math.abs((await nextAfter(attempts)) - seconds)).toBeLessThanOrEqual(2);
  }
  await later();
  await sql`update channels set failures = 0`;
  await alarm();
  const busy = (seconds: number) =>
    delivery({
      webhook: async () => ({ outcome: "failed", code: 429, answer: "answered 429", retryAfterMs: seconds * 1000 }),
    });
  await sql`update notifications set attempts = 0`;
  const first = busy(120);
  await first.once();
  expect(first.tried).toHaveLength(1);
  expect(Math.round((await waits())?.rest ?? 0)).toBeGreaterThan(115);
  expect(Math.round((await waits())?.next ?? 0)).toBeGreaterThan(115);
  await later();
  await busy(86_400).once();
  expect(Math.round((await waits())?.rest ?? 0)).toBeLessThanOrEqual(3600);
});

test("a digest that is given up goes to another channel, beside that channel's own", async () => {
  const siem = await office.addChannel("webhook", "SIEM");
  const chat = await office.addChannel("chat", "Chat");
  await office.set("notification.max_per_hour", 1);
  await alarm();
  office.pass(-60 * 60_000);
  await office.keep({ ...deleted, code: "user_delete", object: { type: "user", id: "8", label: "Ben" } });
  await office.settle();
  office.pass(24 * 60 * 60_000);
  await office.settle();
  const { sql } = office.database.admin;
  await sql`delete from notifications where message->>'kind' <> 'digest'`;
  const gone = delivery({ webhook: failed });
  await gone.once();
  await later(25);
  await gone.once();
  const digests =
    await sql`select channel_id::int as id, state from notifications where key like 'digest-%' order by id`;
  expect(digests.map(({ id, state }) => [id, state])).toEqual([
    [siem, "failed"],
    [chat, expect.any(String)],
    [expect.any(Number), expect.any(String)],
  ]);
});

test("the old secret signs beside the new one for as long as it was given, and not after", async () => {
  const id = await office.addChannel("webhook", "SIEM", { secret: "new" });
  const { sql } = office.database.admin;
  const old = async (until: string) => {
    await sql`update channels set old_secret = 'old', old_secret_until = clock_timestamp() + ${until}::interval where id = ${id}`;
    const [channel] = (await channelsWithDue(office.deps.db)).filter((one) => one.id === id);
    return channel?.oldSecret;
  };
  await alarm();
  expect([await old("1 minute"), await old("-1 second")]).toEqual(["old", null]);
});

test("secrets that were stored plainly are sealed once, the old one as well", async () => {
  const id = await office.addChannel("webhook", "SIEM", { secret: "new" });
  const { admin, worker } = office.database;
  await admin.sql`update channels set old_secret = 'old', old_secret_until = clock_timestamp() + interval '1 hour' where id = ${id}`;
  const { seal, open } = channelSecrets(Buffer.alloc(32, 1));
  const sealAll = () => inTransaction(worker, (tx) => sealSecrets(tx, isSealed, seal));
  expect([await sealAll(), await sealAll()]).toEqual([1, 0]);
  const [row] = await admin.sql`select secret, old_secret as old from channels where id = ${id}`;
  expect([open(id, row?.secret), open(id, row?.old)]).toEqual(["new", "old"]);
  expect(String(row?.secret) + row?.old).not.toMatch(/new|old/);
  const next = seal(id, "newer");
  await admin.sql`update channels set secret = ${next} where id = ${id}`;
  const [rotated] = await admin.sql`select old_secret as old from channels where id = ${id}`;
  expect(open(id, rotated?.old)).toBe("new");
});

test("a message of two workers, one of which died between claim and call, is sent when its time is over", async () => {
  await office.addChannel("webhook", "SIEM");
  await alarm();
  const { sql } = office.database.admin;
  const [row] = await sql`select channel_id::int as id from notifications`;
  await claimNotification(office.deps.db, Number(row?.id), 30_000);
  const { once: look, tried } = delivery({ webhook: sent });
  await look();
  expect(tried).toEqual([]);
  await later();
  await look();
  expect(tried).toHaveLength(1);
  expect(await office.notifications()).toMatchObject([{ state: "sent", attempts: 2 }]);
});

test.each([
  ["before", "after_claim", 1],
  ["after", "after_send", 2],
])(
  "a worker that is killed %s sending leaves the message to the next one, under the same key and with one recorded success",
  async (_, point, calls) => {
    const receiver = await startReceiver(behaviours.accept);
    const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    await office.addChannel("webhook", "SIEM", { url: receiver.url, secret });
    await alarm();
    const { start, end } = await startedWorkers({
      DATABASE_URL: office.database.urls.worker,
      QUEUE_DATABASE_URL: office.database.urls.queue,
      CHANNEL_PRIVATE_HOSTS: receiver.host,
    });
    const first = start({ CRASH_AT: point });
    const [, signal] = await once(first, "exit");
    expect(signal).toBe("SIGKILL");
    expect(await office.notifications()).toMatchObject([{ state: "due", attempts: 1 }]);
    await later();
    start();
    await expect.poll(async () => (await office.notifications())[0]?.state, { timeout: 30_000 }).toBe("sent");
    expect(receiver.received).toHaveLength(calls);
    expect(new Set(receiver.received.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    await receiver.close();
    const { sql } = office.database.admin;
    const [stored] = await sql`select secret from channels where name = 'SIEM'`;
    expect(stored?.secret).toMatch(/^sealed:1:/);
    for (const { headers, body } of receiver.received) {
      expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow();
    }
    await end();
  },
  60_000,
);

test("who tries a channel gets its answer first, whatever waits in it and fails", async () => {
  const id = await office.addChannel("webhook", "SIEM");
  for (let round = 0; round < 4; round++) await alarm();
  const { once: look, tried } = delivery({ webhook: failed });
  await look();
  await inTransaction(office.database.admin, (tx) => tx.sql`update channels set rest_until = null where id = ${id}`);
  await insertNotification(office.database.admin, {
    key: "test-1",
    alertId: null,
    channel: { id, name: "SIEM" },
    state: "due",
    reason: null,
    message: {
      kind: "test",
      severity: "info",
      rule: "Test",
      headline: "",
      at: "",
      count: 0,
      events: [],
      gatheredUntil: null,
      alertId: null,
    },
    at: new Date().toISOString(),
  });
  await look();
  expect(tried.at(3)?.key).toBe("test-1");
});
