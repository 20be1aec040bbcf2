import type { EventFilter } from "@countersign/audit/event-filter";
import type { EventFormatName } from "@countersign/audit/formats/index";
import type { Database } from "./client.ts";
import type { LogPlace } from "./log-places.ts";
import type { Answered, SendingChannel } from "./notifications.ts";
import type { Transaction } from "./transaction.ts";

/** A stream with what the worker needs to send through it. */
export type SendingStream = SendingChannel & {
  format: EventFormatName;
  filter: EventFilter;
  place: LogPlace;
  /** Of the channel: what is sent under one version says nothing of the next. */
  version: number;
  /** Until when it is this worker's, by which it knows its lease again. */
  lease: string;
};

/** Streams that are switched on, do not rest, are nobody else's for now, and have leaves before them. */
export const streamsBehind = async (db: Database, end: LogPlace): Promise<number[]> =>
  (
    await db.sql<{ id: number }[]>`
      select c.id::int as id from channels c join channel_streams s on channel_id = c.id
      where enabled and (rest_until is null or rest_until <= clock_timestamp()) and (leased_until is null or leased_until <= clock_timestamp())
        and (s.epoch, s.index) < (${end.epoch}::int, ${end.index}::bigint)
      order by c.id limit 1000`
  ).map(({ id }) => id);

/** Takes a stream for so long; undefined when another worker has it, or when it is not to be sent any more. */
export const leaseStream = async (db: Database, id: number, leaseMs: number): Promise<SendingStream | undefined> =>
  (
    await db.sql<SendingStream[]>`
      with leased as (
        update channel_streams set leased_until = clock_timestamp() + make_interval(secs => ${leaseMs / 1000})
        where channel_id = ${id} and (leased_until is null or leased_until <= clock_timestamp())
        returning channel_id, format, filter, json_build_object('epoch', epoch, 'index', index) as place, leased_until::text as lease
      )
      select id::int as id, name, kind, url, recipients, secret,
        case when old_secret_until > clock_timestamp() then old_secret end as "oldSecret", failures, version, format, filter, place, lease
      from channels join leased on channel_id = id where enabled and (rest_until is null or rest_until <= clock_timestamp())`
  )[0];

/** A lease that ran out is another worker's as soon as that one takes the stream. */
const isLeased = ({ sql }: Database, { id, lease }: Pick<SendingStream, "id" | "lease">) =>
  sql`channel_id = ${id} and leased_until = ${lease}::timestamptz`;

/**
 * The stream goes on from there; `taken` events more were taken by the receiver. False when the channel was changed meanwhile,
 * or another worker has taken the stream: then what was sent says nothing, and the place stays. The lease ends, if it was ours.
 */
export const moveStream = async (
  tx: Transaction,
  stream: Pick<SendingStream, "id" | "version" | "lease">,
  { next, taken }: { next: LogPlace; taken: number },
): Promise<boolean> => {
  const { id, version } = stream;
  // The channel before its stream, as whoever changes it locks them.
  const [same] = await tx.sql`select from channels where id = ${id} and version = ${version} for no key update`;
  const moved = await tx.sql`
    update channel_streams set epoch = ${next.epoch}, index = ${next.index}, sent = sent + ${taken}
      ${taken === 0 ? tx.sql`` : tx.sql`, failing_since = null, is_told = false`}
    where ${isLeased(tx, stream)} and ${same !== undefined} returning channel_id`;
  if (moved.length > 0 && taken > 0) {
    await tx.sql`update channels set failures = 0, rest_until = null, succeeded_at = clock_timestamp() where id = ${id}`;
  }
  await tx.sql`update channel_streams set leased_until = null where ${isLeased(tx, stream)}`;
  return moved.length > 0;
};

/**
 * Nothing was taken: how long the stream rests. True when this has gone on for `tellAfterMs` and nobody was told before. Of a
 * lease that is another worker's by now it says nothing; null is whoever failed before there was one.
 */
export const restStream = async (
  tx: Transaction,
  { id, lease }: { id: number; lease: string | null },
  { answer, restMs, tellAfterMs }: Pick<Answered, "answer"> & { restMs: number; tellAfterMs: number },
): Promise<boolean> => {
  await tx.sql`select from channels where id = ${id} for no key update`;
  const failing = await tx.sql`
    update channel_streams set leased_until = null, failing_since = coalesce(failing_since, clock_timestamp())
    where ${lease === null ? tx.sql`channel_id = ${id}` : isLeased(tx, { id, lease })} returning channel_id`;
  if (failing.length === 0) return false;
  await tx.sql`
    update channels set failures = failures + 1, failed_at = clock_timestamp(), failure = ${answer},
      rest_until = clock_timestamp() + make_interval(secs => ${restMs / 1000}) where id = ${id}`;
  const told = await tx.sql`
    update channel_streams set is_told = true where channel_id = ${id} and not is_told
      and failing_since <= clock_timestamp() - make_interval(secs => ${tellAfterMs / 1000}) returning channel_id`;
  return told.length > 0;
};
