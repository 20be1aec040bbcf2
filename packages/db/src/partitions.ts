import type { Database } from "./client.ts";

/** Makes each policy's months from the last to three ahead and the days of id claims, and drops claim days that are over. */
export const ensurePartitions = async (db: Database): Promise<{ made: number; dropped: number }> => {
  const [row] = await db.sql<{ made: number; dropped: number }[]>`select made, dropped from ensure_partitions()`;
  return { made: row?.made ?? 0, dropped: row?.dropped ?? 0 };
};
