import { createHash, randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRecorder } from "@countersign/audit/recorder";
import { monotonicIds } from "@countersign/audit/uuid7";
import { forgetOldAlerts } from "@countersign/db/alerts";
import { sealSecrets } from "@countersign/db/channels";
import { connect } from "@countersign/db/client";
import { findHold } from "@countersign/db/erasure-holds";
import { watchEventTypes } from "@countersign/db/event-type-settings";
import { databaseChecks } from "@countersign/db/readiness";
import { thinCheckpoints } from "@countersign/db/sealing";
import { inTransaction } from "@countersign/db/transaction";
import { connectQueues } from "@countersign/queue/connect";
import { consume, type Handler } from "@countersign/queue/consume";
import { createPublisher } from "@countersign/queue/publish";
import { queues as contracts, type QueueName } from "@countersign/queue/queues";
import { schedule } from "@countersign/queue/schedule";
import { isSealed, openChannelSecrets } from "@countersign/service/channel-secrets";
import { createCrashPoint } from "@countersign/service/crash-point";
import { nodeCrypto } from "@countersign/service/crypto";
import { health } from "@countersign/service/health";
import { serveHealth } from "@countersign/service/health-server";
import { runUntilStopped } from "@countersign/service/lifecycle";
import { createLog } from "@countersign/service/log";
import { systemLookup } from "@countersign/service/outbound";
import { readMailAddresses, readMessageContext } from "./alerts/message-context.ts";
import { channelSenders } from "./channels/index.ts";
import type { Deps } from "./deps.ts";
import { readEnv } from "./env.ts";
import { every } from "./every.ts";
import { applyRetentionJob } from "./jobs/apply-retention.ts";
import { archiveTasksJob } from "./jobs/archive-tasks.ts";
import { closeReads } from "./jobs/close-reads.ts";
import { deliverMessages } from "./jobs/deliver-messages.ts";
import { ensurePartitionsJob } from "./jobs/ensure-partitions.ts";
import { eraseDetailsJob } from "./jobs/erase-details.ts";
import { evaluateAlerts } from "./jobs/evaluate-alerts.ts";
import { expirePermitsJob } from "./jobs/expire-permits.ts";
import { expireRequestsJob } from "./jobs/expire-requests.ts";
import { sealLog } from "./jobs/seal-log.ts";
import { streamEvents } from "./jobs/stream-events.ts";
import { sweepOutbox } from "./jobs/sweep-outbox.ts";
import { verifyLogJob } from "./jobs/verify-log.ts";
import { witnessLog } from "./jobs/witness-log.ts";
import { processors } from "./processors.ts";
import { parseWitnesses } from "./sealing/witness-list.ts";

const drainMs = 20_000;

const start = async (): Promise<void> => {
  const env = readEnv();
  const instance = env.INSTANCE_ID ?? randomBytes(8).toString("hex");
  const witnesses = parseWitnesses(env.LEDGER_WITNESSES, nodeCrypto.sha256);
  const log = createLog({ level: env.LOG_LEVEL, name: "worker", instance });
  const db = connect(env.DATABASE_URL, { name: "worker", max: 8, statementTimeoutMs: 30_000 });
  const queues = connectQueues({ redisUrl: env.REDIS_URL, databaseUrl: env.QUEUE_DATABASE_URL, logger: log });
  const publisher = createPublisher(queues);
  const eventTypes = await watchEventTypes(db, (error) => log.warn({ err: error }, "event types could not be read"));
  const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
  const nextId = monotonicIds(Date.now, randomBytes);
  const recorder = createRecorder({ now: Date.now, nextId, randomBytes, sha256, settingsOf: eventTypes.settingsOf });
  const deps: Deps = {
    db,
    recorder,
    now: Date.now,
    nextId,
    publish: publisher.publish,
    log,
    crashPoint: createCrashPoint(env.CRASH_AT),
  };

  await ensurePartitionsJob(deps)();
  const handlers = processors(deps) as { [Name in QueueName]: Handler<Name> };
  const consumers = (Object.keys(contracts) as QueueName[]).map((name) =>
    consume(queues, name, handlers[name] as Handler<typeof name>),
  );
  const hourly = schedule(queues, "ensure-partitions", { everyMs: 3_600_000 });
  // The sweep needs no queue: it is what makes the queue a convenience.
  const ledgerDir = join(env.DATA_DIR, "ledger");
  const anchorFile = env.LEDGER_ANCHOR_FILE ?? join(ledgerDir, "anchor");
  const seal = await sealLog(deps, { keyFile: env.LEDGER_KEY_FILE ?? join(ledgerDir, "log-key.pem"), anchorFile });
  const report = (what: string) => (error: unknown) => log.warn({ err: error }, what);
  const { PUBLIC_URL: ownOrigin, CHANNEL_PRIVATE_HOSTS: privateHosts, SMTP_URL, MAIL_FROM } = env;
  const secrets = await openChannelSecrets(env.CHANNEL_KEY_FILE ?? join(env.DATA_DIR, "channel-key"));
  await inTransaction(db, (tx) => sealSecrets(tx, isSealed, secrets.seal));
  const outbound = { privateHosts, ownOrigin, lookup: systemLookup, now: Date.now, secrets };
  const mailServer = SMTP_URL === undefined || MAIL_FROM === undefined ? null : { url: SMTP_URL, from: MAIL_FROM };
  const senders = channelSenders(outbound, {
    server: mailServer,
    addressesOf: (recipients) => readMailAddresses(db, recipients),
  });
  const delivery = deliverMessages(deps, senders, () => readMessageContext(db, ownOrigin));
  const streams = streamEvents(deps, outbound);
  const loops = [
    every(1000, sweepOutbox(deps), report("the sweep failed and will run again")),
    every(250, seal, report("sealing failed and will run again")),
    ...witnesses.map((witness) =>
      every(5000, witnessLog(deps, witness), report("a witness could not be asked and will be again")),
    ),
    every(2000, verifyLogJob(deps, anchorFile, sleep), report("verifying the log failed and will run again")),
    every(
      2000,
      applyRetentionJob(deps, { archiveFolder: join(env.DATA_DIR, "archive"), sleep }),
      report("applying retention failed and will run again"),
    ),
    every(5000, closeReads(deps), report("closing repeated reads failed and will run again")),
    every(3_600_000, () => thinCheckpoints(db), report("thinning out checkpoints failed and will run again")),
    every(
      2000,
      eraseDetailsJob(deps, {
        manifestDir: join(env.DATA_DIR, "erasures"),
        archiveDir: join(env.DATA_DIR, "archive"),
        findHold,
      }),
      report("erasing failed and will run again"),
    ),
    every(
      2000,
      archiveTasksJob(deps, join(env.DATA_DIR, "archive")),
      report("work on archives failed and will run again"),
    ),
    every(
      500,
      evaluateAlerts({ ...deps, canMail: mailServer !== null }),
      report("judging the log by the alert rules failed and will run again"),
    ),
    every(3_600_000, () => forgetOldAlerts(db), report("removing old alerts failed and will run again")),
    every(500, delivery.run, report("messages could not be looked for and will be again")),
    every(500, streams.run, report("streams could not be looked for and will be again")),
    every(60_000, expirePermitsJob(deps), report("expiring permits failed and will run again")),
    every(15_000, expireRequestsJob(deps), report("expiring requests failed and will run again")),
  ];

  const lifecycle = runUntilStopped({
    onError: (error, what) => log.fatal({ err: error }, what),
    stop: async () => {
      hourly.close();
      await Promise.all([...consumers.map((consumer) => consumer.close(drainMs)), ...loops.map((loop) => loop.stop())]);
      await Promise.all([delivery.settle(), streams.settle()]);
      await publisher.drain(1000);
      publisher.close();
      eventTypes.stop();
      await queues.close();
      await db.end(2);
      server.close();
    },
  });
  const app = health({
    instance,
    needed: databaseChecks(db, Date.now),
    wanted: { queue: async () => ({ ok: consumers.every((consumer) => consumer.isRunning()), kind: queues.kind }) },
    isDraining: lifecycle.isDraining,
  });
  const server = await serveHealth(app, env.HEALTH_PORT, env.HOST);
  const { port } = server.address() as AddressInfo;
  log.info({ port, queue: queues.kind }, "working");
  lifecycle.ready({ port });
};

start().catch((error: unknown) => {
  process.stderr.write(`The worker could not start: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
});
