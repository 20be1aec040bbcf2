import type { EventFilter } from "@countersign/audit/event-filter";
import type { LogRow } from "@countersign/audit/ledger/check-row";
import { uuid7Floor } from "@countersign/audit/uuid7";
import { iso } from "./answered-columns.ts";
import type { Database, Sql } from "./client.ts";
import { containing } from "./like.ts";

/** A row as it is answered: times in milliseconds, and without the salt, which is asked for alone. */
export type EventRow = Omit<LogRow, "salt">;

const columns = (sql: Sql) => sql`id, policy, code, category, severity, status,
  ${sql.unsafe(iso("occurred_at"))} as "occurredAt",
  ${sql.unsafe(iso("received_at"))} as "receivedAt",
  actor_type as "actorType", actor_id as "actorId", object_type as "objectType", object_id as "objectId",
  target_type as "targetType", target_id as "targetId", request_method as "requestMethod", endpoint,
  request_id as "requestId", source, approval_id as "approvalId", leaf, leaf_hash as "leafHash", details`;

const conditions = (sql: Sql, filter: EventFilter, cursor: string | null) => {
  const parts = [sql`true`];
  const oneOf = (column: string, values: readonly string[] | undefined): void => {
    if (values !== undefined && values.length > 0) parts.push(sql`${sql(column)} in ${sql(values as string[])}`);
  };
  const equal = (column: string, value: string | undefined): void => {
    if (value !== undefined) parts.push(sql`${sql(column)} = ${value}`);
  };
  oneOf("code", filter.codes);
  oneOf("category", filter.categories);
  oneOf("severity", filter.severities);
  oneOf("status", filter.statuses);
  equal("actor_type", filter.actorType);
  equal("actor_id", filter.actorId);
  equal("object_type", filter.objectType);
  equal("object_id", filter.objectId);
  if (filter.fromMs !== undefined) parts.push(sql`id >= ${uuid7Floor(filter.fromMs)}`);
  if (filter.toMs !== undefined) parts.push(sql`id < ${uuid7Floor(filter.toMs)}`);
  if (cursor !== null) parts.push(sql`id < ${cursor}`);
  if (filter.text !== undefined) {
    const pattern = containing(filter.text);
    parts.push(sql`(select normalize(concat_ws(e'\n', d->'labels'->>'actor', d->'labels'->>'object', d->'labels'->>'target',
      d->>'notes', d->>'errorMessage', d->>'objectDescription')) from (select details::jsonb as d) as parsed) ilike ${pattern}`);
  }
  return parts.reduce((all, part) => sql`${all} and ${part}`);
};

/** What opens an event's commitment to its details; null when both were erased, or there is no such event. */
export const findSalt = async (db: Database, id: string): Promise<Uint8Array | null> =>
  (await db.sql<{ salt: Uint8Array | null }[]>`select salt from event_log where id = ${id}`)[0]?.salt ?? null;

/** Newest first, at most `limit` rows (1..200), strictly before `cursor` (an event id); null starts at the end. */
export const listEvents = async (
  db: Database,
  filter: EventFilter,
  cursor: string | null,
  limit: number,
): Promise<EventRow[]> => [
  ...(await db.sql<EventRow[]>`
    select ${columns(db.sql)} from event_log where ${conditions(db.sql, filter, cursor)} order by id desc limit ${limit}`),
];

export const findEvent = async (db: Database, id: string): Promise<EventRow | undefined> =>
  (await db.sql<EventRow[]>`select ${columns(db.sql)} from event_log where id = ${id} limit 1`)[0];

/** Whether an actor of this type and id ever acted. */
export const hasActed = async (db: Database, type: string, id: string): Promise<boolean> =>
  (await db.sql`select from event_log where actor_id = ${id} and actor_type = ${type} limit 1`).length > 0;
