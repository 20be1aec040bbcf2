import { type AlertEvent, type RuleDefinition, unjudgedCodes } from "@countersign/audit/alerts/rule";
import type { Severity } from "@countersign/audit/catalogue";
import { uuid7Floor } from "@countersign/audit/uuid7";
import type { Database } from "./client.ts";
import { type Condition, conditions } from "./event-conditions.ts";
import { spanOf } from "./positions.ts";

/** Ids that callers choose may be this old, and this far ahead. */
const idsBehindMs = 7 * 86_400_000;
const idsAheadMs = 5 * 60_000;

type Row = {
  id: string;
  atMs: number;
  code: string;
  severity: string;
  actorType: string;
  actorId: string | null;
  objectType: string | null;
  objectId: string | null;
  actorLabel: string | null;
  objectLabel: string | null;
  ip: string | null;
  rows: number | null;
};

/** What a rule judges is the time of receipt: what happened when is told by whoever sends it. */
const columns = (
  sql: Database["sql"],
) => sql`id, round(extract(epoch from received_at) * 1000)::float8 as "atMs", code, severity,
  actor_type as "actorType", actor_id as "actorId", object_type as "objectType", object_id as "objectId",
  details::jsonb#>>'{labels,actor}' as "actorLabel", details::jsonb#>>'{labels,object}' as "objectLabel", details::jsonb->>'ip' as ip,
  case when jsonb_typeof(details::jsonb#>'{metadata,count}') = 'number' then (details::jsonb#>'{metadata,count}')::float8 end as rows`;

const eventOf = (row: Row): AlertEvent => ({
  id: row.id,
  atMs: row.atMs,
  code: row.code,
  severity: row.severity as Severity,
  actor: { type: row.actorType, id: row.actorId, label: row.actorLabel },
  object:
    row.objectType === null || row.objectId === null
      ? null
      : { type: row.objectType, id: row.objectId, label: row.objectLabel },
  ip: row.ip,
  rows: row.rows,
});

const judged = (sql: Database["sql"]): Condition => sql`code not in ${sql(unjudgedCodes as string[])}`;

/** Those of some events that a rule judges, in the order of the ids. */
export const alertEventsOf = async (
  db: Database,
  { filter }: Pick<RuleDefinition, "filter">,
  ids: readonly string[],
): Promise<AlertEvent[]> => {
  if (ids.length === 0) return [];
  const { minId, maxId } = spanOf(ids);
  const rows = await db.sql<Row[]>`
    select ${columns(db.sql)}
    from unnest(${`{${ids.join(",")}}`}::text::uuid[]) with ordinality as wanted (event_id, nth) join event_log on id = event_id
    where id between ${minId} and ${maxId} and ${judged(db.sql)} and ${conditions(db.sql, filter, null)} order by wanted.nth`;
  return rows.map(eventOf);
};

type Range = { fromMs: number; toMs: number };

const listWhere = async (
  db: Database,
  where: Condition,
  { fromMs, toMs }: Range,
  limit: number,
  order: Condition = db.sql`received_at, id`,
): Promise<AlertEvent[]> => {
  const rows = await db.sql<Row[]>`
    select ${columns(db.sql)} from event_log
    where id >= ${uuid7Floor(fromMs - idsBehindMs)} and id < ${uuid7Floor(toMs + idsAheadMs)}
      and received_at >= ${new Date(fromMs).toISOString()} and received_at < ${new Date(toMs).toISOString()}
      and ${judged(db.sql)} and ${where}
    order by ${order} limit ${limit}`;
  return rows.map(eventOf);
};

/** What a rule would judge of a range, in the order of receipt, at most `limit`. */
export const listAlertEvents = (
  db: Database,
  { filter }: Pick<RuleDefinition, "filter">,
  range: Range,
  limit: number,
): Promise<AlertEvent[]> => listWhere(db, conditions(db.sql, filter, null), range, limit);

/** The newest of them, in the same order. */
export const listNewestAlertEvents = async (
  db: Database,
  { filter }: Pick<RuleDefinition, "filter">,
  range: Range,
  limit: number,
): Promise<AlertEvent[]> => {
  const newestFirst = db.sql`received_at desc, id desc`;
  return (await listWhere(db, conditions(db.sql, filter, null), range, limit, newestFirst)).reverse();
};

/** What the storing statement would have picked out of a range as it is set now: see `alert_due`. */
export const listAtOnceEvents = (db: Database, range: Range, limit: number): Promise<AlertEvent[]> =>
  listWhere(
    db,
    db.sql`(severity = 'critical' or code in (select code from event_types where notify))
      and not (status = 'failed' and starts_with(details, '{"errorCode":"invalid_input"'))
      and not (code = 'sys_channel_changed' and status = 'success' and not starts_with(details, '{"changes"'))`,
    range,
    limit,
  );
