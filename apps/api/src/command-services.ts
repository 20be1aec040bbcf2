import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Database } from "@countersign/db/client";
import type { Log } from "@countersign/service/log";
import { systemLookup } from "@countersign/service/outbound";
import { createServices } from "./create-services.ts";
import { storageOf } from "./documents/storage-of.ts";
import { readEnv } from "./env.ts";

/** What procedures use, for a command on the server that does one of their acts: no queue, since the sweep finds what is kept. */
export const servicesOfCommand = (source: Record<string, string | undefined>, db: Database, log: Log) => {
  const env = readEnv(source);
  return createServices({
    db,
    readDb: db,
    documents: storageOf(env, (fault) => log.warn({ err: fault }, "the storage of files failed")),
    receiptKeyFile: env.LEDGER_RECEIPT_KEY_FILE ?? join(env.DATA_DIR, "ledger", "receipt-key.pem"),
    channelKeyFile: env.CHANNEL_KEY_FILE ?? join(env.DATA_DIR, "channel-key"),
    https: false,
    now: Date.now,
    randomBytes,
    publish: () => undefined,
    capacity: { maxWaitingEvents: 1e9, maxAgeSeconds: 1e9, folder: undefined, minFreeBytes: 0 },
    outbound: { lookup: systemLookup, privateHosts: env.CHANNEL_PRIVATE_HOSTS, ownOrigin: undefined },
    canMail: env.SMTP_URL !== undefined,
    queueKind: "postgres",
    lossAccepted: false,
    log,
  });
};
