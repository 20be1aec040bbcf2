import { iso } from "./answered-columns.ts";
import { arrayTypes } from "./array-types.ts";
import type { Database } from "./client.ts";
import type { SkipReason } from "./retention-months.ts";
import type { Transaction } from "./transaction.ts";

export type ManifestState = "planned" | "signed" | "archived" | "detached" | "dropped" | "skipped";

/** What one month of one policy held in one epoch, as it is told in its event. `month` is `2026-11`. */
export type Manifest = {
  id: string;
  runId: number;
  policy: string;
  month: string;
  partition: string;
  epoch: number;
  first: number;
  last: number;
  count: number;
  rows: number;
  bytes: number;
  holdsSeen: number;
  eventId: string;
  state: ManifestState;
  reason: SkipReason | null;
  archive: { leaves: string; leavesSha256: string; details: string; detailsSha256: string } | null;
  plannedAt: string;
  endedAt: string | null;
};

export type Contents = { bitmap: Uint8Array; bitmapSha256: Uint8Array; root: Uint8Array; leaf: string };

const columns = `id, run_id::float8 as "runId", policy, to_char(month, 'YYYY-MM') as month, partition, epoch,
  first_index::float8 as first, last_index::float8 as last, count::float8 as count, rows::float8 as rows, bytes::float8 as bytes,
  holds_seen::float8 as "holdsSeen", event_id as "eventId", state, reason,
  case when leaves_sha256 is not null then json_build_object('leaves', leaves_file, 'leavesSha256', encode(leaves_sha256, 'hex'),
    'details', details_file, 'detailsSha256', encode(details_sha256, 'hex')) end as archive,
  ${iso("planned_at")} as "plannedAt", ${iso("ended_at")} as "endedAt"`;

type NewManifest = Omit<Manifest, "state" | "reason" | "archive" | "endedAt"> & Contents;

export const insertManifest = async (tx: Transaction, manifest: NewManifest): Promise<void> => {
  const { id, runId, policy, month, partition, epoch, first, last, count, rows, bytes, holdsSeen, eventId, plannedAt } =
    manifest;
  await tx.sql`
    insert into retention_manifest (id, run_id, policy, month, partition, epoch, first_index, last_index, count, rows, bytes, bitmap,
      bitmap_sha256, root, holds_seen, event_id, leaf, state, planned_at)
    values (${id}, ${runId}, ${policy}, ${`${month}-01`}, ${partition}, ${epoch}, ${first}, ${last}, ${count}, ${rows}, ${bytes},
      ${manifest.bitmap}, ${manifest.bitmapSha256}, ${manifest.root}, ${holdsSeen}, ${eventId}, ${manifest.leaf}, 'planned', ${plannedAt})`;
};

/** Manifests of months that are neither dropped nor skipped, in the order in which they were planned. */
export const openManifests = async (db: Database): Promise<Manifest[]> => [
  ...(await db.sql<Manifest[]>`
    select ${db.sql.unsafe(columns)} from retention_manifest where ended_at is null order by planned_at, id limit 10000`),
];

/** Manifests of these runs, oldest months first. */
export const manifestsOf = async (db: Database, fromRun: number, toRun: number): Promise<Manifest[]> => [
  ...(await db.sql<Manifest[]>`
    select ${db.sql.unsafe(columns)} from retention_manifest where run_id between ${fromRun} and ${toRun}
    order by month, policy, epoch limit 10000`),
];

export const findManifest = async (db: Database, id: string): Promise<Manifest | undefined> =>
  (await db.sql<Manifest[]>`select ${db.sql.unsafe(columns)} from retention_manifest where id = ${id}`)[0];

export const readContents = async (db: Database, id: string): Promise<Contents> => {
  const [row] = await db.sql<Contents[]>`
    select bitmap, bitmap_sha256 as "bitmapSha256", root, leaf from retention_manifest where id = ${id}`;
  if (row === undefined) throw new Error(`there is no manifest ${id}`);
  return row;
};

/** What was removed of the months that a span touches, by the newest run that did; `first` and `last` are months. */
export type RemovedMonths = { runId: number; count: number; first: string; last: string; at: string };
/** A month out of which a run removed events, `2026-11`. */
export type RemovedMonth = { month: string; runId: number };

type Span = { fromMs: number; toMs: number };

/** The dropped months that a span touches; with codes, those under their policies. */
const droppedIn = ({ sql }: Database, { fromMs, toMs }: Span, codes: readonly string[]) => sql`state = 'dropped'
  and month < ${new Date(toMs).toISOString()}::timestamptz at time zone 'UTC'
  and month + interval '1 month' > ${new Date(fromMs).toISOString()}::timestamptz at time zone 'UTC'
  ${codes.length === 0 ? sql`` : sql`and policy in (select policy from event_types where code in ${sql(codes as string[])})`}`;

/** With codes, only what was removed under their policies. */
export const removedBetween = async (
  db: Database,
  span: Span,
  codes: readonly string[] = [],
): Promise<RemovedMonths | null> => {
  const [row] = await db.sql<RemovedMonths[]>`
    select run_id::float8 as "runId", sum(count)::float8 as count, to_char(min(month), 'YYYY-MM') as first,
      to_char(max(month), 'YYYY-MM') as last, ${db.sql.unsafe(iso("max(ended_at)"))} as at
    from retention_manifest where ${droppedIn(db, span, codes)} group by run_id order by run_id desc limit 1`;
  return row ?? null;
};

/** Months of a time out of which retention removed events, oldest first, with each run that did; with codes, events under their policies. */
export const removedMonths = async (
  db: Database,
  span: Span,
  codes: readonly string[] = [],
): Promise<RemovedMonth[]> => [
  ...(await db.sql<RemovedMonth[]>`
    select distinct to_char(month, 'YYYY-MM') as month, run_id::float8 as "runId" from retention_manifest
    where ${droppedIn(db, span, codes)} order by 1, 2 limit 10000`),
];

export const markSigned = async (db: Database, id: string, at: string): Promise<void> => {
  await db.sql`update retention_manifest set state = 'signed', signed_at = ${at} where id = ${id} and state = 'planned'`;
};

type ArchivedFiles = { leaves: string; leavesSha256: Uint8Array; details: string; detailsSha256: Uint8Array };

/** Notes where the archive of a month is; null when none is wanted. */
export const markArchived = async (
  db: Database,
  id: string,
  at: string,
  files: ArchivedFiles | null,
): Promise<void> => {
  await db.sql`update retention_manifest set state = 'archived', archived_at = ${at}, leaves_file = ${files?.leaves ?? null},
    leaves_sha256 = ${files?.leavesSha256 ?? null}, details_file = ${files?.details ?? null}, details_sha256 = ${files?.detailsSha256 ?? null}
    where id = ${id} and state = 'signed'`;
};

/** Gives up removing a month that is still in the log. */
export const skipMonth = async (db: Database, partition: string, reason: SkipReason, at: string): Promise<void> => {
  await db.sql`update retention_manifest set state = 'skipped', reason = ${reason}, ended_at = ${at}
    where partition = ${partition} and state in ('planned', 'signed', 'archived')`;
};

/** Those of these manifests whose months stayed in the log after all. */
export const skippedAmong = async (db: Database, ids: readonly string[]): Promise<string[]> =>
  (
    await db.sql<{ id: string }[]>`
      select id from retention_manifest where state = 'skipped' and id = any(${arrayTypes.uuids.serialize(ids)}::text::uuid[])`
  ).map(({ id }) => id);

/** Lets no month be taken out of the log until the transaction ends: for whoever reads much of it and must not miss any. */
export const lockReading = async (tx: Transaction): Promise<void> => {
  await tx.sql`select pg_advisory_xact_lock_shared(hashtext('countersign.log-reads'))`;
};

/** False when somebody reads the log at length; else nobody begins to until the transaction ends. */
export const lockRemoving = async (tx: Transaction): Promise<boolean> =>
  (await tx.sql`select pg_try_advisory_xact_lock(hashtext('countersign.log-reads')) as mine`)[0]?.mine === true;

/** Takes a month out of the log; answers for how many milliseconds its policy was locked. Throws 55P03 when others are faster. */
export const detachMonth = async (tx: Transaction, partition: string): Promise<number> =>
  Number((await tx.sql`select detach_month(${partition}) as ms`)[0]?.ms);

/** Lets this transaction read a detached month by its own name. */
export const openMonth = async (tx: Transaction, partition: string): Promise<void> => {
  await tx.sql`select open_month(${partition})`;
};

export const dropMonth = async (tx: Transaction, partition: string): Promise<void> => {
  await tx.sql`select drop_month(${partition})`;
};

export const reattachMonth = async (tx: Transaction, partition: string, reason: SkipReason): Promise<void> => {
  await tx.sql`select reattach_month(${partition}, ${reason})`;
};

/** Drops a month in which there is nothing; false when there is something after all. */
export const dropEmptyMonth = async (db: Database, partition: string): Promise<boolean> =>
  (await db.sql`select drop_empty_month(${partition}) as gone`)[0]?.gone === true;
