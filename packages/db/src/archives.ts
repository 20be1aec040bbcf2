import type { JsonObject } from "@countersign/audit/json";
import { iso } from "./answered-columns.ts";
import { arrayTypes } from "./array-types.ts";
import type { Database } from "./client.ts";
import type { archiveTaskKinds } from "./schema/archive.ts";
import type { Transaction } from "./transaction.ts";

export type ArchiveTaskKind = (typeof archiveTaskKinds)[number];

export type ArchiveTask = {
  id: string;
  manifestId: string;
  kind: ArchiveTaskKind;
  requestedAt: string;
  requestedBy: string;
  /** Of loading and unloading, until that is over: then the event has it. */
  reason: string | null;
  endedAt: string | null;
  ok: boolean | null;
  report: JsonObject | null;
};

/** A month in the archive, with what was last done with it. `month` is `2026-11`. */
export type Archive = {
  manifestId: string;
  policy: string;
  month: string;
  count: number;
  removedAt: string | null;
  eventId: string;
  leavesFile: string;
  detailsFile: string;
  /** How many events stand in the log again, and since when. */
  loaded: { rows: number; at: string } | null;
  lastTask: Pick<ArchiveTask, "kind" | "requestedAt" | "requestedBy" | "endedAt" | "ok" | "report"> | null;
};

const taskColumns = `t.id, t.manifest_id as "manifestId", t.kind, ${iso("t.requested_at")} as "requestedAt",
  t.requested_by as "requestedBy", t.reason, ${iso("t.ended_at")} as "endedAt", t.ok, t.report`;

/** Months with an archive, the newest first, at most `limit`, those before `cursor` (a manifest's id). */
export const listArchives = async (db: Database, cursor: string | null, limit: number): Promise<Archive[]> => [
  ...(await db.sql<Archive[]>`
    select m.id as "manifestId", m.policy, to_char(m.month, 'YYYY-MM') as month, m.count::float8 as count,
      ${db.sql.unsafe(iso("m.ended_at"))} as "removedAt", m.event_id as "eventId", m.leaves_file as "leavesFile", m.details_file as "detailsFile",
      (select json_build_object('rows', r.rows, 'at', ${db.sql.unsafe(iso("r.loaded_at"))}) from restored_archive r where r.manifest_id = m.id) as loaded,
      (select to_jsonb(last) - 'reason' from (select ${db.sql.unsafe(taskColumns)} from archive_task t where t.manifest_id = m.id
        order by t.id desc limit 1) as last) as "lastTask"
    from retention_manifest m
    where m.leaves_file is not null and m.state <> 'skipped' and (${cursor}::uuid is null or m.id < ${cursor}::uuid)
    order by m.id desc limit ${limit}`),
];

/** Asks a worker; 23505 when something was asked of this archive before and is not over, 23503 when there is none. */
export const insertArchiveTask = async (
  db: Database,
  task: Pick<ArchiveTask, "id" | "manifestId" | "kind" | "requestedAt" | "requestedBy" | "reason">,
): Promise<void> => {
  const { id, manifestId, kind, requestedAt, requestedBy, reason } = task;
  await db.sql`insert into archive_task (id, manifest_id, kind, requested_at, requested_by, reason)
    values (${id}, ${manifestId}, ${kind}, ${requestedAt}, ${requestedBy}, ${reason})`;
};

/** What was asked for and is not over, oldest first. */
export const openArchiveTasks = async (db: Database): Promise<ArchiveTask[]> => [
  ...(await db.sql<ArchiveTask[]>`
    select ${db.sql.unsafe(taskColumns)} from archive_task t where ended_at is null order by id limit 20`),
];

export const endArchiveTask = async (
  db: Database,
  id: string,
  { at, ok, report }: { at: string; ok: boolean; report: object },
): Promise<void> => {
  await db.sql`update archive_task set ended_at = ${at}, ok = ${ok}, reason = null, report = ${JSON.stringify(report)}::text::jsonb where id = ${id}`;
};

export const isLoaded = async (db: Database, manifestId: string): Promise<boolean> =>
  (await db.sql`select from restored_archive where manifest_id = ${manifestId}`).length > 0;

export type ArchivedEvent = { leaf: string; leafHash: Uint8Array; details: string | null; salt: Uint8Array | null };

const bytes = (value: Uint8Array | null): string | null =>
  value === null ? null : `\\x${Buffer.from(value).toString("hex")}`;

/**
 * Puts archived events under the policy `restored`, their columns taken from the leaf as when they were first stored. They
 * are neither counted nor sealed again. Those that stand there are left.
 */
export const insertRestored = async (tx: Transaction, events: readonly ArchivedEvent[]): Promise<number> => {
  const texts = (list: readonly (string | null)[]) => arrayTypes.texts.serialize(list);
  const { count } = await tx.sql`
    insert into event_log (id, policy, code, category, severity, status, occurred_at, received_at, actor_type, actor_id,
      object_type, object_id, target_type, target_id, request_method, endpoint, request_id, source, approval_id,
      leaf, leaf_hash, details, salt)
    select (j->>'id')::uuid, 'restored', j->>'code', j->>'category', j->>'severity', j->>'status',
      coalesce(j->>'occurredAt', j->>'receivedAt')::timestamptz, (j->>'receivedAt')::timestamptz,
      j#>>'{actor,type}', j#>>'{actor,id}', j#>>'{object,type}', j#>>'{object,id}', j#>>'{target,type}', j#>>'{target,id}',
      j#>>'{request,method}', j#>>'{request,endpoint}', j#>>'{request,id}', j->>'source', j->>'approval',
      leaf, leaf_hash::bytea, details, salt::bytea
    from unnest(${texts(events.map(({ leaf }) => leaf))}::text::text[], ${texts(events.map(({ leafHash }) => bytes(leafHash)))}::text::text[],
      ${texts(events.map(({ details }) => details))}::text::text[], ${texts(events.map(({ salt }) => bytes(salt)))}::text::text[])
      as archived (leaf, leaf_hash, details, salt), lateral (select leaf::jsonb as j) as parsed
    on conflict do nothing`;
  return count;
};

/** Makes room for the events of a month. */
export const ensureRestored = async (db: Database, month: string): Promise<void> => {
  await db.sql`select ensure_partition('restored', ${`${month}-15T00:00:00Z`})`;
};

export const noteLoaded = async (tx: Transaction, manifestId: string, rows: number, at: string): Promise<void> => {
  await tx.sql`insert into restored_archive (manifest_id, rows, loaded_at) values (${manifestId}, ${rows}, ${at})`;
};

/** Takes it out again; answers how many events that were. */
export const unloadArchive = async (tx: Transaction, manifestId: string): Promise<number> =>
  Number((await tx.sql`select unload_archive(${manifestId}) as gone`)[0]?.gone);
