import { afterAll, beforeAll, expect, test } from "vitest";
import { roleNames } from "./database-roles.ts";
import { grants } from "./grants.ts";
import { migrate } from "./migrate.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const verbs = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"] as const;

/** Every table that is no partition of another. */
const tables = async (): Promise<string[]> =>
  (
    await database.admin.sql`
      select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
      order by relname`
  ).map((row) => String(row.relname));

test("every table has a row in the record of rights", async () => {
  expect(await tables()).toEqual(Object.keys(grants).sort());
});

test.each(["api", "worker"] as const)(
  "the %s may do with each table what the record says and nothing else",
  async (role) => {
    const found: Record<string, string> = {};
    const wanted: Record<string, string> = {};
    for (const table of await tables()) {
      const rows = await database.admin.sql`
      select verb from unnest(${`{${verbs.join(",")}}`}::text::text[]) as verb
      where has_table_privilege(${roleNames[role]}, ${`public.${table}`}, verb)`;
      found[table] = rows.map((row) => String(row.verb).toLowerCase()).join(", ");
      const said = grants[table as keyof typeof grants][role].replace(/, \w+ \([^)]*\)/g, "");
      wanted[table] = verbs
        .map((verb) => verb.toLowerCase())
        .filter((verb) => said.split(", ").includes(verb))
        .join(", ");
    }
    expect(found).toEqual(wanted);
  },
);

test("the api sees of the outbox that and how long something waits, never what it says", async () => {
  await expect(database.api.sql`select id, kept_at, count from audit_outbox`).resolves.toEqual([]);
  await expect(database.api.sql`select leaves from audit_outbox`).rejects.toMatchObject({ code: "42501" });
});

test.each(["api", "worker"] as const)(
  "the %s can reach no partition directly, no other role and no program",
  async (role) => {
    const { sql } = database[role];
    const [part] = await database.admin
      .sql`select relname from pg_class where relname like 'event_log_read_%' and relkind = 'r' limit 1`;
    await expect(sql.unsafe(`select from ${part?.relname}`)).rejects.toMatchObject({ code: "42501" });
    await expect(sql.unsafe(`set role ${roleNames.owner}`)).rejects.toMatchObject({ code: "42501" });
    await expect(sql.unsafe(`set role ${roleNames[role === "api" ? "worker" : "api"]}`)).rejects.toMatchObject({
      code: "42501",
    });
    await expect(sql.unsafe("copy users to program 'cat'")).rejects.toMatchObject({ code: "42501" });
    await expect(sql.unsafe("create table mine (id int)")).rejects.toMatchObject({ code: "42501" });
  },
);

test("nobody changes the log: triggers refuse it even to a superuser, on every partition", async () => {
  const { sql } = database.admin;
  const parts = await sql`
    select c.relname from pg_class c join pg_inherits i on i.inhrelid = c.oid
    where c.relname like 'event_log%' and c.relkind in ('r', 'p')`;
  expect(parts.length).toBeGreaterThan(20);
  for (const table of ["event_log", ...parts.map((row) => String(row.relname))]) {
    await expect(sql.unsafe(`truncate ${table}`)).rejects.toMatchObject({ code: "42501" });
  }
  await sql`insert into event_log (id, policy, code, category, severity, status, occurred_at, received_at, actor_type, source, leaf, leaf_hash)
    values (uuid7_floor(now()), 'read', 'x', 'x', 'info', 'success', now(), now(), 'platform', 'app', '{}', '')`;
  await expect(sql`update event_log set severity = 'low'`).rejects.toMatchObject({ code: "42501" });
  await expect(sql`delete from event_log`).rejects.toMatchObject({ code: "42501" });
  const [leaf] = await sql`select tableoid::regclass::text as name from event_log`;
  await expect(sql.unsafe(`delete from ${leaf?.name}`)).rejects.toMatchObject({ code: "42501" });
});

test("migrating again, twice at once, changes nothing", async () => {
  const schema = async () =>
    (
      await database.admin
        .sql`select md5(string_agg(table_name || column_name || data_type, ',' order by table_name, ordinal_position)) as hash
      from information_schema.columns where table_schema = 'public'`
    )[0]?.hash;
  const before = await schema();
  const runs = await Promise.all([migrate(database.adminUrl), migrate(database.adminUrl)]);
  expect(runs).toEqual([
    { applied: 0, separateRoles: true },
    { applied: 0, separateRoles: true },
  ]);
  expect(await schema()).toBe(before);
});

test("a month's bounds are those of UTC whatever the session's time zone is", async () => {
  const { sql } = database.admin;
  const bounds = async (zone: string) => {
    await sql`select set_config('TimeZone', ${zone}, false)`;
    await sql`select ensure_partition('read', '2030-01-31T23:59:59.999Z'::timestamptz)`;
    await sql`select ensure_partition('read', '2030-02-01T00:00:00Z'::timestamptz)`;
    const rows =
      await sql`select relname, pg_get_expr(relpartbound, oid) as bound from pg_class where relname like 'event_log_read_2030%' and relkind = 'r' order by 1`;
    return rows.map((row) => `${row.relname} ${row.bound}`);
  };
  const far = await bounds("Pacific/Auckland");
  expect(await bounds("America/Los_Angeles")).toEqual(far);
  expect(far.map((line) => line.slice(0, 22))).toEqual(["event_log_read_2030_01", "event_log_read_2030_02"]);
  const january = Date.UTC(2030, 0).toString(16).padStart(12, "0");
  expect(far[0]).toContain(`${january.slice(0, 8)}-${january.slice(8)}-0000-0000-000000000000`);
});
