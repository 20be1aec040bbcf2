import { monthBounds, monthClosedMs } from "@countersign/audit/retention";
import { uuid7Floor } from "@countersign/audit/uuid7";
import { iso } from "./answered-columns.ts";
import type { Database } from "./client.ts";
import { leavesAtOnce } from "./sealing.ts";

/** One month of one policy as it is stored; `rows` is the server's estimate, null where it has none yet. */
export type StoredMonth = { policy: string; month: string; partition: string; rows: number | null; bytes: number };

/** Every month of every policy, oldest first. */
export const listMonths = async (db: Database): Promise<StoredMonth[]> => [
  ...(await db.sql<StoredMonth[]>`
    select r.policy, replace(right(c.relname, 7), '_', '-') as month, c.relname as partition,
      nullif(greatest(c.reltuples, 0), 0)::float8 as rows, pg_total_relation_size(c.oid)::float8 as bytes
    from retention_policy r
    join pg_class p on p.relname = 'event_log_' || r.policy and p.relnamespace = 'public'::regnamespace
    join pg_inherits i on i.inhparent = p.oid join pg_class c on c.oid = i.inhrelid
    order by month, r.policy limit 100000`),
];

/** Days that each policy keeps; those that keep for ever are left out. */
export const readPeriods = async (db: Database): Promise<Map<string, number>> => {
  const rows = await db.sql<{ policy: string; days: number }[]>`
    select policy, retain_days as days from retention_policy where retain_days is not null`;
  return new Map(rows.map(({ policy, days }) => [policy, days]));
};

export const skipReasons = {
  waiting: "Events that may belong to it are kept and not stored yet",
  unsealed: "Events in it have no place in the tree yet",
  dead_letters: "Events of it lie among the dead letters",
  not_streamed: "A stream has not sent its events yet",
  not_verified: "It has not been verified since its last event",
  verification_failed: "The last verification found something wrong",
  not_signed: "No signed checkpoint covers its manifest yet",
  being_read: "It is being verified or exported",
  busy: "Others used it all the time",
  on_hold: "A hold was placed while the run went on",
  changed: "It is not what its manifest says",
  kept_longer: "Its period was made longer meanwhile",
  clock: "The clocks of worker and database differ by more than a minute",
} as const satisfies Record<string, string>;
export type SkipReason = keyof typeof skipReasons;

/** When the last verification without a finding began, and whether a later one found something. */
export const verifiedState = async (db: Database): Promise<{ okSince: string | null; failed: boolean }> => {
  const [row] = await db.sql<{ okSince: string | null; failed: boolean }[]>`
    select (select ${db.sql.unsafe(iso("max(started_at)"))} from ledger_verification where ok) as "okSince",
      coalesce((select not ok from ledger_verification where ok is not null order by id desc limit 1), false) as failed`;
  return row ?? { okSince: null, failed: false };
};

type Where = { policy: string; month: string };

/** What keeps a month from being removed although its period is over; null when nothing that can be told without reading it. */
export const whatBlocks = async (
  db: Database,
  { policy, month }: Where,
  { okSince, failed }: { okSince: string | null; failed: boolean },
): Promise<SkipReason | null> => {
  if (failed) return "verification_failed";
  const closed = new Date(monthClosedMs(month)).toISOString();
  if (okSince === null || okSince < closed) return "not_verified";
  const { fromMs, toMs } = monthBounds(month);
  const [low, high] = [uuid7Floor(fromMs), uuid7Floor(toMs)];
  const [row] = await db.sql<{ waiting: boolean; unsealed: boolean; deadLetters: boolean; unsent: boolean }[]>`
    select exists (select from audit_outbox where kept_at < ${closed}) as waiting,
      exists (select from ledger_pending where received_at < ${closed}) as unsealed,
      exists (select from dead_letter where id >= ${low} and id < ${high}
        and position(${`"policy":"${policy}"`} in leaf) > 0) as "deadLetters",
      exists (select from channel_streams s join channels c on c.id = s.channel_id and c.enabled
        join ledger_batch b on (b.epoch, b.first_index) >= (s.epoch, s.index - ${2 * leavesAtOnce})
          and (b.epoch, b.first_index + b.count) > (s.epoch, s.index) and b.min_id < ${high} and b.max_id >= ${low}) as unsent`;
  if (row?.waiting) return "waiting";
  if (row?.unsealed) return "unsealed";
  if (row?.deadLetters) return "dead_letters";
  return row?.unsent ? "not_streamed" : null;
};

/** By how much the database's clock is ahead, in milliseconds. */
export const clockAheadMs = async (db: Database, nowMs: number): Promise<number> =>
  Number((await db.sql`select extract(epoch from clock_timestamp())::float8 * 1000 as at`)[0]?.at) - nowMs;
