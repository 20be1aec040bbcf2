import type { Database } from "./client.ts";
import { failureCode, isMissingPartition, isPoison } from "./failures.ts";
import { inTransaction, type Transaction } from "./transaction.ts";

/** Events a statement moves at most. */
const batchEvents = 1000;

/**
 * From `taken` envelopes to the log in one statement: split, every query column taken from the leaf itself, one pending row
 * an envelope for the sealer, the day's counts, and what must be told at once: critical events and types that notify, unless
 * somebody's input was merely invalid, or a channel was only tried (the code of an error, or changes, come first in canonical
 * details). The `|| ''` reads each concatenated column out of line once, not once a row.
 */
const intoTheLog = `
  item as materialized (
    select t.id as envelope_id, l.n, l.leaf, l.details, l.leaf::jsonb as j,
      substring(t.hashes from (l.n::int - 1) * 32 + 1 for 32) as leaf_hash,
      substring(t.salts from (l.n::int - 1) * 32 + 1 for 32) as salt
    from taken t
    cross join lateral unnest(string_to_array(t.leaves, e'\\n'), string_to_array(t.details, e'\\n')) with ordinality as l (leaf, details, n)
    where l.n between t.first and t.last
  ), stored as (
    insert into event_log (id, policy, code, category, severity, status, occurred_at, received_at, actor_type, actor_id,
      object_type, object_id, target_type, target_id, request_method, endpoint, request_id, source, approval_id,
      leaf, leaf_hash, details, salt)
    select (j->>'id')::uuid, j->>'policy', j->>'code', j->>'category', j->>'severity', j->>'status',
      coalesce(j->>'occurredAt', j->>'receivedAt')::timestamptz, (j->>'receivedAt')::timestamptz,
      j#>>'{actor,type}', j#>>'{actor,id}', j#>>'{object,type}', j#>>'{object,id}', j#>>'{target,type}', j#>>'{target,id}',
      j#>>'{request,method}', j#>>'{request,endpoint}', j#>>'{request,id}', j->>'source', j->>'approval',
      leaf, leaf_hash, details, salt
    from item on conflict do nothing returning 1
  ), pending as (
    insert into ledger_pending (envelope_id, part, received_at, ids, hashes)
    select envelope_id, min(n), min((j->>'receivedAt')::timestamptz), array_agg((j->>'id')::uuid order by n),
      string_agg(leaf_hash, ''::bytea order by n)
    from item group by envelope_id
    on conflict do nothing
  ), counted as (
    insert into event_day (day, code, severity, status, shard, count)
    select left(j->>'receivedAt', 10)::date as day, j->>'code' as code, j->>'severity' as severity, j->>'status' as status,
      pg_backend_pid() % 8, count(*)
    from item group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (day, code, severity, status, shard) do update set count = event_day.count + excluded.count
  ), alerting as (
    insert into alert_due (event_id)
    select (j->>'id')::uuid from item
    where (j->>'severity' = 'critical' or j->>'code' in (select code from event_types where notify))
      and not (j->>'status' = 'failed' and starts_with(details, '{"errorCode":"invalid_input"'))
      and not (j->>'code' = 'sys_channel_changed' and j->>'status' = 'success' and not starts_with(details, '{"changes"'))
    on conflict do nothing
  )
  select (select count(*) from stored)::int as stored`;

const take = (which: string): string => `
  with taken as materialized (
    delete from audit_outbox where id in (${which})
    returning id, leaves, details, hashes || ''::bytea as hashes, salts || ''::bytea as salts, 1 as first, count as last
  ), ${intoTheLog}`;

const moveNamed = take(
  "select id from audit_outbox where id = any($1::text::uuid[]) order by id for update skip locked",
);

/** A part of an envelope that stays where it is, for finding the event in it that cannot be stored. */
const copyPart = `
  with taken as materialized (
    select id, leaves, details, hashes || ''::bytea as hashes, salts || ''::bytea as salts, $2::int as first, $3::int as last
    from audit_outbox where id = $1
  ), ${intoTheLog}`;

const uuidList = (ids: readonly string[]): string => `{${ids.join(",")}}`;
const storedOf = (rows: readonly { [column: string]: unknown }[]): number => Number(rows[0]?.stored ?? 0);

const move = async (db: Database, ids: readonly string[]): Promise<number> =>
  storedOf(await db.sql.unsafe(moveNamed, [uuidList(ids)], { prepare: true }));

export type Stored = { stored: number; deadLetters: readonly DeadLetter[] };
export type DeadLetter = { id: string; code: string; errorCode: string };

/** Told of what was set aside, in the transaction that does it. */
export type OnDeadLetters = (tx: Transaction, letters: readonly DeadLetter[]) => Promise<void>;

/**
 * Moves kept envelopes to the log, at most 1000 events a statement, and says how many events were new. Safe to run twice
 * and at once: each envelope is consumed exactly once. An event that cannot be stored goes to the dead letters, the rest
 * of its envelope passes. Throws what a later try may mend.
 */
export const storeEnvelopes = async (
  db: Database,
  ids: readonly string[],
  onDeadLetters: OnDeadLetters,
): Promise<Stored> => {
  const result = { stored: 0, deadLetters: [] as DeadLetter[] };
  for (const batch of await batchesOf(db, ids)) {
    const { stored, deadLetters } = await storeBatch(db, batch, onDeadLetters);
    result.stored += stored;
    result.deadLetters.push(...deadLetters);
  }
  return result;
};

const batchesOf = async (db: Database, ids: readonly string[]): Promise<string[][]> => {
  const sizes =
    await db.sql`select id, count from audit_outbox where id = any(${uuidList(ids)}::text::uuid[]) order by id`;
  const batches: string[][] = [];
  let room = 0;
  for (const { id, count } of sizes) {
    if (room < Number(count)) {
      batches.push([]);
      room = batchEvents;
    }
    batches.at(-1)?.push(String(id));
    room -= Number(count);
  }
  return batches;
};

const storeBatch = async (db: Database, ids: readonly string[], onDeadLetters: OnDeadLetters): Promise<Stored> => {
  try {
    return { stored: await move(db, ids), deadLetters: [] };
  } catch (error) {
    if (isMissingPartition(error)) {
      await ensurePartitionsOf(db, ids);
      return { stored: await move(db, ids), deadLetters: [] };
    }
    if (!isPoison(error)) throw error;
    const [only] = ids;
    if (ids.length === 1 && only !== undefined) return storePoisoned(db, only, onDeadLetters);
    const half = Math.ceil(ids.length / 2);
    const left = await storeBatch(db, ids.slice(0, half), onDeadLetters);
    const right = await storeBatch(db, ids.slice(half), onDeadLetters);
    return { stored: left.stored + right.stored, deadLetters: [...left.deadLetters, ...right.deadLetters] };
  }
};

/** Halves the envelope until each event that cannot be stored stands alone, all in one transaction. */
const storePoisoned = (db: Database, id: string, onDeadLetters: OnDeadLetters): Promise<Stored> =>
  inTransaction(db, async (tx) => {
    const [envelope] = await tx.sql`select count from audit_outbox where id = ${id} for update skip locked`;
    if (envelope === undefined) return { stored: 0, deadLetters: [] };
    const deadLetters: DeadLetter[] = [];
    const storePart = async (first: number, last: number): Promise<number> => {
      try {
        return await tx.attempt(async (part) => storedOf(await part.sql.unsafe(copyPart, [id, first, last])));
      } catch (error) {
        if (!isPoison(error)) throw error;
        if (first === last) {
          deadLetters.push(await setAside(tx, id, first, error));
          return 0;
        }
        const middle = Math.floor((first + last) / 2);
        return (await storePart(first, middle)) + (await storePart(middle + 1, last));
      }
    };
    const stored = await storePart(1, Number(envelope.count));
    await tx.sql`delete from audit_outbox where id = ${id}`;
    if (deadLetters.length > 0) await onDeadLetters(tx, deadLetters);
    return { stored, deadLetters };
  });

/** The id is read as text: bytes that are no JSON at all must find their place, too. */
const setAside = async (tx: Transaction, envelopeId: string, n: number, error: unknown): Promise<DeadLetter> => {
  const errorCode = failureCode(error);
  const [row] = await tx.sql`
    with part as (
      select kept_at, (string_to_array(leaves, e'\\n'))[${n}::int] as leaf, (string_to_array(details, e'\\n'))[${n}::int] as details,
        substring(hashes from (${n}::int - 1) * 32 + 1 for 32) as leaf_hash, substring(salts from (${n}::int - 1) * 32 + 1 for 32) as salt
      from audit_outbox where id = ${envelopeId}
    )
    insert into dead_letter (id, envelope_id, kept_at, leaf, details, leaf_hash, salt, error_code, error, attempts)
    select coalesce(substring(leaf from '"details":"[^"]{44}",.*?"id":"([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})"')::uuid, ${envelopeId}::uuid),
      ${envelopeId}, kept_at, leaf, details, leaf_hash, salt, ${errorCode}, ${error instanceof Error ? error.message : String(error)}, 1
    from part
    on conflict (id) do update set attempts = dead_letter.attempts + 1
    returning id, substring(leaf from '"code":"([a-z_]+)"') as code`;
  return { id: String(row?.id), code: String(row?.code ?? ""), errorCode };
};

const ensurePartitionsOf = async (db: Database, ids: readonly string[]): Promise<void> => {
  await db.sql`select ensure_partition(policy, month) from (
    select distinct leaf::jsonb->>'policy' as policy, date_trunc('month', uuid7_time((leaf::jsonb->>'id')::uuid)) as month
    from audit_outbox, unnest(string_to_array(leaves, e'\\n')) as leaf where id = any(${uuidList(ids)}::text::uuid[])) as needed`;
};

/** Envelopes that have waited longer than `seconds` by the database's clock, oldest first, at most `limit`. */
export const waitingEnvelopes = async (db: Database, seconds: number, limit: number): Promise<string[]> => {
  const rows = await db.sql`select id from audit_outbox
    where kept_at < clock_timestamp() - make_interval(secs => ${seconds}) order by id limit ${limit}`;
  return rows.map((row) => String(row.id));
};

/**
 * Stores all that waits, as where no worker runs, and answers how many events that were. Throws when one of them cannot be
 * stored, and leaves it.
 */
export const storeAllWaiting = async (db: Database): Promise<number> => {
  let stored = 0;
  for (;;) {
    const ids = await waitingEnvelopes(db, -1, 1000);
    if (ids.length === 0) return stored;
    const done = await storeEnvelopes(db, ids, async (_, letters) => {
      throw new Error(`events could not be stored: ${JSON.stringify(letters)}`);
    });
    stored += done.stored;
  }
};
