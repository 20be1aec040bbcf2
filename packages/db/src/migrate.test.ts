import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { connect } from "./client.ts";
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
