import type { SealedEvent } from "@countersign/audit/event";
import { iso } from "./answered-columns.ts";
import type { Database } from "./client.ts";
import { isClaimed, isMissingPartition } from "./failures.ts";

/** An id that a caller chose, with the hash of what the caller sent; `answer` rebuilds the first answer. */
export type Claim = { id: string; source: string; contentHash: Uint8Array; receivedAt: string; answer: Uint8Array };
export type KeptClaim = Omit<Claim, "source"> & { source: string };

const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
const byteaList = (list: readonly Uint8Array[]): string => `{${list.map((bytes) => `"\\\\x${hex(bytes)}"`).join(",")}}`;
const textList = (list: readonly string[]): string => `{${list.map((text) => JSON.stringify(text)).join(",")}}`;
const joined = (list: readonly Uint8Array[]): Buffer => Buffer.concat(list as Uint8Array[]);

/** Some of the ids were claimed before; nothing was kept. */
export class AlreadyClaimed extends Error {
  override name = "AlreadyClaimed";
}

/**
 * Keeps 1 to 500 events as one envelope, in the transaction that `db` stands for. With claims, either every id is new
 * and all is kept, or `AlreadyClaimed` is thrown and nothing is.
 */
export const keepEnvelope = async (
  db: Database,
  envelopeId: string,
  events: readonly SealedEvent[],
  claims: readonly Claim[] = [],
): Promise<void> => {
  const count = events.length;
  const leaves = events.map((event) => event.leaf).join("\n");
  const details = events.map((event) => event.details).join("\n");
  const hashes = joined(events.map((event) => event.leafHash));
  const salts = joined(events.map((event) => event.salt));
  if (claims.length === 0) {
    await db.sql`insert into audit_outbox (id, count, leaves, details, hashes, salts)
      values (${envelopeId}, ${count}, ${leaves}, ${details}, ${hashes}, ${salts})`;
    return;
  }
  try {
    await db.sql`
      with claimed as (
        insert into event_claim (id, source, content_hash, received_at, answer)
        select * from unnest(${textList(claims.map((claim) => claim.id))}::text::uuid[],
          ${textList(claims.map((claim) => claim.source))}::text::text[],
          ${byteaList(claims.map((claim) => claim.contentHash))}::text::bytea[],
          ${textList(claims.map((claim) => claim.receivedAt))}::text::timestamptz[],
          ${byteaList(claims.map((claim) => claim.answer))}::text::bytea[])
        -- In one order, or two that share ids would wait for each other.
        order by 1
        on conflict (id) do nothing returning id
      )
      insert into audit_outbox (id, count, leaves, details, hashes, salts)
      select ${envelopeId}, ${count}, ${leaves}, ${details}, ${hashes}, ${salts}
      where all_claimed((select count(*) from claimed), ${claims.length})`;
  } catch (error) {
    if (isClaimed(error)) throw new AlreadyClaimed("an id was claimed before");
    if (!isMissingPartition(error)) throw error;
    await ensureClaimDays(db, claims);
    await keepEnvelope(db, envelopeId, events, claims);
  }
};

const ensureClaimDays = async (db: Database, claims: readonly Claim[]): Promise<void> => {
  await db.sql`select ensure_claim_partition(day) from (
    select distinct date_trunc('day', uuid7_time(id)) as day
    from unnest(${textList(claims.map((claim) => claim.id))}::text::uuid[]) as id) as days`;
};

/** The claims among `ids` that stand already, by id. */
export const findClaims = async (db: Database, ids: readonly string[]): Promise<Map<string, KeptClaim>> => {
  const rows = await db.sql`
    select id, source, content_hash, answer, ${db.sql.unsafe(iso("received_at"))} as received_at
    from event_claim where id = any(${textList(ids)}::text::uuid[])`;
  return new Map(
    rows.map((row) => [
      String(row.id),
      {
        id: String(row.id),
        source: String(row.source),
        contentHash: row.content_hash as Uint8Array,
        receivedAt: String(row.received_at),
        answer: row.answer as Uint8Array,
      },
    ]),
  );
};

export type OutboxState = { events: number; oldestSeconds: number | null };

/** How many envelopes are counted one by one; of more the server's statistics tell. */
const countedEnvelopes = 2000;

/** How much is kept and not yet stored, by the database's clock; exact up to 2000 envelopes, estimated beyond. */
export const outboxState = async (db: Database): Promise<OutboxState> => {
  const [row] = await db.sql<{ envelopes: number; events: number; oldest: number | null; live: number }[]>`
    with oldest as (select count, kept_at from audit_outbox order by id limit ${countedEnvelopes})
    select count(*)::int as envelopes, coalesce(sum(count), 0)::int as events,
      extract(epoch from clock_timestamp() - min(kept_at))::float8 as oldest,
      (select n_live_tup::float8 from pg_stat_user_tables where relid = 'audit_outbox'::regclass) as live
    from oldest`;
  const { envelopes = 0, events = 0, oldest = null, live = 0 } = row ?? {};
  if (envelopes < countedEnvelopes) return { events, oldestSeconds: oldest };
  return { events: Math.max(events, Math.round((events / envelopes) * live)), oldestSeconds: oldest };
};

/** Counts acts whose event type is switched off; they leave no event. */
export const countSuppressed = async (db: Database, code: string, count: number): Promise<void> => {
  await db.sql`insert into suppressed_day (day, code, count) values ((now() at time zone 'UTC')::date, ${code}, ${count})
    on conflict (day, code) do update set count = suppressed_day.count + excluded.count`;
};
