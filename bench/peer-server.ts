import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pooledRandom } from "@countersign/audit/random-pool";
import { connect } from "@countersign/db/client";
import { databaseChecks } from "@countersign/db/readiness";
import { health } from "@countersign/service/health";
import { createLog } from "@countersign/service/log";
import { systemLookup } from "@countersign/service/outbound";
import { createServices } from "../apps/api/src/create-services.ts";
import { createLocalStorage } from "../apps/api/src/documents/local-storage.ts";
import { createNodeServer } from "../apps/api/src/http/node-server.ts";
import { createServer } from "../apps/api/src/server.ts";
import { openNaiveQueue } from "./naive-queue.ts";
import { peerRouter } from "./peer-router.ts";

// The product's own HTTP server, guards, sessions and tRPC, with the procedures it is compared with in place of its own.

const { DATABASE_URL = "", REDIS_URL = "" } = process.env;
const db = connect(DATABASE_URL, { name: "api" });
const log = createLog({ level: "warn", name: "peer", instance: "bench" });
const random = pooledRandom(randomBytes);
const { services } = await createServices({
  db,
  readDb: db,
  documents: createLocalStorage(tmpdir()),
  receiptKeyFile: join(tmpdir(), "countersign-bench-receipt-key.pem"),
  channelKeyFile: join(tmpdir(), "countersign-bench-channel-key"),
  https: false,
  now: Date.now,
  randomBytes: random,
  publish: () => undefined,
  capacity: { maxWaitingEvents: 1e9, maxAgeSeconds: 1e9, folder: undefined, minFreeBytes: 0 },
  outbound: { lookup: systemLookup, privateHosts: [], ownOrigin: undefined },
  canMail: false,
  queueKind: "redis",
  lossAccepted: false,
  log,
});
const newId = (): string => `r_${Buffer.from(random(12)).toString("base64url")}`;
const app = createServer({
  services,
  router: peerRouter(openNaiveQueue(REDIS_URL)),
  origins: () => ["http://127.0.0.1"],
  https: false,
  trustedProxies: [],
  webDist: undefined,
  health: health({
    instance: "peer",
    needed: databaseChecks(db, Date.now),
    wanted: { queue: async () => ({ ok: true }) },
    isDraining: () => false,
  }),
  callsPerSession: 0,
  callsPerAddress: 0,
  newId,
});
const server = createNodeServer({ fetch: app.fetch, newId });
server.listen(0, "127.0.0.1", () => {
  process.send?.({ type: "ready", port: (server.address() as AddressInfo).port });
});
for (const event of ["SIGTERM", "disconnect"]) process.on(event, () => process.exit(0));
