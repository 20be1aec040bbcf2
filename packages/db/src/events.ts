import { type EventFilter, type EventLists, splitReference } from "@countersign/audit/event-filter";
import type { LogRow } from "@countersign/audit/ledger/check-row";
import { uuid7Time } from "@countersign/audit/uuid7";
import { iso } from "./answered-columns.ts";
import type { Database, Sql } from "./client.ts";
import { conditions, newestFirst } from "./event-conditions.ts";
import { spanOf } from "./positions.ts";

/** A row as it is answered: times in milliseconds, and without the salt, which is asked for alone. */
export type EventRow = Omit<LogRow, "salt">;

/** The columns of an `EventRow`, read from `event_log`. */
export const eventColumns = (sql: Sql) => sql`id, policy, code, category, severity, status,
  ${sql.unsafe(iso("occurred_at"))} as "occurredAt",
  ${sql.unsafe(iso("received_at"))} as "receivedAt",
  actor_type as "actorType", actor_id as "actorId", object_type as "objectType", object_id as "objectId",
  target_type as "targetType", target_id as "targetId", request_method as "requestMethod", endpoint,
  request_id as "requestId", source, approval_id as "approvalId", leaf, leaf_hash as "leafHash", details`;

/** What opens an event's commitment to its details; null when both were erased, or there is no such event. */
export const findSalt = async (db: Database, id: string): Promise<Uint8Array | null> =>
  (await db.sql<{ salt: Uint8Array | null }[]>`select salt from event_log where id = ${id}`)[0]?.salt ?? null;

const newestSpansMs = [3_600_000, 86_400_000];

const says = (
  filter: EventFilter | undefined,
  ...names: ("text" | "actorId" | "objectId" | keyof EventLists)[]
): boolean => names.some((name) => filter?.[name]?.length);

/** Whether matching rows are found only by looking at the others as well: no index leads to them, or the details decide. */
export const isLookedFor = (filter: EventFilter): boolean => {
  const { fromMs: _from, toMs: _to, not, ...wanted } = filter;
  const isNarrow = [...Object.values(wanted), ...Object.values(not ?? {})].some((one) => one?.length);
  // The index of targets holds those with an id alone.
  const targets = wanted.targets?.every((target) => splitReference(target).id !== null) ? wanted.targets : [];
  const isLed = targets.length > 0 || says(filter, "codes", "actors", "objects", "actorId", "objectId");
  return isNarrow && (!isLed || says(filter, "text", "roles", "networks") || says(not, "roles", "networks"));
};

/** The end of what is looked at, in milliseconds since 1970. */
export const endOf = (filter: EventFilter, cursor: string | null): number =>
  cursor === null ? Math.min(filter.toMs ?? Number.POSITIVE_INFINITY, Date.now()) : uuid7Time(cursor);

/** Times from which on to look, the last one that of the filter: none but that when an index leads to what matches. */
const lookFrom = (filter: EventFilter, cursor: string | null): (number | undefined)[] => {
  const { fromMs } = filter;
  if (!isLookedFor(filter)) return [fromMs];
  const end = endOf(filter, cursor);
  return [...newestSpansMs.map((span) => end - span).filter((from) => from > (fromMs ?? 0)), fromMs];
};

/** The rows of one statement, newest first, at most `limit`, strictly before `cursor`. */
export const listRows = async (
  db: Database,
  filter: EventFilter,
  cursor: string | null,
  limit: number,
): Promise<EventRow[]> => [
  ...(await db.sql<EventRow[]>`
    select ${eventColumns(db.sql)} from ${newestFirst(db.sql, filter, cursor)} limit ${limit}`),
];

/**
 * Newest first, at most `limit` rows (1..200), strictly before `cursor` (an event id); null starts at the end. What no index
 * leads to is looked for in the newest hour and day first: a month in which nothing matches is read to the end of the range.
 */
export const listEvents = async (
  db: Database,
  filter: EventFilter,
  cursor: string | null,
  limit: number,
): Promise<EventRow[]> => {
  let rows: EventRow[] = [];
  for (const fromMs of lookFrom(filter, cursor)) {
    rows = await listRows(db, { ...filter, fromMs }, cursor, limit);
    if (rows.length >= limit) break;
  }
  return rows;
};

/** The oldest event that is kept, by the time in its id, in milliseconds since 1970; null when there is none. */
export const oldestEventMs = async (db: Database): Promise<number | null> => {
  const [oldest] = await db.sql<{ id: string }[]>`select id from event_log order by id limit 1`;
  return oldest === undefined ? null : uuid7Time(oldest.id);
};

/** Those of some events that match, in the order of the ids, at most `limit`; `nth` counts from 1 where each stands among the ids. */
export const listEventsOf = async (
  db: Database,
  filter: EventFilter,
  ids: readonly string[],
  limit: number,
): Promise<(EventRow & { nth: number })[]> => {
  if (ids.length === 0) return [];
  const { minId, maxId } = spanOf(ids);
  return [
    ...(await db.sql<(EventRow & { nth: number })[]>`
      select wanted.nth::int as nth, ${eventColumns(db.sql)}
      from unnest(${`{${ids.join(",")}}`}::text::uuid[]) with ordinality as wanted (event_id, nth) join event_log on id = event_id
      where id between ${minId} and ${maxId} and ${conditions(db.sql, filter, null)} order by wanted.nth limit ${limit}`),
  ];
};

export const findEvent = async (db: Database, id: string): Promise<EventRow | undefined> =>
  (await db.sql<EventRow[]>`select ${eventColumns(db.sql)} from event_log where id = ${id} limit 1`)[0];

/** Whether an actor of this type and id ever acted. */
export const hasActed = async (db: Database, type: string, id: string): Promise<boolean> =>
  (await db.sql`select from event_log where actor_id = ${id} and actor_type = ${type} limit 1`).length > 0;

/** Whether an event of a type has an id of this or later. */
export const hasEventSince = async (db: Database, code: string, fromId: string): Promise<boolean> =>
  (await db.sql`select from event_log where code = ${code} and id >= ${fromId} limit 1`).length > 0;
