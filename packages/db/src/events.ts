import { type EventFilter, type EventLists, splitReference } from "@countersign/audit/event-filter";
import type { LogRow } from "@countersign/audit/ledger/check-row";
import { uuid7Time } from "@countersign/audit/uuid7";
import { iso } from "./answered-columns.ts";
import type { Database, Sql } from "./client.ts";
import { conditions, newestFirst } from "./event-conditions.ts";
import { failureCode } from "./failures.ts";
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

const says = (
  filter: EventFilter | undefined,
  ...names: ("text" | "actorId" | "objectId" | keyof EventLists)[]
): boolean => names.some((name) => filter?.[name]?.length);

/** Whether matching rows are found only by looking at the others as well: no index leads to them, or the details decide. */
const isLookedFor = (filter: EventFilter): boolean => {
  const { fromMs: _from, toMs: _to, not, ...wanted } = filter;
  const isNarrow = [...Object.values(wanted), ...Object.values(not ?? {})].some((one) => one?.length);
  // The index of targets holds those with an id alone.
  const targets = wanted.targets?.every((target) => splitReference(target).id !== null) ? wanted.targets : [];
  const isLed = targets.length > 0 || says(filter, "codes", "actors", "objects", "actorId", "objectId");
  return isNarrow && (!isLed || says(filter, "text", "roles", "networks") || says(not, "roles", "networks"));
};

/** The end of what is looked at, in milliseconds since 1970. */
const endOf = (filter: EventFilter, cursor: string | null): number =>
  cursor === null ? Math.min(filter.toMs ?? Number.POSITIVE_INFINITY, Date.now()) : uuid7Time(cursor);

/** The rows of one statement, newest first, at most `limit`, strictly before `cursor`. */
const listRows = async (
  db: Database,
  filter: EventFilter,
  cursor: string | null,
  limit: number,
): Promise<EventRow[]> => [
  ...(await db.sql<EventRow[]>`
    select ${eventColumns(db.sql)} from ${newestFirst(db.sql, filter, cursor)} limit ${limit}`),
];

/** How long a walk may go on, by a clock in milliseconds. */
export type WalkBudget = { ms: number; clock: () => number };

const endless: WalkBudget = { ms: Number.POSITIVE_INFINITY, clock: () => performance.now() };
const firstSpanMs = 3_600_000;
/** A span is at most so many times the one before it. */
const fastestGrowth = 8;
/** Where nothing is older than the span, the walk ends at the start of the range. */
const longestSpanMs = 10 * 366 * 86_400_000;

/**
 * Newest first, at most `limit` rows strictly before `cursor`. What no index leads to is looked for span by span from the newest,
 * each sized by how long the one before it took; when the time is over, `reachedMs` says down to where all was looked at. Null:
 * to the end, or until there were enough. Throws 57014 when not even the newest hour could be read, and without a budget when
 * any span could not.
 */
export const walkEvents = async (
  db: Database,
  filter: EventFilter,
  cursor: string | null,
  limit: number,
  budget: WalkBudget | null,
): Promise<{ rows: EventRow[]; reachedMs: number | null }> => {
  if (!isLookedFor(filter)) return { rows: await listRows(db, filter, cursor, limit), reachedMs: null };
  const { ms, clock } = budget ?? endless;
  const startMs = clock();
  const endMs = endOf(filter, cursor);
  const rows: EventRow[] = [];
  let reachedMs = endMs;
  let spanMs = firstSpanMs;
  // Ids may claim a time after now: the first span is open above.
  let toMs = filter.toMs;
  for (;;) {
    const beganMs = clock();
    const isLast = reachedMs - spanMs <= (filter.fromMs ?? endMs - longestSpanMs);
    const fromMs = isLast ? filter.fromMs : Math.floor(reachedMs - spanMs);
    try {
      rows.push(...(await listRows(db, { ...filter, fromMs, toMs }, cursor, limit - rows.length)));
    } catch (error) {
      if (budget === null || failureCode(error) !== "57014" || reachedMs === endMs) throw error;
      return { rows, reachedMs };
    }
    if (isLast || fromMs === undefined || rows.length >= limit) return { rows, reachedMs: null };
    reachedMs = fromMs;
    toMs = fromMs;
    const nowMs = clock();
    const leftMs = ms - (nowMs - startMs);
    if (leftMs <= 0) return { rows, reachedMs };
    // Half of what is left, so that a denser span still ends in time.
    spanMs *= Math.min(fastestGrowth, Math.max(1 / fastestGrowth, leftMs / 2 / Math.max(nowMs - beganMs, 1)));
  }
};

/** Newest first, at most `limit` rows (1..200), strictly before `cursor` (an event id); null starts at the end. All or 57014. */
export const listEvents = async (
  db: Database,
  filter: EventFilter,
  cursor: string | null,
  limit: number,
): Promise<EventRow[]> => (await walkEvents(db, filter, cursor, limit, null)).rows;

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
