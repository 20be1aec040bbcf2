import type { EventFilter } from "@countersign/audit/event-filter";
import type { Sha256 } from "@countersign/audit/json";
import { utf8 } from "@countersign/audit/utf8";
import { iso } from "./answered-columns.ts";
import { arrayTypes } from "./array-types.ts";
import type { Database } from "./client.ts";
import { conditions } from "./event-conditions.ts";
import { spanOf } from "./positions.ts";
import type { erasureStates } from "./schema/erasure.ts";
import type { Transaction } from "./transaction.ts";

/** One erasure as it is told of. Times are ISO 8601 UTC; `idsHash` is base64. */
export type Erasure = {
  id: string;
  /** The user whose personal parts go; null when a query alone chose the events. */
  subjectId: string | null;
  /** The same, and for one that completes another, the user of that. */
  about: string | null;
  byQuery: boolean;
  basis: string;
  reason: string;
  count: number;
  idsHash: string;
  requestedAt: string;
  /** `user:7`, `worker` or `restore`. */
  requestedBy: string;
  requestedByName: string | null;
  follows: string | null;
  eventId: string | null;
  doneEventId: string | null;
  state: (typeof erasureStates)[number];
  heldBy: string | null;
  /** What kept it from going on when it was last tried. */
  problem: string | null;
  startedAt: string | null;
  doneAt: string | null;
  accountRemoved: boolean;
  archives: number;
  /** How many events are done with, and how many of them were gone with their month before. */
  ended: number;
  gone: number;
};

const uuids = (ids: readonly string[]): string => arrayTypes.uuids.serialize(ids);

/** What a manifest says of its list: SHA-256 of the ids in their order, each followed by a newline. */
export const idsHashOf = (ids: readonly string[], sha256: Sha256): Uint8Array =>
  sha256(utf8(ids.map((id) => `${id}\n`).join("")));

/** Events of somebody that still have details, by id in order, at most `limit`: in the log, in the outbox, set aside. */
export const eventsAbout = async (db: Database, userId: string, limit: number): Promise<string[]> =>
  (await db.sql<{ id: string }[]>`select id from events_about('user', ${userId}, ${limit}) as about (id)`).map(
    ({ id }) => id,
  );

/** Events of the log that match and still have details, by id in order, at most `limit`. */
export const eventsMatching = async (db: Database, filter: EventFilter, limit: number): Promise<string[]> =>
  (
    await db.sql<{ id: string }[]>`
      select id from event_log where details is not null and ${conditions(db.sql, filter)} order by id limit ${limit}`
  ).map(({ id }) => id);

/** Users with an account who are actor or object of some events, those that are not inactive first, at most `limit`. */
export const personsIn = async ({ sql }: Database, ids: readonly string[], limit: number): Promise<number[]> => {
  if (ids.length === 0) return [];
  const { minId, maxId } = spanOf(ids);
  const of = (part: "actor" | "object") => sql`select ${sql(`${part}_id`)} from event_log
    where id between ${minId} and ${maxId} and id = any(${uuids(ids)}::text::uuid[]) and ${sql(`${part}_type`)} = 'user'`;
  const rows = await sql<{ id: number }[]>`
    with named (id) as materialized (${of("actor")} union ${of("object")})
    select u.id::float8 as id from users u join named on named.id = u.id::text
    order by u.status = 'inactive' and not is_protected_user(u.id), u.id limit ${limit}`;
  return rows.map(({ id }) => id);
};

/** Codes of events that repeat what an alert said when it was raised. */
const repeatingCodes = ["sys_alert_acknowledged", "sys_notification_failed", "sys_channel_changed"];

/**
 * Events of the log that tell of an alert about some of these events, or about a user, whose own events may be gone by then;
 * by id in order.
 */
export const eventsRepeating = async (
  db: Database,
  ids: readonly string[],
  userId: string | null,
  limit: number,
): Promise<string[]> => {
  if (ids.length === 0 && userId === null) return [];
  const group = userId === null ? null : `user:${userId}`;
  const first = group === null ? (ids[0] ?? "") : "00000000-0000-0000-0000-000000000000";
  const rows = await db.sql<{ id: string }[]>`
    with wanted as materialized (select unnest(${uuids(ids)}::text::uuid[]) as id),
    grouped as materialized (select id::text as alert from alerts where group_value = ${group} and group_by in ('actor', 'object')),
    raised as materialized (
      select e.id, told->>'alert' as alert, told->>'headline' as headline
      from event_log e cross join lateral (select e.details::jsonb->'metadata') as parsed (told)
      where e.code = 'sys_alert_raised' and e.id >= ${first} and e.details is not null and (told->>'group' = ${group}
        or told->>'alert' in (select alert from grouped)
        or exists (select from jsonb_array_elements_text(told->'events') as named (id) join wanted on wanted.id = named.id::uuid))
    )
    select id from raised union
    select e.id from event_log e join raised r
        on e.details::jsonb #>> '{metadata,alert}' = r.alert and e.details::jsonb #>> '{metadata,headline}' = r.headline
      where e.code in ${db.sql(repeatingCodes)} and e.id >= ${first} and e.details is not null
    order by id limit ${limit}`;
  return rows.map(({ id }) => id);
};

/** Whether a request by somebody or about them waits for a decision. */
export const hasOpenRequests = async (db: Database, userId: string): Promise<boolean> =>
  (await db.sql`select has_open_requests(${userId}) as open`)[0]?.open === true;

/** How many events of the log somebody stands in with details, by role; each is counted up to `limit`. */
export const countEventsAbout = async (
  { sql }: Database,
  userId: string,
  limit: number,
): Promise<{ actor: number; object: number; target: number }> => {
  const countOf = (part: string) => sql`(select count(*)::int from (select from event_log
    where ${sql(`${part}_type`)} = 'user' and ${sql(`${part}_id`)} = ${userId} and details is not null limit ${limit}) as found)`;
  const [row] = await sql<{ actor: number; object: number; target: number }[]>`
    select ${countOf("actor")} as actor, ${countOf("object")} as object, ${countOf("target")} as target`;
  return row ?? { actor: 0, object: 0, target: 0 };
};

/** The last name under which somebody stands in the log, for an account that is gone. */
export const lastLabelOf = async ({ sql }: Database, userId: string): Promise<string | null> => {
  const labelOf = (
    part: "actor" | "object",
  ) => sql`(select details::jsonb #>> ${`{labels,${part}}`}::text::text[] from event_log
    where ${sql(`${part}_type`)} = 'user' and ${sql(`${part}_id`)} = ${userId} and details like '%"labels":%' order by id desc limit 1)`;
  const [row] = await sql<
    { label: string | null }[]
  >`select coalesce(${labelOf("actor")}, ${labelOf("object")}) as label`;
  return row?.label ?? null;
};

export type NewErasure = Pick<
  Erasure,
  "id" | "subjectId" | "byQuery" | "basis" | "reason" | "requestedAt" | "requestedBy"
> & { follows?: string | undefined; ids: readonly string[]; idsHash: Uint8Array };

/** Records an erasure with its list; 23505 when one of the same person is not done yet. */
export const insertErasure = async (tx: Transaction, erasure: NewErasure): Promise<void> => {
  const { id, subjectId, byQuery, basis, reason, requestedAt, requestedBy, follows = null, ids, idsHash } = erasure;
  await tx.sql`
    insert into erasure (id, subject_id, by_query, basis, reason, count, ids_hash, requested_at, requested_by, follows)
    values (${id}, ${subjectId}, ${byQuery}, ${basis}, ${reason}, ${ids.length}, ${idsHash}, ${requestedAt}, ${requestedBy}, ${follows})`;
  await tx.sql`insert into erasure_event (erasure_id, event_id) select ${id}::uuid, unnest(${uuids(ids)}::text::uuid[])`;
};

const columns = `e.id, e.subject_id as "subjectId",
  coalesce(e.subject_id, (select first.subject_id from erasure first where first.id = e.follows)) as about, e.by_query as "byQuery", e.basis, e.reason, e.count,
  encode(e.ids_hash, 'base64') as "idsHash", ${iso("e.requested_at")} as "requestedAt", e.requested_by as "requestedBy",
  (select u.name from users u where 'user:' || u.id = e.requested_by) as "requestedByName", e.follows,
  e.event_id as "eventId", e.done_event_id as "doneEventId", e.state, e.held_by as "heldBy", case when e.state <> 'done' then e.problem end as problem,
  ${iso("e.started_at")} as "startedAt", ${iso("e.done_at")} as "doneAt", e.account_removed as "accountRemoved", e.archives,
  (select count(*)::int from erasure_event x where x.erasure_id = e.id and x.outcome is not null) as ended,
  (select count(*)::int from erasure_event x where x.erasure_id = e.id and x.outcome = 'gone') as gone`;

/** The newest first, at most `limit`, those before `cursor` (an id). */
export const listErasures = async (db: Database, cursor: string | null, limit: number): Promise<Erasure[]> => [
  ...(await db.sql<Erasure[]>`
    select ${db.sql.unsafe(columns)} from erasure e where ${cursor}::uuid is null or e.id < ${cursor}::uuid
    order by e.id desc limit ${limit}`),
];

export const findErasure = async (db: Database, id: string): Promise<Erasure | undefined> =>
  (await db.sql<Erasure[]>`select ${db.sql.unsafe(columns)} from erasure e where e.id = ${id}`)[0];

/** Erasures that are not done, oldest first. */
export const openErasures = async (db: Database): Promise<Erasure[]> => [
  ...(await db.sql<Erasure[]>`
    select ${db.sql.unsafe(columns)} from erasure e where state <> 'done' order by e.id limit 20`),
];

/** Whether an erasure of this user waits or is under way: then the account stays as it is. */
export const isBeingErased = async (db: Database, userId: number): Promise<boolean> =>
  (await db.sql`select from erasure where subject_id = ${String(userId)} and state <> 'done'`).length > 0;

/** The ids of an erasure in their order. */
export const listErased = async (db: Database, erasureId: string): Promise<string[]> =>
  (
    await db.sql<{ id: string }[]>`
      select event_id as id from erasure_event where erasure_id = ${erasureId} order by event_id`
  ).map(({ id }) => id);

/** Under which erasure the details of an event went, if they did. */
export const erasureOf = async (
  db: Database,
  eventId: string,
): Promise<Pick<Erasure, "id" | "basis" | "requestedAt" | "eventId"> | undefined> =>
  (
    await db.sql<Pick<Erasure, "id" | "basis" | "requestedAt" | "eventId">[]>`
      select e.id, e.basis, ${db.sql.unsafe(iso("e.requested_at"))} as "requestedAt", e.event_id as "eventId"
      from erasure_event x join erasure e on e.id = x.erasure_id
      where x.event_id = ${eventId} and x.outcome = 'erased' order by e.id limit 1`
  )[0];

/** Erasures that complete this one. */
export const erasuresAfter = async (db: Database, id: string): Promise<string[]> =>
  (await db.sql<{ id: string }[]>`select id from erasure where follows = ${id} order by id`).map((row) => row.id);
