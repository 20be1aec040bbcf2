import { uuid7Floor } from "@countersign/audit/uuid7";
import { iso } from "./answered-columns.ts";
import type { Database } from "./client.ts";

/** How many of the newest rows a ranking looks at. */
const rankedRows = 10_000;

export type Ranked = { type: string; id: string; label: string | null; events: number };
export type Rankings = { rows: number; since: string | null; actors: Ranked[]; objects: Ranked[] };

const shown = 8;

/** Who acted most and what was acted on most in the newest 10 000 events, with the newest name of each. */
export const newestRankings = async (db: Database): Promise<Rankings> => {
  const [row] = await db.sql<Rankings[]>`
    with newest as materialized (
      select id, received_at, code, actor_type, actor_id, object_type, object_id
      from event_log order by id desc limit ${rankedRows}
    ), actors as (
      select actor_type as type, actor_id as id, count(*)::int as events, max(id::text)::uuid as last
      from newest where actor_id is not null group by 1, 2 order by 3 desc, 1, 2 limit ${shown}
    ), objects as (
      select object_type as type, object_id as id, count(*)::int as events, max(id::text)::uuid as last
      from newest where object_id is not null and code not in ('audit_view_logs', 'user_login', 'user_logout')
      group by 1, 2 order by 3 desc, 1, 2 limit ${shown}
    )
    select (select count(*)::int from newest) as rows,
      (select ${db.sql.unsafe(iso("min(received_at)"))} from newest) as since,
      coalesce((select json_agg(json_build_object('type', r.type, 'id', r.id, 'events', r.events, 'label',
        (select details::json->'labels'->>'actor' from event_log where id = r.last)) order by r.events desc, r.id) from actors r), '[]') as actors,
      coalesce((select json_agg(json_build_object('type', r.type, 'id', r.id, 'events', r.events, 'label',
        (select details::json->'labels'->>'object' from event_log where id = r.last)) order by r.events desc, r.id) from objects r), '[]') as objects`;
  return row ?? { rows: 0, since: null, actors: [], objects: [] };
};

export type FailedSignIn = { ip: string; events: number; last: string };

/** The addresses of failed sign-ins since a time, at most the newest 10 000 of them; at most 1000 addresses, most failures first. */
export const failedSignIns = async (db: Database, sinceMs: number): Promise<FailedSignIn[]> => [
  ...(await db.sql<FailedSignIn[]>`
    with newest as materialized (
      select received_at, details from event_log
      where code = 'user_login' and status in ('failed', 'denied') and id >= ${uuid7Floor(sinceMs)} order by id desc limit ${rankedRows}
    )
    select details::json->>'ip' as ip, count(*)::int as events, ${db.sql.unsafe(iso("max(received_at)"))} as last
    from newest where details::json->>'ip' is not null
    group by 1 order by 2 desc, 1 limit 1000`),
];
