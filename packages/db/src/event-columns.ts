import type { LogRow } from "@countersign/audit/ledger/check-row";
import type postgres from "postgres";
import { iso } from "./answered-columns.ts";
import type { Sql } from "./client.ts";
import { containing } from "./like.ts";

/** A row as it is answered: times in milliseconds, and without the salt, which is asked for alone. */
export type EventRow = Omit<LogRow, "salt">;

/** A piece of a query. */
export type Fragment = postgres.PendingQuery<postgres.Row[]>;

export const eventColumns = (sql: Sql) => sql`id, policy, code, category, severity, status,
  ${sql.unsafe(iso("occurred_at"))} as "occurredAt",
  ${sql.unsafe(iso("received_at"))} as "receivedAt",
  actor_type as "actorType", actor_id as "actorId", object_type as "objectType", object_id as "objectId",
  target_type as "targetType", target_id as "targetId", request_method as "requestMethod", endpoint,
  request_id as "requestId", source, approval_id as "approvalId", leaf, leaf_hash as "leafHash", details`;

/** Whether a text stands in the labels, notes, message or description of an event, whatever its case. */
export const holdsText = (sql: Sql, text: string) =>
  sql`(select normalize(concat_ws(e'\n', d->'labels'->>'actor', d->'labels'->>'object', d->'labels'->>'target',
    d->>'notes', d->>'errorMessage', d->>'objectDescription')) from (select details::jsonb as d) as parsed) ilike ${containing(text)}`;
