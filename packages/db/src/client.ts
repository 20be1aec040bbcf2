import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { arrayTypes } from "./array-types.ts";
import { withBoundedWait } from "./bounded-wait.ts";

export type Sql = postgres.Sql;

/**
 * One pool, two ways in: `orm` for ordinary queries, `sql` for statements written by hand.
 * Times cross both as text (drizzle switches the driver's date parsing off).
 */
export type Database = { readonly sql: Sql; readonly orm: PostgresJsDatabase };

export type ConnectOptions = {
  /** Shown in pg_stat_activity. */
  name: string;
  max?: number;
  statementTimeoutMs?: number;
  onNotice?: (message: string) => void;
};

/** A pool of connections, opened when first needed; nothing waits for a free one longer than a second. `end` waits at most `seconds` for what is running. */
export const connect = (url: string, options: ConnectOptions): Database & { end(seconds: number): Promise<void> } => {
  const pool = postgres(url, {
    max: options.max ?? 10,
    connect_timeout: 2,
    fetch_types: false,
    types: arrayTypes,
    backoff: (attempt) => Math.min(2 ** attempt * 0.05, 0.5) * (0.75 + Math.random() / 2),
    onnotice: (notice) => options.onNotice?.(String(notice.message)),
    connection: {
      application_name: `countersign ${options.name}`,
      statement_timeout: options.statementTimeoutMs ?? 5000,
      idle_in_transaction_session_timeout: 10_000,
      // Generic plans look into every partition (ADR 3).
      plan_cache_mode: "force_custom_plan",
      TimeZone: "UTC",
    },
  });
  const sql = withBoundedWait(pool);
  return { sql, orm: drizzle({ client: sql }), end: (seconds) => sql.end({ timeout: seconds }) };
};
