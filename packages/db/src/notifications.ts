import type { AlertMessage } from "@countersign/audit/alerts/message";
import { iso } from "./answered-columns.ts";
import type { ChannelKind } from "./channels.ts";
import type { Database } from "./client.ts";
import type { Transaction } from "./transaction.ts";

export const notificationStates = ["due", "sent", "failed", "held"] as const;
export type NotificationState = (typeof notificationStates)[number];

/** One message through one channel, as it is shown. */
export type Notification = {
  id: number;
  alertId: number | null;
  /** Null when there was none to send through. */
  channel: { id: number; name: string } | null;
  state: NotificationState;
  reason: string | null;
  message: AlertMessage;
  at: string;
  createdAt: string;
  attempts: number;
  nextTryAt: string;
  answerCode: number | null;
  answer: string | null;
  sentAt: string | null;
};

const columns = `id::int as id, alert_id::int as "alertId", case when channel_id is not null then json_build_object('id', channel_id, 'name', channel_name) end as channel, state, reason,
  message, ${iso("at")} as at, ${iso("created_at")} as "createdAt", attempts, ${iso("next_try_at")} as "nextTryAt",
  answer_code as "answerCode", answer, ${iso("sent_at")} as "sentAt"`;

/** Newest first, strictly before `cursor`. */
export const listNotifications = async (
  db: Database,
  {
    state,
    channelId,
    alertId,
  }: Partial<Record<"channelId" | "alertId", number | undefined>> & {
    state?: NotificationState | undefined;
  },
  cursor: number | null,
  limit: number,
): Promise<Notification[]> => [
  ...(await db.sql<Notification[]>`
    select ${db.sql.unsafe(columns)} from notifications
    where (${cursor}::bigint is null or id < ${cursor}::bigint) and (${state ?? null}::text is null or state = ${state ?? null}::text)
      and (${channelId ?? null}::bigint is null or channel_id = ${channelId ?? null}::bigint)
      and (${alertId ?? null}::bigint is null or alert_id = ${alertId ?? null}::bigint)
    order by id desc limit ${limit}`),
];

export const lockNotification = async (tx: Transaction, id: number): Promise<Notification | undefined> =>
  (await tx.sql<Notification[]>`select ${tx.sql.unsafe(columns)} from notifications where id = ${id} for update`)[0];

/** Users by id and single addresses. */
export type Recipients = readonly (number | string)[];

export type NewNotification = {
  /** Its Idempotency-Key; one that stands already is left as it is. */
  key: string;
  alertId: number | null;
  channel: { id: number; name: string } | null;
  /** Of mail, when it goes to others than the channel names. */
  recipients?: Recipients | null;
  state: "due" | "held";
  reason: string | null;
  message: AlertMessage;
  at: string;
};

/** Answers the new id, or undefined when there is a notification with this key. */
export const insertNotification = async (
  db: Database,
  { key, alertId, channel, recipients = null, state, reason, message, at }: NewNotification,
): Promise<number | undefined> =>
  (
    await db.sql<{ id: number }[]>`
      insert into notifications (key, alert_id, channel_id, channel_name, recipients, state, reason, message, at)
      values (${key}, ${alertId}, ${channel?.id ?? null}, ${channel?.name ?? null}, ${recipients === null ? null : JSON.stringify(recipients)},
        ${state}, ${reason}, ${JSON.stringify(message)}, ${at})
      on conflict (key) do nothing returning id::int as id`
  )[0]?.id;

export const hasNotification = async (db: Database, key: string): Promise<boolean> =>
  (await db.sql`select from notifications where key = ${key}`).length > 0;

/** When messages went out through a channel in the hour before a moment, in milliseconds since 1970. */
export const sentWithinHour = async (db: Database, channelId: number, at: string): Promise<number[]> =>
  (
    await db.sql<{ ms: number }[]>`
      select round(extract(epoch from at) * 1000)::float8 as ms from notifications where channel_id = ${channelId} and state <> 'held'
        and message->>'kind' = 'alert' and at > ${at}::timestamptz - interval '1 hour' and at <= ${at} limit 1000`
  ).map(({ ms }) => ms);

/** How many messages are held back from a channel until its next digest. */
export const countHeld = async (db: Database, channelId: number): Promise<number> =>
  Number(
    (
      await db.sql`
        select count(*)::int as count from notifications
        where channel_id = ${channelId} and state = 'held' and digested_at is null and message->>'kind' = 'alert'`
    )[0]?.count,
  );

/** Makes a message that was given up, or held back, due once more, as if it had never been tried. */
export const sendAgain = async (tx: Transaction, id: number): Promise<Notification> => {
  const [row] = await tx.sql<Notification[]>`
    update notifications set state = 'due', reason = null, attempts = 0, next_try_at = clock_timestamp(), created_at = clock_timestamp()
    where id = ${id} returning ${tx.sql.unsafe(columns)}`;
  if (row === undefined) throw new Error(`notification ${id} is gone although it was locked`);
  return row;
};

/** A channel with what the worker needs to send through it. */
export type SendingChannel = {
  id: number;
  name: string;
  kind: ChannelKind;
  url: string | null;
  recipients: (number | string)[] | null;
  secret: string | null;
  oldSecret: string | null;
  failures: number;
};

/** Channels that have something to send and do not rest. */
export const channelsWithDue = async (db: Database): Promise<SendingChannel[]> => [
  ...(await db.sql<SendingChannel[]>`
    select id::int as id, name, kind, url, recipients, secret,
      case when old_secret_until > clock_timestamp() then old_secret end as "oldSecret", failures
    from channels c where enabled and (rest_until is null or rest_until <= clock_timestamp())
      and exists (select from notifications n where n.channel_id = c.id and n.state = 'due' and n.next_try_at <= clock_timestamp())
    order by id limit 1000`),
];

export type Claimed = {
  id: number;
  key: string;
  alertId: number | null;
  message: AlertMessage;
  recipients: Recipients | null;
  attempts: number;
  ageMs: number;
};

/** The next message of a channel, a test before all others, which no other worker takes for `leaseMs`: whoever dies meanwhile leaves it to be sent again. */
export const claimNotification = async (
  db: Database,
  channelId: number,
  leaseMs: number,
): Promise<Claimed | undefined> =>
  (
    await db.sql<Claimed[]>`
      update notifications set attempts = attempts + 1, next_try_at = clock_timestamp() + make_interval(secs => ${leaseMs / 1000})
      where id = (select id from notifications where channel_id = ${channelId} and state = 'due' and next_try_at <= clock_timestamp()
        order by (message->>'kind' = 'test') desc, next_try_at, id limit 1 for update skip locked)
      returning id::int as id, key, alert_id::int as "alertId", message, recipients, attempts,
        (extract(epoch from clock_timestamp() - created_at) * 1000)::float8 as "ageMs"`
  )[0];

export type Answered = { code: number | null; answer: string };

/** Records the one success of a message; false when it was recorded before. */
export const recordSent = async (db: Database, id: number, { code, answer }: Answered): Promise<boolean> =>
  (
    await db.sql`
      with sent as (
        update notifications set state = 'sent', reason = null, answer_code = ${code}, answer = ${answer}, sent_at = clock_timestamp()
        where id = ${id} and state = 'due' returning channel_id
      )
      update channels set failures = 0, rest_until = null, succeeded_at = clock_timestamp() where id in (select channel_id from sent)
      returning id`
  ).length > 0;

/** What was tried in vain: when again, and how long the channel rests after so many failures in a row. */
export const recordFailure = async (
  tx: Transaction,
  {
    id,
    channelId,
    code,
    answer,
    againMs,
    restMs,
    stillTo = null,
  }: Answered & {
    id: number;
    /** The channel that failed; null when only the message did. */
    channelId: number | null;
    againMs: number | null;
    restMs: number | null;
    /** Of mail that some have got: who has not. */
    stillTo?: Recipients | null;
  },
): Promise<void> => {
  await tx.sql`
    update notifications set answer_code = ${code}, answer = ${answer}, state = ${againMs === null ? "failed" : "due"},
      recipients = coalesce(${stillTo === null ? null : JSON.stringify(stillTo)}::jsonb, recipients),
      reason = ${againMs === null ? "gave_up" : null}, next_try_at = clock_timestamp() + make_interval(secs => ${(againMs ?? 0) / 1000})
    where id = ${id} and state = 'due'`;
  if (channelId === null) return;
  await tx.sql`
    update channels set failures = failures + 1, failed_at = clock_timestamp(), failure = ${answer},
      rest_until = case when ${restMs}::float8 is null then null else clock_timestamp() + make_interval(secs => ${(restMs ?? 0) / 1000}) end
    where id = ${channelId}`;
};

/** Keeps a message that cannot be sent from here, for the digest and to be seen. */
export const holdNotification = async (db: Database, id: number, reason: string): Promise<void> => {
  await db.sql`update notifications set state = 'held', reason = ${reason} where id = ${id} and state = 'due'`;
};

/** Takes what was held back through a channel for its digest: how many, and the newest of them. */
export const takeHeld = async (
  tx: Transaction,
  channelId: number,
  listed: number,
): Promise<{ count: number; listed: Pick<Notification, "at" | "reason" | "message">[] }> => {
  const rows = await tx.sql<(Pick<Notification, "at" | "reason" | "message"> & { id: number })[]>`
    update notifications set digested_at = clock_timestamp()
    where channel_id = ${channelId} and state = 'held' and digested_at is null and message->>'kind' = 'alert'
    returning id::int as id, ${tx.sql.unsafe(iso("at"))} as at, reason, message`;
  const newest = [...rows].sort((left, right) => right.id - left.id).slice(0, listed);
  return { count: rows.length, listed: newest };
};

/** Ends the rest of a channel: somebody wants to know whether it works now. */
export const wakeChannel = async (tx: Transaction, id: number): Promise<void> => {
  await tx.sql`update channels set rest_until = null where id = ${id}`;
};

export const findNotification = async (db: Database, id: number): Promise<Notification | undefined> =>
  (await db.sql<Notification[]>`select ${db.sql.unsafe(columns)} from notifications where id = ${id}`)[0];
