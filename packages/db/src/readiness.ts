import type { Database } from "./client.ts";
import { isSchemaCurrent } from "./migrate.ts";
import { checkWritable, clockSkewMs } from "./server-checks.ts";

/** More than this apart, the clocks make no sense together. */
const maxSkewMs = 60_000;

/** What a process needs of its database before it takes work; each throws or says no. */
export const databaseChecks = (db: Database, now: () => number) => ({
  database: async () => ({ ok: await checkWritable(db) }),
  schema: async () => ({ ok: await isSchemaCurrent(db) }),
  clock: async () => {
    const skewMs = await clockSkewMs(db, now);
    return { ok: Math.abs(skewMs) <= maxSkewMs, skewMs };
  },
});
