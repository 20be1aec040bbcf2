import type { EventFilter } from "@countersign/audit/event-filter";
import type { Database, Sql } from "./client.ts";

/** What the counts by day know of an event besides its day. */
export type DayFilter = Pick<EventFilter, "codes" | "severities" | "statuses"> & {
  not?: Pick<EventFilter, "codes" | "severities" | "statuses"> | undefined;
};

const columns = { codes: "code", severities: "severity", statuses: "status" } as const;

const conditions = (sql: Sql, filter: DayFilter) =>
  (Object.keys(columns) as (keyof typeof columns)[]).reduce((all, name) => {
    const [wanted = [], unwanted = []] = [filter[name], filter.not?.[name]];
    const some = wanted.length > 0 ? sql`${all} and ${sql(columns[name])} in ${sql(wanted as string[])}` : all;
    return unwanted.length > 0 ? sql`${some} and ${sql(columns[name])} not in ${sql(unwanted as string[])}` : some;
  }, sql`true`);

export type DayCount = { day: string; severity: string; count: number };

/** Events by UTC day of receiving and severity, from the roll-up, `from` to `to` (YYYY-MM-DD) inclusive; days without any are left out. */
export const countDays = async (
  db: Database,
  filter: DayFilter,
  { from, to }: { from: string; to: string },
): Promise<DayCount[]> => [
  ...(await db.sql<DayCount[]>`
    select day::text as day, severity, sum(count)::float8 as count from event_day
    where day between ${from} and ${to} and ${conditions(db.sql, filter)} group by 1, 2 order by 1, 2`),
];

/** Days are days in UTC, `YYYY-MM-DD`, both inclusive. */
export type DaySpan = { from: string; to: string };

export type SeverityDay = {
  day: string;
  severity: string;
  events: number;
  notSuccess: number;
  signInFailures: number;
};

/** The events of each day and severity, from the counts alone; days without events are absent. */
export const severityDays = async (db: Database, { from, to }: DaySpan): Promise<SeverityDay[]> => [
  ...(await db.sql<SeverityDay[]>`
    select day::text as day, severity, sum(count)::float8 as events,
      coalesce(sum(count) filter (where status <> 'success'), 0)::float8 as "notSuccess",
      coalesce(sum(count) filter (where code = 'user_login' and status in ('failed', 'denied')), 0)::float8
        as "signInFailures"
    from event_day where day between ${from} and ${to} group by 1, 2 order by 1, 2 limit 10000`),
];

export type CodeCount = { code: string; status: string; events: number };

/** How often each event type ended how, from the counts alone. */
export const codeCounts = async (db: Database, { from, to }: DaySpan): Promise<CodeCount[]> => [
  ...(await db.sql<CodeCount[]>`
    select code, status, sum(count)::float8 as events
    from event_day where day between ${from} and ${to} group by 1, 2 order by 3 desc, 1, 2 limit 1000`),
];
/** Events of one type received on one day (UTC). */
export type CodeDay = { code: string; day: string; count: number };

/** What the roll-up counted of each type and day since `fromDay` (YYYY-MM-DD, UTC), by code and day. Days without events are absent. */
export const countCodeDays = async (db: Database, fromDay: string): Promise<CodeDay[]> => [
  ...(await db.sql<CodeDay[]>`
    select code, to_char(day, 'YYYY-MM-DD') as day, sum(count)::float8 as count from event_day
    where day >= ${fromDay}::date group by 1, 2 order by 1, 2 limit 100000`),
];

/** The last day (UTC) on which an event of each type was received; a type without events is absent. */
export const lastDayOfCodes = async (db: Database): Promise<Map<string, string>> => {
  const rows = await db.sql<{ code: string; day: string }[]>`
    select t.code, to_char(d.day, 'YYYY-MM-DD') as day from event_types t
    cross join lateral (select day from event_day where code = t.code order by day desc limit 1) as d limit 10000`;
  return new Map(rows.map(({ code, day }) => [code, day]));
};

/** How many acts of each type were not kept since `fromDay`, because the type was switched off. */
export const countSuppressed = async (db: Database, fromDay: string): Promise<Map<string, number>> => {
  const rows = await db.sql<{ code: string; count: number }[]>`
    select code, sum(count)::float8 as count from suppressed_day where day >= ${fromDay}::date group by 1 limit 10000`;
  return new Map(rows.map(({ code, count }) => [code, count]));
};
