import { randomUUID } from "node:crypto";
import { join, relative } from "node:path";
import { connectionUrls } from "@countersign/db/database-roles";
import { startEmbedded } from "@countersign/db/embedded";
import { acquireLock } from "@countersign/db/embedded/file-lock";
import { StartError } from "@countersign/db/embedded/start-error";
import { migrate } from "@countersign/db/migrate";
import { checkRedis } from "@countersign/queue/check-redis";
import { seed } from "../../apps/api/src/setup.ts";
import { root } from "../run/step.ts";
import { requireFreePort, requirePostgres, requireWritable } from "./checks.ts";
import { settlePreviousRun } from "./run-record.ts";
import type { Settings } from "./settings.ts";
import { webDist } from "./web-build.ts";

/** What the parts need to run: their environment. */
export type Prepared = {
  instanceId: string;
  /** The owner's address of the database, which no part gets. */
  adminUrl: string;
  api: Record<string, string>;
  worker: Record<string, string>;
};

type Say = (line: string) => void;

/** Checks the place, takes it, and brings database and schema up. `undo` collects what a stop has to end, last first. */
export async function prepare(settings: Settings, say: Say, undo: (() => Promise<void>)[]): Promise<Prepared> {
  const { dataDir, port, redisUrl } = settings;
  await settlePreviousRun(dataDir);
  await requireFreePort(port);
  await requireWritable(dataDir);
  const lock = await acquireLock(dataDir, "lock", 1000);
  if ("heldBy" in lock) {
    throw new StartError(
      `Countersign already runs on ${dataDir} (process ${lock.heldBy}); use that one, or another DATA_DIR.`,
    );
  }
  undo.unshift(lock.release);
  say("Countersign");
  const adminUrl = await openDatabase(settings, say, undo);
  await openQueue(redisUrl, say);
  await migrate(adminUrl);
  const { generatedPassword } = await seed(adminUrl, settings);
  // Told at once: a start that fails later would otherwise take it along.
  if (generatedPassword !== null) say(`  Sign in     admin, password ${generatedPassword}   (shown this once)`);
  const urls = await connectionUrls(adminUrl);
  if (!urls.separateRoles) say("  Note        this database account cannot create roles: api and worker share it");
  const queue: Record<string, string> = redisUrl ? { REDIS_URL: redisUrl } : { QUEUE_DATABASE_URL: urls.queue };
  const instanceId = randomUUID();
  const both = { NODE_ENV: "production", INSTANCE_ID: instanceId, ...queue };
  return {
    instanceId,
    adminUrl,
    api: {
      ...both,
      PORT: String(port),
      HOST: process.env.HOST || "127.0.0.1",
      DATABASE_URL: urls.api,
      DATA_DIR: dataDir,
      WEB_DIST: webDist,
      DEMO_OFFERED: "true",
    },
    worker: {
      ...both,
      DATABASE_URL: urls.worker,
      DATA_DIR: dataDir,
      HEALTH_PORT: "0",
      PUBLIC_URL: process.env.PUBLIC_URL || `http://localhost:${port}`,
    },
  };
}

async function openDatabase(
  { databaseUrl, dataDir, acceptLoss }: Settings,
  say: Say,
  undo: (() => Promise<void>)[],
): Promise<string> {
  if (databaseUrl !== undefined) {
    const { place, version, warning } = await requirePostgres(databaseUrl, acceptLoss);
    say(`  Database    PostgreSQL ${version} at ${place}`);
    if (warning) say(`  Warning     ${warning}`);
    return databaseUrl;
  }
  const server = await startEmbedded({ dataDir: join(dataDir, "postgres") });
  undo.unshift(server.stop);
  const how = server.adopted ? "its own PostgreSQL, still running from last time," : "its own PostgreSQL";
  say(`  Database    ${how} in ${shorten(join(dataDir, "postgres"))}`);
  server.watch((event) => {
    if (event.kind === "died") say("PostgreSQL has ended; starting it again.");
    if (event.kind === "restarted") say(`PostgreSQL is back after ${(event.afterMs / 1000).toFixed(1)} s.`);
    if (event.kind === "failed") say(event.sentence);
  });
  return server.databaseUrl;
}

async function openQueue(redisUrl: string | undefined, say: Say): Promise<void> {
  if (redisUrl === undefined) return say("  Queue       in PostgreSQL");
  const check = await checkRedis(redisUrl);
  if (!check.ok) throw new StartError(check.sentence);
  say(`  Queue       Redis at ${new URL(redisUrl).host}`);
  for (const warning of check.warnings) say(`  Warning     ${warning}`);
}

/** A path as the user would write it: relative inside the checkout. */
export function shorten(path: string): string {
  const short = relative(root, path);
  return short.startsWith("..") ? path : short;
}
