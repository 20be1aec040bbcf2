import { iso } from "./answered-columns.ts";
import type { Database } from "./client.ts";
import { signalLog } from "./log-signal.ts";
import { inTransaction, type Transaction } from "./transaction.ts";

/** Leaves that were given their positions together. */
export type Batch = { firstIndex: number; count: number; hashes: Uint8Array };

/** Leaves a statement seals at most. */
export const leavesAtOnce = 10_000;

/**
 * Gives positions to what is stored and not yet sealed, oldest first, in one statement; null when there is nothing, or when
 * another process is at it. A second one that came to the same position is refused by the primary key and changes nothing.
 */
export const sealPending = (db: Database, at: string): Promise<Batch | null> =>
  inTransaction(db, async (tx) => {
    const [lock] = await tx.sql`select pg_try_advisory_xact_lock(hashtext('countersign.seal')) as mine`;
    if (lock?.mine !== true) return null;
    const [batch] = await tx.sql<Batch[]>`
      with next as (
        select epoch, coalesce((select first_index + count from ledger_batch b where b.epoch = now.epoch order by first_index desc limit 1), 0) as index
        from (select coalesce(max(epoch), 1) as epoch from ledger_batch) as now
      ), oldest as (
        select envelope_id, part, sum(cardinality(ids)) over (order by received_at, envelope_id, part) as leaves
        from (select * from ledger_pending order by received_at, envelope_id, part limit ${leavesAtOnce}) as waiting
      ), taken as (
        delete from ledger_pending p using oldest o
        where p.envelope_id = o.envelope_id and p.part = o.part and (o.leaves <= ${leavesAtOnce} or o.leaves = cardinality(p.ids))
        returning p.*
      ), leaf as (
        select id, row_number() over (order by t.received_at, t.envelope_id, t.part, l.n) as n,
          substring(t.hashes from (l.n::int - 1) * 32 + 1 for 32) as hash
        from taken t cross join lateral unnest(t.ids) with ordinality as l (id, n)
      )
      insert into ledger_batch (epoch, first_index, count, min_id, max_id, ids, hashes, sealed_at)
      select (select epoch from next), (select index from next), count(*), (array_agg(id order by id))[1], (array_agg(id order by id desc))[1],
        array_agg(id order by n), string_agg(hash, ''::bytea order by n), ${at}
      from leaf having count(*) > 0
      returning first_index::float8 as "firstIndex", count, hashes`;
    if (batch === undefined) return null;
    signalLog(tx);
    return batch;
  });

/** Batches from this leaf on, in order, at most `limit`; the first of them may begin before it. */
export const batchesFrom = async (db: Database, epoch: number, index: number, limit: number): Promise<Batch[]> => [
  ...(await db.sql<Batch[]>`
    select first_index::float8 as "firstIndex", count, hashes from ledger_batch
    where epoch = ${epoch} and first_index >= coalesce((select max(first_index) from ledger_batch where epoch = ${epoch} and first_index <= ${index}), 0)
    order by first_index limit ${limit}`),
];

/** How many leaves have a position. */
export const sealedSize = async (db: Database, epoch: number): Promise<number> =>
  Number(
    (
      await db.sql`select (first_index + count)::float8 as size from ledger_batch where epoch = ${epoch} order by first_index desc limit 1`
    )[0]?.size ?? 0,
  );

export type Tile = { level: number; index: number; hashes: Uint8Array };

/** Writes whole tiles; those that stand are left. */
export const insertTiles = async (db: Database, epoch: number, tiles: readonly Tile[]): Promise<void> => {
  for (const { level, index, hashes } of tiles) {
    await db.sql`insert into ledger_tile (epoch, level, index, hashes) values (${epoch}, ${level}, ${index}, ${hashes}) on conflict do nothing`;
  }
};

export const findTile = async (
  db: Database,
  epoch: number,
  { level, index }: Pick<Tile, "level" | "index">,
): Promise<Uint8Array | undefined> =>
  (
    await db.sql<{ hashes: Uint8Array }[]>`
      select hashes from ledger_tile where epoch = ${epoch} and level = ${level} and index = ${index}`
  )[0]?.hashes;

export type StoredCheckpoint = { epoch: number; size: number; root: Uint8Array; note: string; signedAt: string };

const checkpointColumns = `epoch, size::float8 as size, root, note, ${iso("signed_at")} as "signedAt"`;

/** The newest checkpoint, or the newest of at most `size` leaves. */
export const latestCheckpoint = async (
  db: Database,
  epoch: number,
  size?: number,
): Promise<StoredCheckpoint | undefined> =>
  (
    await db.sql<StoredCheckpoint[]>`
      select ${db.sql.unsafe(checkpointColumns)} from ledger_checkpoint
      where epoch = ${epoch} and (${size ?? null}::bigint is null or size <= ${size ?? null}::bigint) order by size desc limit 1`
  )[0];

/** The checkpoints of an epoch over fewer leaves than `below`, the newest first, at most `limit`. */
export const listCheckpoints = async (
  db: Database,
  epoch: number,
  below: number | null,
  limit: number,
): Promise<StoredCheckpoint[]> => [
  ...(await db.sql<StoredCheckpoint[]>`
    select ${db.sql.unsafe(checkpointColumns)} from ledger_checkpoint
    where epoch = ${epoch} and (${below}::bigint is null or size < ${below}::bigint) order by size desc limit ${limit}`),
];

/** Holds back whoever gives positions or signs until the transaction ends. */
export const lockLedger = async (tx: Transaction): Promise<void> => {
  await tx.sql`select pg_advisory_xact_lock(hashtext('countersign.seal')), pg_advisory_xact_lock(hashtext('countersign.sign'))`;
};

/** The smallest checkpoint that covers a leaf. */
export const checkpointOver = async (
  db: Database,
  epoch: number,
  index: number,
): Promise<StoredCheckpoint | undefined> =>
  (
    await db.sql<StoredCheckpoint[]>`
      select ${db.sql.unsafe(checkpointColumns)} from ledger_checkpoint where epoch = ${epoch} and size > ${index} order by size limit 1`
  )[0];

/** The newest checkpoint over a leaf that a witness signed, too. */
export const cosignedOver = async (db: Database, epoch: number, index: number): Promise<StoredCheckpoint | undefined> =>
  (
    await db.sql<StoredCheckpoint[]>`
      select ${db.sql.unsafe(checkpointColumns)} from ledger_checkpoint c where epoch = ${epoch} and size > ${index}
        and exists (select from ledger_cosignature s where s.epoch = c.epoch and s.size = c.size) order by size desc limit 1`
  )[0];

export const insertCheckpoint = async (tx: Transaction, checkpoint: StoredCheckpoint): Promise<void> => {
  const { epoch, size, root, note, signedAt } = checkpoint;
  await tx.sql`insert into ledger_checkpoint (epoch, size, root, note, signed_at) values (${epoch}, ${size}, ${root}, ${note}, ${signedAt})`;
  signalLog(tx);
};

/** True when this transaction alone may sign until it ends. */
export const lockSigning = async (tx: Transaction): Promise<boolean> =>
  (await tx.sql`select pg_try_advisory_xact_lock(hashtext('countersign.sign')) as mine`)[0]?.mine === true;

/** The position of an event: its index, the leaf hash that was sealed, and its epoch. */
export const findPosition = async (
  db: Database,
  id: string,
  receivedAt: string,
): Promise<{ epoch: number; index: number; hash: Uint8Array } | undefined> => {
  type Found = { epoch: number; index: number; hash: Uint8Array };
  const inBatches = (near: boolean) => db.sql<Found[]>`
    select b.epoch, (b.first_index + p.n - 1)::float8 as index, substring(b.hashes from (p.n::int - 1) * 32 + 1 for 32) as hash
    from ledger_batch b cross join lateral (select array_position(b.ids, ${id}::uuid) as n) p
    where b.min_id <= ${id} and b.max_id >= ${id} and p.n is not null
      and (not ${near} or b.sealed_at between ${receivedAt}::timestamptz - interval '1 minute' and ${receivedAt}::timestamptz + interval '1 hour')
    order by b.epoch, b.first_index limit 1`;
  // Most are sealed within seconds; an event of an outage, or of another clock, is looked for everywhere.
  return (await inBatches(true))[0] ?? (await inBatches(false))[0];
};

/** Public keys that were ever used, oldest first. */
export const listLedgerKeys = async (
  db: Database,
): Promise<{ vkey: string; kind: string; addedAt: string; retiredAt: string | null }[]> => [
  ...(await db.sql<{ vkey: string; kind: string; addedAt: string; retiredAt: string | null }[]>`
    select vkey, kind, ${db.sql.unsafe(iso("added_at"))} as "addedAt", ${db.sql.unsafe(iso("retired_at"))} as "retiredAt"
    from ledger_key order by added_at, vkey`),
];

/** True when the key was not known before. */
export const addLedgerKey = async (
  db: Database,
  { vkey, kind, at }: { vkey: string; kind: "log" | "receipt" | "witness"; at: string },
): Promise<boolean> =>
  (
    await db.sql`insert into ledger_key (vkey, kind, added_at) values (${vkey}, ${kind}, ${at}) on conflict (vkey) do nothing returning vkey`
  ).length > 0;

/** Holds back everybody else who would make the first key. */
export const lockKeys = async (tx: Transaction): Promise<void> => {
  await tx.sql`select pg_advisory_xact_lock(hashtext('countersign.ledger-keys'))`;
};

const nameKey = "ledger.origin";

/** The name of the log, which its checkpoints and its keys carry. */
export const logName = async (db: Database): Promise<string> => {
  const [row] = await db.sql<{ value: string }[]>`select value from system_config where key = ${nameKey}`;
  if (row === undefined) throw new Error("the log has no name; migrate the database");
  return row.value;
};

/** Names a log that has no key yet; false when it has one, and with it a name for ever. */
export const nameLog = async (db: Database, name: string): Promise<boolean> =>
  (
    await db.sql`update system_config set value = ${JSON.stringify(name)}, updated_at = now()
      where key = ${nameKey} and not exists (select from ledger_key) returning key`
  ).length > 0;

/** A log that was rolled back goes on in a new epoch; the first is 1. */
export const currentEpoch = async (db: Database): Promise<number> =>
  Number((await db.sql`select coalesce(max(epoch), 1) as epoch from ledger_batch`)[0]?.epoch);

/** What stands of cosignatures under a checkpoint: lines to put below its note. */
export const cosignatureLines = async (db: Database, epoch: number, size: number): Promise<string[]> =>
  (
    await db.sql<{ line: string }[]>`
      select line from ledger_cosignature where epoch = ${epoch} and size = ${size} order by witness`
  ).map(({ line }) => line);

/** How many events are stored and have no position yet. */
export const countUnsealed = async (db: Database): Promise<number> =>
  Number((await db.sql`select coalesce(sum(cardinality(ids)), 0)::int as count from ledger_pending`)[0]?.count);

export type VerificationRun = {
  id: number;
  startedAt: string;
  finishedAt: string | null;
  fromIndex: number;
  done: number;
  total: number;
  ok: boolean | null;
  report: unknown;
  startedBy: string;
  /** The name of the user who asked for it. */
  startedByName: string | null;
};

/** The newest verifications first, at most `limit`. */
export const listVerifications = async (db: Database, limit: number): Promise<VerificationRun[]> => [
  ...(await db.sql<VerificationRun[]>`
    select id::int as id, ${db.sql.unsafe(iso("started_at"))} as "startedAt", ${db.sql.unsafe(iso("finished_at"))} as "finishedAt",
      from_index::float8 as "fromIndex", done::float8 as done, total::float8 as total, ok, report, started_by as "startedBy",
      (select name from users where id = substring(started_by from '^user:([0-9]{1,9})$')::int) as "startedByName"
    from ledger_verification order by id desc limit ${limit}`),
];

/** Drops checkpoints older than 7 days but the last of each hour and the last in it that a witness signed; answers how many. */
export const thinCheckpoints = async (db: Database): Promise<number> =>
  Number((await db.sql`select thin_checkpoints(clock_timestamp()) as gone`)[0]?.gone);
