import { join } from "node:path";
import { startEmbedded } from "@countersign/db/embedded";
import { requirePostgres } from "../start/checks.ts";
import { readSettings } from "../start/settings.ts";

/** Runs a task on the database that `npm start` uses: the given one, or the embedded one, started for the task unless it runs. */
export async function withDatabase<T>(task: (adminUrl: string) => Promise<T>): Promise<T> {
  const { databaseUrl, dataDir, acceptLoss } = readSettings();
  if (databaseUrl !== undefined) {
    await requirePostgres(databaseUrl, acceptLoss);
    return task(databaseUrl);
  }
  const server = await startEmbedded({ dataDir: join(dataDir, "postgres") });
  try {
    return await task(server.databaseUrl);
  } finally {
    if (!server.adopted) await server.stop();
  }
}
