import { ensurePartitions } from "@countersign/db/partitions";
import type { Deps } from "../deps.ts";

/** Makes the log's partitions three months ahead and drops id claims older than their window. */
export const ensurePartitionsJob =
  ({ db, log }: Pick<Deps, "db" | "log">) =>
  async (): Promise<{ made: number; dropped: number }> => {
    const done = await ensurePartitions(db);
    if (done.made + done.dropped > 0) log.info(done, "partitions made and dropped");
    return done;
  };
