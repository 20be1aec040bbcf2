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
  (part: "actor" | "object" | "target") =>
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
  targets: referredBy("target"),
  roles: (sql, values) =>
    sql`exists (select from jsonb_array_elements_text(details::jsonb->'roles') as role where role in ${sql(values as string[])})`,
  networks: (sql, values) =>
    sql`(${any(
      sql,
      values.map((value) => sql`(details::jsonb->>'ip')::inet <<= ${value}::inet`),
    )})`,
  sources: oneOf("source"),
};
const listNames = Object.keys(lists) as (keyof EventLists)[];
const isInDetails = (name: keyof EventLists): boolean => name === "roles" || name === "networks";

const all = (sql: Sql, parts: readonly Condition[]): Condition =>
  parts.reduce((before, part) => sql`${before} and ${part}`, sql`true`);

const listParts = (sql: Sql, filter: EventFilter, names: readonly (keyof EventLists)[]): Condition[] =>
  names.flatMap((name) => {
    const wanted = filter[name] ?? [];
    const unwanted = filter.not?.[name] ?? [];
    return [
      ...(wanted.length > 0 ? [lists[name](sql, wanted)] : []),
      // What a row does not have at all, it does not have.
      ...(unwanted.length > 0 ? [sql`(${lists[name](sql, unwanted)}) is not true`] : []),
    ];
  });

/** What of a filter is held against columns, and the place where to go on. */
const columnParts = (sql: Sql, filter: EventFilter, cursor: string | null): Condition[] => {
  const equal = (column: string, value: string | undefined): Condition[] =>
    value === undefined ? [] : [sql`${sql(column)} = ${value}`];
  return [
    ...listParts(
      sql,
      filter,
      listNames.filter((name) => !isInDetails(name)),
    ),
    ...equal("actor_type", filter.actorType),
    ...equal("actor_id", filter.actorId),
    ...equal("object_type", filter.objectType),
    ...equal("object_id", filter.objectId),
    ...equal("request_id", filter.requestId),
    ...(filter.fromMs === undefined ? [] : [sql`id >= ${uuid7Floor(filter.fromMs)}`]),
    ...(filter.toMs === undefined ? [] : [sql`id < ${uuid7Floor(filter.toMs)}`]),
    ...(cursor === null ? [] : [sql`id < ${cursor}`]),
  ];
};

/** What of a filter is read out of the details of each row that is looked at. */
const detailParts = (sql: Sql, filter: EventFilter): Condition[] => {
  const parts = listParts(sql, filter, listNames.filter(isInDetails));
  if (filter.text === undefined) return parts;
  const pattern = containing(filter.text);
  return [
    ...parts,
    sql`(select normalize(concat_ws(e'\n', d->'labels'->>'actor', d->'labels'->>'object', d->'labels'->>'target',
      d->>'notes', d->>'errorMessage', d->>'objectDescription')) from (select details::jsonb as d) as parsed) ilike ${pattern}`,
  ];
};

/** The rows of the log that a filter leaves, strictly before `cursor` (an event id). */
export const conditions = (sql: Sql, filter: EventFilter, cursor: string | null = null): Condition =>
  all(sql, [...columnParts(sql, filter, cursor), ...detailParts(sql, filter)]);

/**
 * `from` and `where` of the same rows, newest first. PostgreSQL takes any condition on details for a rare one and would
 * read the whole range to sort what is left: behind the fence of OFFSET it walks from the newest and stops when it has enough.
 */
export const newestFirst = (sql: Sql, filter: EventFilter, cursor: string | null): Condition => {
  const details = detailParts(sql, filter);
  const columns = all(sql, columnParts(sql, filter, cursor));
  if (details.length === 0) return sql`event_log where ${columns} order by id desc`;
  return sql`(select * from event_log where ${columns} order by id desc offset 0) as newest where ${all(sql, details)} order by id desc`;
};
