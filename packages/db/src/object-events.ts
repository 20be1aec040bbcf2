import type { EventFilter } from "@countersign/audit/event-filter";
import type { Database, Sql } from "./client.ts";
import { conditions } from "./event-conditions.ts";
import { type EventRow, eventColumns } from "./events.ts";

export type ObjectKey = { type: string; id: string };

const asObject = (sql: Sql, { type, id }: ObjectKey) => sql`object_type = ${type} and object_id = ${id}`;
const asTarget = (sql: Sql, { type, id }: ObjectKey) => sql`target_type = ${type} and target_id = ${id}`;

/**
 * What happened to an object, newest first, at most `limit`, strictly before `cursor` (an event id): the events whose object it
 * is and, `withTarget`, those that name it as their target. Each half walks its own index.
 */
export const listObjectEvents = async (
  { sql }: Database,
  object: ObjectKey,
  { withTarget, ...filter }: EventFilter & { withTarget: boolean },
  cursor: string | null,
  limit: number,
): Promise<EventRow[]> => {
  const where = conditions(sql, filter, cursor);
  const own = sql`select ${eventColumns(sql)} from event_log where ${asObject(sql, object)} and ${where} order by id desc limit ${limit}`;
  if (!withTarget) return [...(await sql<EventRow[]>`${own}`)];
  const other = sql`select ${eventColumns(sql)} from event_log where ${asTarget(sql, object)} and ${where}
    and (object_type is distinct from ${object.type} or object_id is distinct from ${object.id}) order by id desc limit ${limit}`;
  return [
    ...(await sql<EventRow[]>`select * from ((${own}) union all (${other})) as events order by id desc limit ${limit}`),
  ];
};

/** What changed an object, newest first: its events that happened and whose details begin with changes, as canonical JSON does. */
export const listObjectChanges = async (
  { sql }: Database,
  object: ObjectKey,
  cursor: string | null,
  limit: number,
): Promise<EventRow[]> => [
  ...(await sql<EventRow[]>`select ${eventColumns(sql)} from event_log
    where ${asObject(sql, object)} and status = 'success' and details like '{"changes":%' and ${conditions(sql, {}, cursor)}
    order by id desc limit ${limit}`),
];

/** The oldest event of an object, or its newest of some codes. */
export const findObjectEvent = async (
  { sql }: Database,
  object: ObjectKey,
  which: "oldest" | { newestOf: readonly string[] },
): Promise<EventRow | undefined> => {
  if (which === "oldest") {
    return (
      await sql<
        EventRow[]
      >`select ${eventColumns(sql)} from event_log where ${asObject(sql, object)} order by id limit 1`
    )[0];
  }
  if (which.newestOf.length === 0) return undefined;
  return (
    await sql<EventRow[]>`select ${eventColumns(sql)} from event_log
    where ${asObject(sql, object)} and status = 'success' and code in ${sql(which.newestOf as string[])} order by id desc limit 1`
  )[0];
};
