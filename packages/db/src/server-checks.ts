import type { Database } from "./client.ts";

const durable = ["fsync", "synchronous_commit", "full_page_writes"] as const;

/** The settings with which the server could lose what it said yes to; none on a server that keeps its word. */
export const lossySettings = async (db: Database): Promise<string[]> => {
  const rows = await db.sql<{ name: string; setting: string }[]>`
    select name, setting from pg_settings where name in ${db.sql(durable as unknown as string[])}`;
  return rows.filter(({ setting }) => setting === "off").map(({ name }) => name);
};

/** Throws when the database cannot be written: away, or in recovery. */
export const checkWritable = async (db: Database): Promise<boolean> => {
  const [row] = await db.sql<{ writable: boolean }[]>`
    select not pg_is_in_recovery() and current_setting('transaction_read_only') = 'off' as writable`;
  return row?.writable === true;
};

/** How far this process's clock is ahead of the database's, in milliseconds; half the round trip is taken off. */
export const clockSkewMs = async (db: Database, now: () => number): Promise<number> => {
  const before = now();
  const [row] = await db.sql<{ ms: number }[]>`select extract(epoch from clock_timestamp()) * 1000 as ms`;
  return Math.round((before + now()) / 2 - Number(row?.ms));
};
