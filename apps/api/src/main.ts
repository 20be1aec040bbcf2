import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pooledRandom } from "@countersign/audit/random-pool";
import { connect } from "@countersign/db/client";
import { databaseChecks } from "@countersign/db/readiness";
import { lossySettings } from "@countersign/db/server-checks";
import { connectQueues } from "@countersign/queue/connect";
import { createPublisher } from "@countersign/queue/publish";
import { createCrashPoint } from "@countersign/service/crash-point";
import { health } from "@countersign/service/health";
import { runUntilStopped } from "@countersign/service/lifecycle";
import { createLog } from "@countersign/service/log";
import { systemLookup } from "@countersign/service/outbound";
import { createServices } from "./create-services.ts";
import { createDemoOffice } from "./demo-office.ts";
import { storageOf } from "./documents/storage-of.ts";
import { watchFiles } from "./documents/sweep.ts";
import { EnvError, originsOf, readEnv } from "./env.ts";
import { createNodeServer } from "./http/node-server.ts";
import { createServer } from "./server.ts";

const requestMs = 10_000;

const start = async (): Promise<void> => {
  const env = readEnv();
  const instance = env.INSTANCE_ID ?? randomBytes(8).toString("hex");
  const log = createLog({ level: env.LOG_LEVEL, name: "api", instance });
  const db = connect(env.DATABASE_URL, { name: "api" });
  const readDb = connect(env.DATABASE_URL, { name: "api reads", max: 4, statementTimeoutMs: 3000 });
  const lossy = await lossySettings(db);
  if (lossy.length > 0 && !env.COUNTERSIGN_ACCEPT_LOSS) {
    throw new EnvError(
      `The PostgreSQL server runs with ${lossy.join(", ")} off and could lose events it said yes to. Switch it on, or set COUNTERSIGN_ACCEPT_LOSS=true.`,
    );
  }
  const queues = connectQueues({ redisUrl: env.REDIS_URL, databaseUrl: env.QUEUE_DATABASE_URL, logger: log });
  const publisher = createPublisher(queues);
  const crashPoint = createCrashPoint(env.CRASH_AT);
  const publish = (envelopeIds: readonly string[], events: number): void => {
    crashPoint("after_commit");
    publisher.publish(envelopeIds, events);
  };
  const random = pooledRandom(randomBytes);
  const embedded = join(env.DATA_DIR, "postgres");
  const https = env.PUBLIC_URL?.startsWith("https:") ?? false;
  const documents = storageOf(env, (fault) => log.warn({ err: fault }, "the storage of files failed"));
  const demo = env.DEMO_OFFERED ? createDemoOffice(() => process.send?.({ type: "fill-demo" })) : undefined;
  if (demo) process.on("message", demo.hear);
  const { services, ...watching } = await createServices({
    db,
    readDb,
    documents,
    receiptKeyFile: env.LEDGER_RECEIPT_KEY_FILE ?? join(env.DATA_DIR, "ledger", "receipt-key.pem"),
    channelKeyFile: env.CHANNEL_KEY_FILE ?? join(env.DATA_DIR, "channel-key"),
    https,
    now: Date.now,
    randomBytes: random,
    publish,
    capacity: {
      maxWaitingEvents: env.MAX_WAITING_EVENTS,
      maxAgeSeconds: env.MAX_WAITING_SECONDS,
      folder: existsSync(embedded) ? embedded : undefined,
      minFreeBytes: env.MIN_FREE_BYTES,
    },
    outbound: {
      privateHosts: env.CHANNEL_PRIVATE_HOSTS,
      ownOrigin: env.PUBLIC_URL === undefined ? undefined : new URL(env.PUBLIC_URL).origin,
      lookup: systemLookup,
    },
    canMail: env.SMTP_URL !== undefined,
    queueKind: queues.kind,
    lossAccepted: lossy.length > 0,
    demo,
    log,
  });
  const sweep = watchFiles(db, documents, {
    onSwept: (files) => log.info({ files }, "files that nothing refers to were removed"),
    onError: (error) => log.warn({ err: error }, "files that nothing refers to could not be removed"),
  });

  const lifecycle = runUntilStopped({
    onError: (error, what) => log.fatal({ err: error }, what),
    stop: async () => {
      await sleep(1000);
      services.live.stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await Promise.race([closed, sleep(requestMs)]);
      server.closeAllConnections();
      await publisher.drain(1000);
      publisher.close();
      watching.stop();
      sweep.stop();
      await queues.close();
      await Promise.all([db.end(2), readDb.end(2)]);
    },
  });
  const newId = () => `r_${Buffer.from(random(12)).toString("base64url")}`;
  const originsAt = (port: number) => originsOf(env, port) as [string, ...string[]];
  let origins = originsAt(env.PORT);
  const app = createServer({
    services,
    origins: () => origins,
    https,
    trustedProxies: env.TRUSTED_PROXIES,
    webDist: env.WEB_DIST,
    health: health({
      instance,
      needed: databaseChecks(db, Date.now),
      wanted: { queue: async () => ({ ok: publisher.state().breaker === "closed", kind: queues.kind }) },
      isDraining: lifecycle.isDraining,
    }),
    callsPerSession: env.CALLS_PER_SESSION,
    callsPerAddress: env.CALLS_PER_ADDRESS,
    newId,
  });
  const server = createNodeServer({ fetch: app.fetch, newId });
  server.once("error", (error: NodeJS.ErrnoException) => {
    const taken = error.code === "EADDRINUSE";
    fail(taken ? new EnvError(`Port ${env.PORT} is taken by another program; set PORT to a free one.`) : error);
  });
  server.listen(env.PORT, env.HOST, () => {
    const { port } = server.address() as AddressInfo;
    origins = originsAt(port);
    log.info({ port, queue: queues.kind, lossAccepted: services.lossAccepted }, "listening");
    lifecycle.ready({ port });
  });
};

const fail = (error: unknown): never => {
  const sentence =
    error instanceof EnvError
      ? error.message
      : `The API could not start: ${error instanceof Error ? error.message : error}`;
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
};

start().catch(fail);
