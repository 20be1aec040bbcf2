import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "@countersign/db/client";
import { until } from "./part.ts";
import type { Office } from "./processes.ts";
import { seeded, whole } from "./random.ts";
import type { Reception } from "./receivers.ts";
import type { Stage } from "./stage.ts";

const settleLimitMs = 60_000;
/** The clock of what waits runs twenty times as fast while receivers fail, so that each is tried many times. */
const lookEveryMs = 500;
const passedMs = lookEveryMs * 19;
const longAfterMs = 3_600_000;

/** What the stream is asked for; the checker says the same in SQL. */
const streamed = { objects: ["permit", "document"], not: { codes: ["permit_update"] } };

/** Through the api, as an administrator: nothing is gathered or held back, and everybody is told of the same. */
export const openChannels = async ({ office, caller }: Stage): Promise<void> => {
  const { urls } = office.receivers;
  const { sql } = office.admin;
  const call = async (procedure: string, input: object): Promise<void> => {
    const { outcome, reason } = await caller.call(procedure, input);
    if (outcome !== "ok") throw new Error(`${procedure} was answered with ${reason}`);
  };
  const [rule] = await sql`select id::int as "ruleId", version from alert_rules where shipped = 'at_once'`;
  await call("alerts.updateRule", { ...rule, cooldownMinutes: 0 });
  await call("settings.change", { key: "notification.max_per_hour", value: 1000 });
  await call("alerts.createChannel", { kind: "webhook", name: "Webhook", url: urls.webhook, isDefault: true });
  await call("alerts.createChannel", { kind: "chat", name: "Chat", url: urls.chat, isDefault: true });
  const stream = { format: "cloudevents", filter: streamed, from: "now" };
  // Switched off until its place is known.
  await call("alerts.createChannel", { kind: "stream", name: "SIEM", url: urls.stream, enabled: false, stream });
  const [made] = await sql`
    select id::int as "channelId", version, index::int as index from channels join channel_streams on channel_id = id`;
  office.receivers.streamFrom = Number(made?.index);
  await call("alerts.updateChannel", { channelId: made?.channelId, version: made?.version, enabled: true });
};

/** Lets the time of the database go on for all that waits: pauses between tries, rests of channels, and leases. */
const passTime = async (sql: Sql, ms: number): Promise<void> => {
  const past = sql`make_interval(secs => ${ms / 1000})`;
  await sql`update notifications set next_try_at = next_try_at - ${past}
    where id in (select id from notifications where state = 'due' for update skip locked)`;
  await sql`update channels set rest_until = rest_until - ${past}
    where id in (select id from channels where rest_until is not null for update skip locked)`;
  await sql`update channel_streams set leased_until = leased_until - ${past}
    where channel_id in (select channel_id from channel_streams where leased_until is not null for update skip locked)`;
};

/** Makes every receiver fail now and then, or refuse for a while, as long as `hurt` lasts. */
export const whileReceiversFail = async ({ office, random }: Stage, hurt: () => Promise<unknown>): Promise<void> => {
  const { receivers, admin } = office;
  // Of its own: how often it is asked is no part of the schedule of what follows.
  const schedule = seeded(whole(random, 0, 2 ** 31));
  let isOver = false;
  const goOn = async (act: () => Promise<unknown>): Promise<void> => {
    while (!isOver) await act();
  };
  const pass = async () => {
    await sleep(lookEveryMs);
    await passTime(admin.sql, passedMs);
  };
  const refuse = async () => {
    await receivers.refuseFor(schedule, whole(schedule, 200, 1500));
    await sleep(whole(schedule, 200, 1500));
  };
  receivers.fail(schedule);
  const meanwhile = Promise.all([goOn(pass), goOn(refuse)]);
  try {
    await Promise.race([hurt(), meanwhile]);
  } finally {
    isOver = true;
    receivers.well();
    await meanwhile;
  }
};

const isTold = async ({ admin: { sql } }: Office): Promise<boolean> => {
  const [row] = await sql`
    select exists (select from audit_outbox) or exists (select from ledger_pending) or exists (select from alert_due)
      or exists (select from notifications where state = 'due')
      or exists (select from channel_streams where index < (select max(first_index + count) from ledger_batch where epoch = 1)) as waits`;
  return row?.waits === false;
};

/** Waits until the receivers have got all that waits for them. */
export const settleMessages = async (office: Office): Promise<void> => {
  let passedAt = Number.NEGATIVE_INFINITY;
  const look = async (): Promise<boolean> => {
    if (await isTold(office)) return true;
    if (performance.now() - passedAt < 1000) return false;
    passedAt = performance.now();
    await passTime(office.admin.sql, longAfterMs);
    return false;
  };
  await until("all is told", look, settleLimitMs);
};

const repeatsIn = (receptions: readonly Reception[]): number =>
  receptions.length - new Set(receptions.map(({ key }) => key)).size;

/** What came of it, for the table. */
export const tellOf = async ({ admin: { sql }, receivers }: Office): Promise<string> => {
  const [row] =
    await sql`select count(*)::int as messages, sum(attempts)::int as tries from notifications where attempts > 0`;
  const repeats = Object.values(receivers.got).reduce((sum, receptions) => sum + repeatsIn(receptions), 0);
  return `${row?.messages} messages, ${row?.tries} tries, ${repeats} repeats`;
};
