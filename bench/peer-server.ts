import { hash, randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { pooledRandom } from "@countersign/audit/random-pool";
import { createRecorder } from "@countersign/audit/recorder";
import { monotonicIds } from "@countersign/audit/uuid7";
import { connect } from "@countersign/db/client";
import { watchEventTypes } from "@countersign/db/event-type-settings";
import { databaseChecks } from "@countersign/db/readiness";
import { health } from "@countersign/service/health";
import { createLog } from "@countersign/service/log";
import { createAccounts } from "../apps/api/src/accounts/accounts.ts";
import { createNodeServer } from "../apps/api/src/http/node-server.ts";
import { createKeeper } from "../apps/api/src/keeping/keeper.ts";
import { createServer } from "../apps/api/src/server.ts";
import type { Services } from "../apps/api/src/services.ts";
import { defaultSettings } from "../apps/api/src/settings.ts";
import { openNaiveQueue } from "./naive-queue.ts";
import { peerRouter } from "./peer-router.ts";

// The product's own HTTP server, guards, sessions and tRPC, with the procedures it is compared with in place of its own.

const { DATABASE_URL = "", REDIS_URL = "" } = process.env;
const db = connect(DATABASE_URL, { name: "api" });
const log = createLog({ level: "warn", name: "peer", instance: "bench" });
const eventTypes = await watchEventTypes(db, (error) => log.warn({ err: error }, "event types could not be read"));
const sha256 = (bytes: Uint8Array): Uint8Array => hash("sha256", bytes, "buffer");
const random = pooledRandom(randomBytes);
const nextId = monotonicIds(Date.now, random);
const { settingsOf } = eventTypes;
const recorder = createRecorder({ now: Date.now, nextId, randomBytes: random, sha256, settingsOf });
const settings = defaultSettings;
const services: Services = {
  db,
  readDb: db,
  recorder,
  keeper: createKeeper({ db, recorder, nextId, publish: () => undefined, admit: () => undefined }),
  eventTypes,
  accounts: await createAccounts({
    db,
    https: false,
    idleMinutes: settings.sessionIdleMinutes,
    absoluteHours: settings.sessionAbsoluteHours,
  }),
  settings,
  now: Date.now,
  sha256,
  queueKind: "redis",
  lossAccepted: false,
  log,
};
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
