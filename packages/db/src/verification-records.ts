import type { Finding, FindingCode } from "@countersign/audit/ledger/findings";
import { iso } from "./answered-columns.ts";
import type { Database } from "./client.ts";

/** A finding with the epoch that it is of. */
export type LogFinding = Finding & { epoch: number };

/** What a verification says in the end. */
export type VerificationReport = {
  ok: boolean;
  /** `self_consistent`: the keys were taken from the database itself, so whoever can write everything could have made everything. */
  trust: "signed" | "self_consistent";
  epoch: number;
  /** The first index that was looked at. */
  from: number;
  size: number;
  /** Root of the whole tree, base64. */
  root: string;
  rootsMet: number;
  /** The newest signed checkpoint that the leaves made; what comes after it is sealed and not yet signed. */
  verified: { size: number; note: string } | null;
  /** Sizes of the notes that were kept outside of the database. */
  anchors: readonly number[];
  cosigned: { size: number; timeS: number } | null;
  counts: Record<FindingCode, number>;
  /** How many findings are not valid, and the first hundred of them. */
  found: number;
  findings: readonly LogFinding[];
};

type Request = { at: string; fromIndex: number; startedBy: string };

/** Notes that a verification begins, or, with nothing done of nothing, that one is asked for; answers its id. */
export const recordVerification = async (db: Database, { at, fromIndex, startedBy }: Request): Promise<number> =>
  Number(
    (
      await db.sql`insert into ledger_verification (started_at, from_index, done, total, started_by)
        values (${at}, ${fromIndex}, 0, 0, ${startedBy}) returning id::float8 as id`
    )[0]?.id,
  );

export const recordProgress = async (db: Database, id: number, done: number, total: number): Promise<void> => {
  await db.sql`update ledger_verification set done = ${done}, total = ${total} where id = ${id} and finished_at is null`;
};

/** Ends a verification with what it found, or, without a report, as one that did not come to its end. */
export const recordEnd = async (
  db: Database,
  id: number,
  at: string,
  report: VerificationReport | { stopped: true },
): Promise<void> => {
  const { ok, from, size } = "stopped" in report ? { ok: null, from: null, size: null } : report;
  await db.sql`update ledger_verification set finished_at = ${at}, ok = ${ok}, report = ${JSON.stringify(report)}::text::jsonb,
    from_index = coalesce(${from}::bigint, from_index), done = coalesce(${size}::bigint, done), total = coalesce(${size}::bigint, total)
    where id = ${id}`;
};

/** The checkpoint that the last verification without a finding came to; undefined when there was none in this epoch. */
export const lastVerified = async (
  db: Database,
  epoch: number,
): Promise<{ size: number; note: string; startedAt: string } | undefined> =>
  (
    await db.sql<{ size: number; note: string; startedAt: string }[]>`
      select (report#>>'{verified,size}')::float8 as size, report#>>'{verified,note}' as note, ${db.sql.unsafe(iso("started_at"))} as "startedAt"
      from ledger_verification
      where ok and (report->>'epoch')::int = ${epoch} and report#>>'{verified,note}' is not null order by id desc limit 1`
  )[0];

/** What was asked for and nobody began; the oldest first. */
export const requestedVerification = async (
  db: Database,
): Promise<{ id: number; fromIndex: number; startedBy: string } | undefined> =>
  (
    await db.sql<{ id: number; fromIndex: number; startedBy: string }[]>`
      select id::float8 as id, from_index::float8 as "fromIndex", started_by as "startedBy" from ledger_verification
      where finished_at is null and done = 0 and total = 0 and started_by like 'user:%' order by id limit 1`
  )[0];

/** Ends what a worker began and did not finish, for the one that now verifies in its place. */
export const endAbandoned = async (db: Database, at: string): Promise<void> => {
  await db.sql`update ledger_verification set finished_at = ${at}, report = '{"stopped": true}'
    where finished_at is null and (started_by = 'worker' or total > 0) and started_by <> 'cli'`;
};

/** When the last verification of a worker began, of any kind and of the whole log, and when the first leaf was sealed. */
export type Verified = { any: string | null; full: string | null; sealed: string | null };

export const lastVerifications = async (db: Database): Promise<Verified> => {
  const [row] = await db.sql<Verified[]>`
    select ${db.sql.unsafe(iso("max(started_at)"))} as any,
      ${db.sql.unsafe(iso("max(started_at) filter (where from_index = 0)"))} as full,
      (select ${db.sql.unsafe(iso("min(sealed_at)"))} from ledger_batch) as sealed
    from ledger_verification where started_by = 'worker' and (finished_at is null or ok is not null)`;
  return row ?? { any: null, full: null, sealed: null };
};
