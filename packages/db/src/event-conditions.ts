import { type EventFilter, type EventLists, splitReference } from "@countersign/audit/event-filter";
import { uuid7Floor } from "@countersign/audit/uuid7";
import type postgres from "postgres";
import type { Sql } from "./client.ts";
import { containing } from "./like.ts";

export type Condition = postgres.PendingQuery<postgres.Row[]>;

const any = (sql: Sql, conditions: readonly Condition[]): Condition =>
  conditions.reduce((all, one) => sql`${all} or ${one}`, sql`false`);

const oneOf =
  (column: string) =>
  (sql: Sql, values: readonly string[]): Condition =>
    sql`${sql(column)} in ${sql(values as string[])}`;

/** References of one type are one condition, so that a single one stays a plain search in the index. */
const referredBy =
  (part: "actor" | "object") =>
  (sql: Sql, references: readonly string[]): Condition => {
    const idsOf = new Map<string, Set<string | null>>();
    for (const { type, id } of references.map(splitReference)) {
      idsOf.set(type, (idsOf.get(type) ?? new Set<string | null>()).add(id));
    }
    const conditions = [...idsOf].map(([type, ids]) => {
      const ofType = sql`${sql(`${part}_type`)} = ${type}`;
      const named = [...ids].filter((id) => id !== null);
      return ids.has(null) ? sql`(${ofType})` : sql`(${ofType} and ${sql(`${part}_id`)} in ${sql(named)})`;
    });
    const [only] = conditions;
    return conditions.length === 1 && only !== undefined ? only : sql`(${any(sql, conditions)})`;
  };

/** How each list is held against a row. What stands in the details is read from every row that the other conditions leave. */
const lists: Record<keyof EventLists, (sql: Sql, values: readonly string[]) => Condition> = {
  codes: oneOf("code"),
  categories: oneOf("category"),
  severities: oneOf("severity"),
  statuses: oneOf("status"),
  actors: referredBy("actor"),
  objects: referredBy("object"),
  roles: (sql, values) =>
    sql`exists (select from jsonb_array_elements_text(details::jsonb->'roles') as role where role in ${sql(values as string[])})`,
  networks: (sql, values) =>
    sql`(${any(
      sql,
      values.map((value) => sql`(details::jsonb->>'ip')::inet <<= ${value}::inet`),
    )})`,
  sources: oneOf("source"),
};
export const listNames = Object.keys(lists) as (keyof EventLists)[];

/** The rows of the log that a filter leaves, strictly before `cursor` (an event id). */
export const conditions = (sql: Sql, filter: EventFilter, cursor: string | null = null): Condition => {
  const parts = [sql`true`];
  for (const name of listNames) {
    const wanted = filter[name] ?? [];
    if (wanted.length > 0) parts.push(lists[name](sql, wanted));
    const unwanted = filter.not?.[name] ?? [];
    // What a row does not have at all, it does not have.
    if (unwanted.length > 0) parts.push(sql`(${lists[name](sql, unwanted)}) is not true`);
  }
  const equal = (column: string, value: string | undefined): void => {
    if (value !== undefined) parts.push(sql`${sql(column)} = ${value}`);
  };
  equal("actor_type", filter.actorType);
  equal("actor_id", filter.actorId);
  equal("object_type", filter.objectType);
  equal("object_id", filter.objectId);
  equal("request_id", filter.requestId);
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
