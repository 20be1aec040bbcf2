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
        returning channel_id, format, filter, json_build_object('epoch', epoch, 'index', index) as place
      )
      select id::int as id, name, kind, url, recipients, secret,
        case when old_secret_until > clock_timestamp() then old_secret end as "oldSecret", failures, version, format, filter, place
      from channels join leased on channel_id = id where enabled and (rest_until is null or rest_until <= clock_timestamp())`
  )[0];

/**
 * The stream goes on from there; `taken` events more were taken by the receiver. False when the channel was changed meanwhile:
 * then what was sent says nothing, and the place stays. The lease ends.
 */
export const moveStream = async (
  tx: Transaction,
  { id, version, place }: Pick<SendingStream, "id" | "version" | "place">,
  { next, taken }: { next: LogPlace; taken: number },
): Promise<boolean> => {
  // The channel before its stream, as whoever changes it locks them.
  const [same] = await tx.sql`select from channels where id = ${id} and version = ${version} for no key update`;
  if (same !== undefined && taken > 0) {
    await tx.sql`update channels set failures = 0, rest_until = null, succeeded_at = clock_timestamp() where id = ${id}`;
  }
  const moved = await tx.sql`
    update channel_streams set epoch = ${next.epoch}, index = ${next.index}, sent = sent + ${taken}
      ${taken === 0 ? tx.sql`` : tx.sql`, failing_since = null, is_told = false`}
    where channel_id = ${id} and ${same !== undefined} and epoch = ${place.epoch} and index = ${place.index} returning channel_id`;
  await tx.sql`update channel_streams set leased_until = null where channel_id = ${id}`;
  return moved.length > 0;
};

/** Nothing was taken: how long the stream rests. True when this has gone on for `tellAfterMs` and nobody was told before. */
export const restStream = async (
  tx: Transaction,
  id: number,
  { answer, restMs, tellAfterMs }: Pick<Answered, "answer"> & { restMs: number; tellAfterMs: number },
): Promise<boolean> => {
  await tx.sql`
    update channels set failures = failures + 1, failed_at = clock_timestamp(), failure = ${answer},
      rest_until = clock_timestamp() + make_interval(secs => ${restMs / 1000}) where id = ${id}`;
  await tx.sql`
    update channel_streams set leased_until = null, failing_since = coalesce(failing_since, clock_timestamp()) where channel_id = ${id}`;
  const told = await tx.sql`
    update channel_streams set is_told = true where channel_id = ${id} and not is_told
      and failing_since <= clock_timestamp() - make_interval(secs => ${tellAfterMs / 1000}) returning channel_id`;
  return told.length > 0;
};
