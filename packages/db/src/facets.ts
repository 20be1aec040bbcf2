import type { EventFilter, EventLists } from "@countersign/audit/event-filter";
import type { Database, Sql } from "./client.ts";
import { conditions } from "./event-conditions.ts";
import { containing } from "./like.ts";

/** Newest matching rows that counts are taken from: what bounds them whatever the size of the log. */
const countedRows = 10_000;

type Source = { value: string; label?: string; from?: string };

/** What each field's value and label are, in SQL over a row of the log; `d` is its details. */
const sources = {
  severity: { value: "severity" },
  status: { value: "status" },
  category: { value: "category" },
  code: { value: "code" },
  actor: { value: "concat_ws(':', actor_type, actor_id)", label: "d->'labels'->>'actor'" },
  role: { value: "role", from: "jsonb_array_elements_text(d->'roles') as role" },
  objectType: { value: "object_type" },
  object: { value: "object_type || ':' || object_id", label: "d->'labels'->>'object'" },
  target: { value: "target_type || ':' || target_id", label: "d->'labels'->>'target'" },
  source: { value: "source", label: "d->'labels'->>'source'" },
  network: { value: "d->>'ip'" },
} as const satisfies Record<string, Source>;

export type FacetField = keyof typeof sources;
export const facetFields = Object.keys(sources) as [FacetField, ...FacetField[]];

/** The list of a filter in which the values of a field are chosen. */
export const listOfField = {
  severity: "severities",
  status: "statuses",
  category: "categories",
  code: "codes",
  actor: "actors",
  role: "roles",
  objectType: "objects",
  object: "objects",
  target: "targets",
  source: "sources",
  network: "networks",
} as const satisfies Record<FacetField, keyof EventLists>;

export type FacetValue = { value: string; label: string | null; count: number };
export type Facet = { field: FacetField; values: FacetValue[]; others: number };
/** `counted` rows were looked at, the newest ones; older ones match, too, when `isCapped`. */
export type Facets = { facets: Facet[]; counted: number; isCapped: boolean };

type Row = FacetValue & { field: FacetField; values: number };

const valuesOf = (sql: Sql, field: FacetField, find: string | undefined, most: number) => {
  const { value, label = "null::text", from }: Source = sources[field];
  const among = from === undefined ? sql`found` : sql`found cross join lateral ${sql.unsafe(from)}`;
  const matching =
    find === undefined
      ? sql`true`
      : sql`normalize(coalesce(${sql.unsafe(label)}, ${sql.unsafe(value)})) ilike ${containing(find)}`;
  // The newest label counts: an id is called what it was called last.
  return sql`(select ${field} as field, ${sql.unsafe(value)} as value,
      (array_agg(${sql.unsafe(label)} order by id desc) filter (where ${sql.unsafe(label)} is not null))[1] as label,
      count(*)::int as count, (count(*) over ())::int as values
    from ${among} where ${sql.unsafe(value)} is not null and ${matching}
    group by 2 order by count desc, value limit ${most})`;
};

/**
 * The values of fields among the newest 10 000 events that match, the most frequent ones first, at most `most` of each and
 * how many more there are. With `find`, those whose label or value contains it.
 */
export const countFacets = async (
  db: Database,
  filter: EventFilter,
  fields: readonly FacetField[],
  { most, find }: { most: number; find?: string | undefined },
): Promise<Facets> => {
  const { sql } = db;
  const all = fields
    .map((field) => valuesOf(sql, field, find, most))
    .reduce((before, part) => sql`${before} union all select counts.*, -1 as total from (${part}) as counts`, sql``);
  const rows = await sql<(Row & { total: number })[]>`
    with found as materialized (
      select id, severity, status, category, code, actor_type, actor_id, object_type, object_id, target_type,
        target_id, source, details::jsonb as d
      from event_log where ${conditions(sql, filter)} order by id desc limit ${countedRows + 1}
    )
    select 'severity' as field, null as value, null as label, 0 as count, 0 as values, (select count(*) from found)::int as total ${all}`;
  const total = rows.find((row) => row.total >= 0)?.total ?? 0;
  const facets = fields.map((field): Facet => {
    const own = rows.filter((row) => row.field === field && row.total < 0);
    const values = own.map(({ value, label, count }) => ({ value, label, count }));
    return { field, values, others: Math.max(0, (own[0]?.values ?? 0) - values.length) };
  });
  return { facets, counted: Math.min(total, countedRows), isCapped: total > countedRows };
};

/** How many events match, counted up to `most`. */
export const countUpTo = async (db: Database, filter: EventFilter, most: number): Promise<number> => {
  const [row] = await db.sql<{ count: number }[]>`
    select count(*)::int as count from (select from event_log where ${conditions(db.sql, filter)} limit ${most}) as matching`;
  return row?.count ?? 0;
};

export type BarCount = { bar: number; severity: string; count: number };

/** The newest `most` matching events counted by bars of `stepMs` from `fromMs` on, and the time of the oldest one counted. */
export const countBars = async (
  db: Database,
  filter: EventFilter,
  { fromMs, stepMs, most }: { fromMs: number; stepMs: number; most: number },
): Promise<{ bars: BarCount[]; total: number; oldestMs: number | null }> => {
  const rows = await db.sql<(BarCount & { oldest: number })[]>`
    select floor((ms - ${fromMs}::float8) / ${stepMs}::float8)::int as bar, severity, count(*)::int as count, min(ms)::float8 as oldest
    from (
      select ('x' || translate(left(id::text, 13), '-', ''))::bit(48)::bigint as ms, severity
      from event_log where ${conditions(db.sql, filter)} order by id desc limit ${most}
    ) as newest group by 1, 2`;
  const total = rows.reduce((sum, { count }) => sum + count, 0);
  const oldestMs = rows.length === 0 ? null : Math.min(...rows.map(({ oldest }) => oldest));
  return { bars: rows.map(({ bar, severity, count }) => ({ bar, severity, count })), total, oldestMs };
};
