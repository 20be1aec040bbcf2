import { iso } from "./answered-columns.ts";
import type { Database } from "./client.ts";
import type { SkipReason } from "./retention-months.ts";
import type { Transaction } from "./transaction.ts";

export type Skipped = { policy: string; month: string; reason: SkipReason };

export type RetentionRun = {
  id: number;
  state: "asked" | "running" | "done" | "failed";
  startedBy: string;
  startedAt: string;
  endedAt: string | null;
  partitions: number;
  rows: number;
  bytes: number;
  held: number;
  longestLockMs: number;
  skipped: readonly Skipped[];
  error: string | null;
};

const columns = `id::float8 as id, state, started_by as "startedBy", ${iso("started_at")} as "startedAt", ${iso("ended_at")} as "endedAt",
  partitions, rows::float8 as rows, bytes::float8 as bytes, held::float8 as held, longest_lock_ms as "longestLockMs", skipped, error`;

/** The newest runs first, before `cursor`, at most `limit`. */
export const listRuns = async (db: Database, cursor: number | null, limit: number): Promise<RetentionRun[]> => [
  ...(await db.sql<RetentionRun[]>`
    select ${db.sql.unsafe(columns)} from retention_run where ${cursor}::bigint is null or id < ${cursor}::bigint order by id desc limit ${limit}`),
];

/** The run that is asked for or under way. */
export const openRun = async (db: Database): Promise<RetentionRun | undefined> =>
  (await db.sql<RetentionRun[]>`select ${db.sql.unsafe(columns)} from retention_run where ended_at is null limit 1`)[0];

/** A time that a wrong clock wrote must not hold up runs until it has come. */
const isPast = "started_at < clock_timestamp() + interval '2 minutes'";

/** When the last run began that came to an end, and when the log got its first leaf; null of what never was. */
export const lastRuns = async (db: Database): Promise<{ startedAt: string | null; firstSealedAt: string | null }> => {
  const [row] = await db.sql<{ startedAt: string | null; firstSealedAt: string | null }[]>`
    select (select ${db.sql.unsafe(iso("max(started_at)"))} from retention_run where state = 'done' and ${db.sql.unsafe(isPast)}) as "startedAt",
      (select ${db.sql.unsafe(iso("min(sealed_at)"))} from ledger_batch) as "firstSealedAt"`;
  return row ?? { startedAt: null, firstSealedAt: null };
};

/** When the last run of the schedule began, however it ended. */
export const lastScheduled = async (db: Database): Promise<string | null> =>
  (
    await db.sql<{ at: string | null }[]>`
      select ${db.sql.unsafe(iso("max(started_at)"))} as at from retention_run where started_by = 'worker' and ${db.sql.unsafe(isPast)}`
  )[0]?.at ?? null;

/** Asks for a run, or begins one; undefined when one is open already. */
export const insertRun = async (
  db: Database,
  { state, startedBy, at }: { state: "asked" | "running"; startedBy: string; at: string },
): Promise<RetentionRun | undefined> =>
  (
    await db.sql<RetentionRun[]>`
      insert into retention_run (state, started_by, started_at) values (${state}, ${startedBy}, ${at})
      on conflict do nothing returning ${db.sql.unsafe(columns)}`
  )[0];

export const beginRun = async (db: Database, id: number, at: string): Promise<void> => {
  await db.sql`update retention_run set state = 'running', started_at = ${at} where id = ${id} and state = 'asked'`;
};

/** Adds to what a run has done. */
export const countInRun = async (
  db: Database,
  id: number,
  {
    partitions = 0,
    rows = 0,
    bytes = 0,
    held = 0,
    lockMs = 0,
  }: { partitions?: number; rows?: number; bytes?: number; held?: number; lockMs?: number },
): Promise<void> => {
  await db.sql`update retention_run set partitions = partitions + ${partitions}, rows = rows + ${rows}, bytes = bytes + ${bytes},
    held = held + ${held}, longest_lock_ms = greatest(longest_lock_ms, ${lockMs}::float8) where id = ${id}`;
};

export const noteSkipped = async (db: Database, id: number, skipped: Skipped): Promise<void> => {
  const list = JSON.stringify([skipped]);
  await db.sql`update retention_run set skipped = skipped || ${list}::text::jsonb where id = ${id} and not skipped @> ${list}::text::jsonb`;
};

export const endRun = async (db: Database, id: number, at: string, error: string | null): Promise<RetentionRun> => {
  const [run] = await db.sql<RetentionRun[]>`
    update retention_run set state = ${error === null ? "done" : "failed"}, ended_at = ${at}, error = ${error} where id = ${id}
    returning ${db.sql.unsafe(columns)}`;
  if (run === undefined) throw new Error(`there is no run ${id}`);
  return run;
};

/** True when this transaction alone may apply retention until it ends. It may be idle meanwhile. */
export const lockRetention = async (tx: Transaction): Promise<boolean> => {
  await tx.sql`set local idle_in_transaction_session_timeout = 0`;
  return (await tx.sql`select pg_try_advisory_xact_lock(hashtext('countersign.retention')) as mine`)[0]?.mine === true;
};
