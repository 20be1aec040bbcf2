import type { EventFilter } from "@countersign/audit/event-filter";
import { uuid7Floor } from "@countersign/audit/uuid7";
import { connect, type Database } from "@countersign/db/client";
import { codeCounts, countCodeDays, lastDayOfCodes, severityDays } from "@countersign/db/event-days";
import { type EventRow, listEvents } from "@countersign/db/events";
import { listEventsAround } from "@countersign/db/events-around";
import { countFacets, facetFields } from "@countersign/db/facets";
import { findObjectEvent, listObjectChanges, listObjectEvents } from "@countersign/db/object-events";
import { failedSignIns, newestRankings } from "@countersign/db/rankings";
import { listDoneTo, spanOfActs } from "@countersign/db/user-events";
import { explainEmptiness } from "../apps/api/src/domain/emptiness.ts";
import { readHistogram } from "../apps/api/src/domain/histogram.ts";
import { readLogPage } from "../apps/api/src/domain/log-page.ts";
import { figure, type Report, ratio } from "./results.ts";
import type { Scene } from "./scene.ts";
import type { Office } from "./stage.ts";

const sizes = { small: 100_000, middle: 1_000_000, large: 5_000_000 } as const;
type Size = keyof typeof sizes;
const sizeNames = Object.keys(sizes) as Size[];
const dayMs = 86_400_000;
const spanMs = 365 * dayMs;
const runs = 30;
const shown = 101;

/** Of the newest event, the one a reader opens first. */
const newestEvent = async (db: Database): Promise<EventRow> => {
  const [newest] = await listEvents(db, {}, null, 1);
  if (newest === undefined) throw new Error("the log is empty");
  return newest;
};

/**
 * Every query that a page makes of the log: newest rows, filters, one object, one person, deep pages, counts beside them, the
 * overview. Those of permits, documents and users alone do not know how long the log is.
 */
const queries = (now: number): Record<string, (db: Database) => Promise<unknown>> => {
  const days = (count: number): EventFilter => ({ fromMs: now - count * dayMs });
  const rows =
    (filter: EventFilter, cursor: string | null = null) =>
    (db: Database) =>
      readLogPage(db, filter, { cursor, limit: shown - 1 });
  const dates = (count: number) => ({
    from: new Date(now - count * dayMs).toISOString().slice(0, 10),
    to: new Date(now).toISOString().slice(0, 10),
  });
  const permit = { type: "permit", id: "41" };
  const ofPerson = { actors: ["user:7"] };
  return {
    newest: rows(days(7)),
    "deep page": rows(days(90), uuid7Floor(now - 60 * dayMs)),
    "by event": rows({ ...days(30), codes: ["permit_approve"] }),
    "by person": rows({ ...days(30), ...ofPerson }),
    "by object": rows({ ...days(90), objects: ["permit:41"] }),
    critical: rows({ ...days(90), severities: ["critical"] }),
    "not success": rows({ ...days(90), statuses: ["failed", "denied"] }),
    "without reads": rows({ ...days(7), not: { codes: ["permit_read"] } }),
    "by role": rows({ ...days(30), roles: ["Clerk"] }),
    "by network": rows({ ...days(7), networks: ["10.20.0.0/24"] }),
    "by source": rows({ ...days(7), sources: ["app"] }),
    "every event": rows({}),
    "text that is frequent": rows({ ...days(30), text: "counter 4" }),
    "history of an object": (db) => listObjectEvents(db, permit, { withTarget: true }, null, shown),
    "history, head": (db) =>
      Promise.all([
        findObjectEvent(db, permit, "oldest"),
        findObjectEvent(db, permit, { newestOf: ["permit_create"] }),
      ]),
    "history, changes": (db) => listObjectChanges(db, permit, null, shown),
    "around an event, its object": async (db) => listEventsAround(db, await newestEvent(db), "object", 10),
    "around an event, its request": async (db) => listEventsAround(db, await newestEvent(db), "request", 10),
    "around an event, its actor": async (db) => listEventsAround(db, await newestEvent(db), "actor", 10),
    "done to a person": (db) => listDoneTo(db, "7", null, shown),
    "a person's first and last act": (db) => spanOfActs(db, "7"),
    "why nothing was found": (db) =>
      explainEmptiness(db, { ...days(7), codes: ["role_delete"], ...ofPerson }, () => true, now),
    facets: (db) => countFacets(db, days(30), facetFields, { most: 10 }),
    "facets of a person": (db) => countFacets(db, { ...days(365), ...ofPerson }, facetFields, { most: 10 }),
    "histogram of 7 days": (db) => readHistogram(db, days(7), now),
    "histogram of 90 days": (db) => readHistogram(db, days(90), now),
    "histogram of a person": (db) => readHistogram(db, { ...days(365), ...ofPerson }, now),
    "overview, days": (db) => severityDays(db, dates(35)),
    "overview, types": (db) => codeCounts(db, dates(7)),
    "overview, rankings": newestRankings,
    "overview, latest": (db) =>
      Promise.all([
        listEvents(db, { ...days(28), severities: ["critical"] }, null, 6),
        listEvents(
          db,
          { ...days(28), categories: ["permit", "document", "user", "role", "system", "report"] },
          null,
          9,
        ),
      ]),
    "overview, failed sign-ins": (db) => failedSignIns(db, now - 7 * dayMs),
    "catalogue, last seen": lastDayOfCodes,
    "catalogue, 30 days": (db) => countCodeDays(db, dates(30).from),
  };
};

/** Permit 41 has a two-hundredth of all events and person 7 an eighth, so that a page or a count of theirs is full at any size. */
const object = "case when n % 200 = 0 then 41 else n::bigint * 7919 % 5000 end";
const person = "case when n % 8 = 0 then 7 else n % 40 end";

/** Lets the log grow to so many events, evenly over the year before now, as a busy office would leave them. */
const growTo = async ({ admin }: Office, now: number, from: number, to: number): Promise<void> => {
  const { sql } = admin;
  await sql`select ensure_partition(policy, ${new Date(now).toISOString()}::timestamptz - make_interval(months => ago))
    from retention_policy, generate_series(0, 12) as ago`;
  const step = 250_000;
  for (let first = from; first < to; first += step) {
    const last = Math.min(first + step, to);
    await sql.unsafe(`
      set statement_timeout = 0;
      insert into event_log (id, policy, code, category, severity, status, occurred_at, received_at, actor_type, actor_id,
        object_type, object_id, target_type, target_id, request_method, endpoint, request_id, source, leaf, leaf_hash, details, salt)
      select (lpad(to_hex(ms), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0') || '8' || lpad(to_hex(n), 15, '0'))::uuid,
        policy, code, case when code = 'user_login' then 'user' else 'permit' end, severity,
        case when n % 40 = 0 then 'failed' when n % 151 = 0 then 'denied' else 'success' end,
        to_timestamp(ms / 1000.0), to_timestamp(ms / 1000.0), 'user', ${person}::text, 'permit', ${object}::text,
        case when n % 100 = 1 then 'user' end, case when n % 100 = 1 then '7' end,
        'POST', '/trpc/permits', 'r_' || n, 'app', repeat('x', 200), '\\x00', '{"ip":"10.20.0.' || n % 250 || '","labels":{"actor":"Person ' ||
        ${person} || '","object":"P-2026-' || lpad((${object})::text, 6, '0') || '"},"notes":"counter ' || n % 9 || '","roles":["Clerk"]}', '\\x00'
      from (
        select n, ${now - spanMs} + ((n::bigint * 104729 % ${to}) * ${spanMs} / ${to})::bigint as ms,
          (array['permit_read','permit_read','permit_update','permit_approve','permit_create','user_login','permit_delete'])[1 + n % 7] as code,
          (array['read','read','change','decision','change','session','decision'])[1 + n % 7] as policy,
          (array['info','info','medium','high','low','info','critical'])[1 + n % 7] as severity
        from generate_series(${first}, ${last - 1}) as n
      ) as made`);
  }
  await sql.unsafe(`
    set statement_timeout = 0;
    delete from event_day;
    insert into event_day (day, code, severity, status, shard, count)
    select (received_at at time zone 'UTC')::date, code, severity, status, 0, count(*) from event_log group by 1, 2, 3, 4;
    analyze event_log; analyze event_day`);
};

/** The 95th of a hundred times, in milliseconds. */
const p95 = async (db: Database, query: (db: Database) => Promise<unknown>): Promise<number> => {
  const times: number[] = [];
  await query(db);
  for (let run = 0; run < runs; run++) {
    const since = performance.now();
    await query(db);
    times.push(performance.now() - since);
  }
  times.sort((one, other) => one - other);
  return times[Math.ceil(runs * 0.95) - 1] ?? Number.NaN;
};

/** What every query of a page takes in a log of 100 000, of a million and of five million events. */
export const pageQueries = async ({ stage, tell }: Scene): Promise<Report> => {
  const office = await stage.office("office_queried");
  const now = Date.now();
  const asked = queries(now);
  const db = connect(office.urls.api, { name: "page queries", max: 4, statementTimeoutMs: 30_000 });
  const times = new Map(Object.keys(asked).map((name) => [name, {} as Record<Size, number>]));
  try {
    let before = 0;
    for (const size of sizeNames) {
      await growTo(office, now, before, sizes[size]);
      before = sizes[size];
      for (const [name, query] of Object.entries(asked)) {
        const ms = await p95(db, query);
        Object.assign(times.get(name) ?? {}, { [size]: ms });
      }
      tell(`  ${sizes[size].toLocaleString("en")} events measured`);
    }
  } finally {
    await db.end(2);
  }
  return {
    results: [...times].flatMap(([name, round]) => [
      figure("P5", `${name}, 5 M events, p95`, "ms", [round], "large"),
      ratio("P5", `${name}, 5 M ÷ 100 k`, { atMost: 1.5 }, [round], ({ large, small }) => large / small),
    ]),
    notes: [
      `P5: ${runs} runs each, 95th percentile, one after the other on one log that grows: 100 000, 1 000 000, 5 000 000 events of one year. What is asked for fills a page at every size, and counts of a person reach their bound of 10 000 and 20 000; failed sign-ins and history without a bound do not. Below 5 ms a ratio says little.`,
    ],
  };
};
