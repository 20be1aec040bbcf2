import type { Database } from "./client.ts";
import { type EventRow, eventColumns } from "./events.ts";

/** What others did to a user, as the object of an act or its target: newest first, strictly before `cursor` (an event id), at most `limit`. */
export const listDoneTo = async (
  db: Database,
  userId: string,
  cursor: string | null,
  limit: number,
): Promise<EventRow[]> => {
  const { sql } = db;
  const before = cursor === null ? sql`true` : sql`id < ${cursor}`;
  const byOthers = sql`(actor_type <> 'user' or actor_id is distinct from ${userId})`;
  // Each half walks its own index and stops after `limit` rows; together they would be sorted whole.
  const ids = (part: "object" | "target") => sql`
    (select id from event_log where ${sql(`${part}_type`)} = 'user' and ${sql(`${part}_id`)} = ${userId}
      and ${before} and ${byOthers} order by id desc limit ${limit})`;
  return [
    ...(await sql<EventRow[]>`
      select ${eventColumns(sql)} from event_log where id in (${ids("object")} union ${ids("target")})
      order by id desc limit ${limit}`),
  ];
};

export type Span = { first: EventRow; last: EventRow };

/** The first and the last act of a user; undefined when the log holds none. */
export const spanOfActs = async (db: Database, userId: string): Promise<Span | undefined> => {
  const end = (direction: "asc" | "desc") => db.sql<EventRow[]>`
    select ${eventColumns(db.sql)} from event_log where actor_id = ${userId} and actor_type = 'user'
    order by id ${db.sql.unsafe(direction)} limit 1`;
  const [[first], [last]] = await Promise.all([end("asc"), end("desc")]);
  return first === undefined || last === undefined ? undefined : { first, last };
};

export type FirstSignIn = { ip: string; eventId: string };

/** Each address that a user signed in from with the first sign-in from there, the latest such first: at most 1,000, of the newest 10,000 sign-ins. */
export const firstSignIns = async (db: Database, userId: string): Promise<FirstSignIn[]> => [
  ...(await db.sql<FirstSignIn[]>`
    with newest as (select id, details::json as d from event_log
      where object_type = 'user' and object_id = ${userId} and code = 'user_login' and status = 'success'
      order by id desc limit 10000)
    select d->>'ip' as ip, min(id::text) as "eventId" from newest
    where d->>'ip' is not null and d#>>'{metadata,again}' is null
    group by d->>'ip' order by min(id::text) desc limit 1000`),
];
