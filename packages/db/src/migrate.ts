import { fileURLToPath } from "node:url";
import { readMigrationFiles } from "drizzle-orm/migrator";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as runMigrations } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import type { Database } from "./client.ts";
import { createRoles, roleNames } from "./database-roles.ts";
import { applyGrants, assignFunctions, reclaimFunctions } from "./grants.ts";

const migrationsFolder = fileURLToPath(new URL("../migrations", import.meta.url));

const appliedCount = async (sql: postgres.Sql): Promise<number> => {
  const [table] = await sql`select to_regclass('drizzle.__drizzle_migrations') is not null as made`;
  if (table?.made !== true) return 0;
  const [row] = await sql`select count(*)::int as count from drizzle.__drizzle_migrations`;
  return Number(row?.count);
};

/** Brings the schema up to date under an advisory lock; a second runner waits and finds nothing to do. */
export const migrate = async (adminUrl: string): Promise<{ applied: number; separateRoles: boolean }> => {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => undefined, connect_timeout: 10 });
  try {
    await sql`select pg_advisory_lock(hashtext('countersign.migrate'))`;
    const separateRoles = await createRoles(sql, adminUrl);
    const before = await appliedCount(sql);
    const isBehind = before < readMigrationFiles({ migrationsFolder }).length;
    if (separateRoles && isBehind) await reclaimFunctions(sql);
    if (separateRoles) await sql.unsafe(`set role ${roleNames.owner}`);
    await runMigrations(drizzle({ client: sql }), { migrationsFolder });
    if (separateRoles) {
      await applyGrants(sql);
      await sql.unsafe("reset role");
      await assignFunctions(sql);
      await sql.unsafe(`set role ${roleNames.owner}`);
    }
    await sql`select * from ensure_partitions()`;
    return { applied: (await appliedCount(sql)) - before, separateRoles };
  } finally {
    await sql.end({ timeout: 2 });
  }
};

/** Whether the newest migration this build knows is in the database; a newer database is fine for an older build. */
export const isSchemaCurrent = async (db: Database): Promise<boolean> => {
  const newest = readMigrationFiles({ migrationsFolder }).at(-1);
  const rows = await db.sql`select from drizzle.__drizzle_migrations where hash = ${newest?.hash ?? ""}`;
  return rows.length > 0;
};
