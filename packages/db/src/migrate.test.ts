import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as runMigrations } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { connect } from "./client.ts";
import { createRoles, roleNames } from "./database-roles.ts";
import { isSchemaCurrent, migrate } from "./migrate.ts";

const server = postgres(inject("postgresUrl"), { max: 1, onnotice: () => undefined });
const made: string[] = [];
const addressOf = (name: string): string =>
  Object.assign(new URL(inject("postgresUrl")), { pathname: `/${name}` }).href;

/** An empty database, as a new office has it. */
const emptyDatabase = async (): Promise<string> => {
  const name = `test_migrate_${randomBytes(6).toString("hex")}`;
  await server.unsafe(`create database ${name}`);
  made.push(name);
  return addressOf(name);
};

/** Tables with their columns and bounds, functions, triggers, indexes and rights, without what differs by the day. */
const schemaOf = async (url: string): Promise<string[]> => {
  const sql = postgres(url, { max: 1 });
  const rows = await sql`
    select 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') as line
      from information_schema.columns where table_schema = 'public'
    union all select 'table ' || relname || ' ' || relkind::text || ' ' || coalesce(pg_get_expr(relpartbound, oid), '') || ' ' || coalesce(array_to_string(relacl, ','), '')
      from pg_class where relnamespace = 'public'::regnamespace
    union all select 'function ' || pg_get_functiondef(oid) || coalesce(array_to_string(proacl, ','), '')
      from pg_proc where pronamespace = 'public'::regnamespace
    union all select 'trigger ' || pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all select 'migration ' || hash from drizzle.__drizzle_migrations
    order by 1`;
  await sql.end();
  return rows.map(({ line }) => String(line));
};

const migrationsFolder = fileURLToPath(new URL("../migrations", import.meta.url));

/** A database as the first version made and left it: four migrations, no protection yet. */
const olderDatabase = async (fill: (sql: postgres.Sql) => Promise<unknown>): Promise<string> => {
  const url = await emptyDatabase();
  const folder = await mkdtemp(join(tmpdir(), "countersign-migrations-"));
  await cp(migrationsFolder, folder, { recursive: true });
  const journal = join(folder, "meta/_journal.json");
  const { entries, ...rest } = JSON.parse(await readFile(journal, "utf8"));
  await writeFile(journal, JSON.stringify({ ...rest, entries: entries.slice(0, 4) }));
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  await createRoles(sql, url);
  await sql.unsafe(`set role ${roleNames.owner}`);
  await runMigrations(drizzle({ client: sql }), { migrationsFolder: folder });
  await fill(sql);
  await sql.end();
  await rm(folder, { recursive: true });
  return url;
};

let wanted: string[];
beforeAll(async () => {
  wanted = await schemaOf(addressOf("countersign_template"));
});
afterAll(async () => {
  for (const name of made) await server.unsafe(`drop database if exists ${name} with (force)`);
  await server.end();
});

test("two that migrate an empty database at once make one schema, and one of them does it all", async () => {
  const url = await emptyDatabase();
  const applied = (await Promise.all([migrate(url), migrate(url)])).map((run) => run.applied);
  expect(Math.min(...applied)).toBe(0);
  expect(Math.max(...applied)).toBe(wanted.filter((line) => line.startsWith("migration ")).length);
  expect(await schemaOf(url)).toEqual(wanted);
});

test("a migration killed anywhere is finished by the next one", async () => {
  const url = await emptyDatabase();
  const program = `import { migrate } from ${JSON.stringify(fileURLToPath(new URL("./migrate.ts", import.meta.url)))};
    process.stdout.write("begun"); await migrate(process.env.TEST_URL);`;
  for (const afterMs of [5, 40, 80, 130]) {
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { PATH: process.env.PATH ?? "", TEST_URL: url },
    });
    const exited = once(child, "exit");
    await once(child.stdout, "data");
    await sleep(afterMs);
    child.kill("SIGKILL");
    await exited;
  }
  const db = connect(url, { name: "test migrate", max: 1 });
  await migrate(url);
  expect(await schemaOf(url)).toEqual(wanted);
  expect(await isSchemaCurrent(db)).toBe(true);
  await db.sql`delete from drizzle.__drizzle_migrations`;
  expect(await isSchemaCurrent(db)).toBe(false);
  await db.end(1);
});

test("the administrator of an older database is protected afterwards, and alerts and reports go there", async () => {
  const url = await olderDatabase(async (sql) => {
    await sql`insert into users (username, username_folded, name, status) values ('gone', 'gone', 'Gone', 'inactive'),
      ('admin', 'admin', 'Administrator', 'active'), ('second', 'second', 'Second', 'active'), ('clerk', 'clerk', 'Clerk', 'active')`;
    await sql`insert into roles (name, name_folded) values ('Administrator', 'administrator'), ('Clerks', 'clerks')`;
    await sql`insert into user_roles select u.id, r.id from users u, roles r
      where (username <> 'clerk') = (r.name_folded = 'administrator')`;
    await sql`insert into sessions (token_hash, user_id, expires_at) select 'x', id, now() + interval '1 hour' from users where username = 'admin'`;
  });
  expect(await migrate(url)).toMatchObject({ separateRoles: true });
  expect(await schemaOf(url)).toEqual(wanted);
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const [admin] = await sql`select id::int as id from users where username = 'admin'`;
  expect(await sql`select key, value, updated_by from system_config where key <> 'ledger.origin' order by key`).toEqual(
    ["notification.recipients", "protected_users", "report.recipients"].map((key) => ({
      key,
      value: [admin?.id],
      updated_by: null,
    })),
  );
  expect(await sql`select name, shipped from roles order by id`).toEqual([
    { name: "Administrator", shipped: "administrator" },
    { name: "Clerks", shipped: null },
  ]);
  expect(await sql`select authenticated_at <= now() as told, renew_due from sessions`).toEqual([
    { told: true, renew_due: false },
  ]);
  await expect(sql`delete from users where username = 'admin'`).rejects.toMatchObject({ code: "CS403" });
  await sql.end();
});

test("an older database without an administrator protects nobody, and can get one", async () => {
  const url = await olderDatabase(
    (sql) => sql`insert into users (username, username_folded, name) values ('ann', 'ann', 'Ann')`,
  );
  await migrate(url);
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  expect(await sql`select from system_config where key <> 'ledger.origin'`).toHaveLength(0);
  await sql`update users set status = 'inactive'`;
  await sql.end();
});
