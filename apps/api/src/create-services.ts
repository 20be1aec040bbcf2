import { hash } from "node:crypto";
import type { EventCode } from "@countersign/audit/catalogue";
import { createRecorder } from "@countersign/audit/recorder";
import { monotonicIds } from "@countersign/audit/uuid7";
import { approvalsInForce } from "@countersign/db/deciders";
import { watchEventTypes } from "@countersign/db/event-type-settings";
import { watchSettings } from "@countersign/db/system-config";
import type { SystemSettings } from "@countersign/db/system-settings";
import { watch } from "@countersign/db/watched";
import { openChannelSecrets } from "@countersign/service/channel-secrets";
import { systemLookup } from "@countersign/service/outbound";
import { createAccounts } from "./accounts/accounts.ts";
import type { DemoOffice } from "./demo-office.ts";
import { createExportLine } from "./http/export-line.ts";
import { type Capacity, type CapacityLimits, watchCapacity } from "./keeping/capacity.ts";
import { createKeeper, type KeeperDeps } from "./keeping/keeper.ts";
import { openReceipts } from "./keeping/receipts.ts";
import { createLiveLog } from "./live/live-log.ts";
import type { Services } from "./services.ts";

export type ServicesOptions = Pick<
  Services,
  "db" | "readDb" | "documents" | "queueKind" | "lossAccepted" | "log" | "now"
> & {
  publish: KeeperDeps["publish"];
  randomBytes: (count: number) => Uint8Array;
  capacity: CapacityLimits;
  /** Whether browsers reach us by https. */
  https: boolean;
  /** Where channels may lead; else only outward. */
  outbound?: Services["outbound"];
  /** Whether the worker has a mail server. */
  canMail?: boolean;
  /** Settings that count instead of those in the database. */
  settings?: Partial<SystemSettings>;
  /** How often what other processes change is read again, and for how long sessions and keys are remembered. */
  watchMs?: number;
  cacheMs?: number;
  signInsPerMinute?: number;
  /** Given where something can fill a new office with a demo. */
  demo?: DemoOffice | undefined;
  /** How often live views look by themselves. */
  liveTickMs?: number;
  /** The key of this API's receipts; made when it is missing. */
  receiptKeyFile: string;
  /** The key of the secrets of channels, which the worker has as well; made when it is missing. */
  channelKeyFile: string;
};

/** Wires what every procedure may use. `stop` ends what watches the database. */
export const createServices = async (
  options: ServicesOptions,
): Promise<{ services: Services; nextId: () => string; capacity: Capacity; stop: () => void }> => {
  const {
    db,
    readDb,
    log,
    now,
    randomBytes,
    publish,
    settings = {},
    watchMs,
    cacheMs,
    signInsPerMinute,
    liveTickMs,
  } = options;
  const failing = (what: string) => (error: unknown) => log.warn({ err: error }, what);
  const eventTypes = await watchEventTypes(db, failing("event types could not be read"), watchMs);
  const approvals = await watch(() => approvalsInForce(db), failing("who can approve could not be read"), watchMs);
  const config = await watchSettings(db, failing("settings could not be read"), watchMs);
  const capacity = watchCapacity(readDb, options.capacity, failing("the backlog could not be measured"), watchMs);
  const currentSettings = (): SystemSettings => ({ ...config.current(), ...settings });
  const sha256 = (bytes: Uint8Array): Uint8Array => hash("sha256", bytes, "buffer");
  const nextId = monotonicIds(now, randomBytes);
  const recorder = createRecorder({ now, nextId, randomBytes, sha256, settingsOf: eventTypes.settingsOf });
  const admit = (code: EventCode | null): void =>
    capacity.refuseWhenFull(code === null ? "medium" : eventTypes.settingsOf(code).severity);
  const services: Services = {
    db,
    readDb,
    recorder,
    keeper: createKeeper({ db, recorder, nextId, publish, admit }),
    eventTypes,
    approvals: { inForce: async () => approvals.current() || approvalsInForce(db) },
    accounts: await createAccounts({
      db,
      https: options.https,
      settings: currentSettings,
      now,
      ...(cacheMs !== undefined && { cacheMs }),
      ...(signInsPerMinute !== undefined && { signInsPerMinute }),
    }),
    documents: options.documents,
    receipts: await openReceipts(db, options.receiptKeyFile, new Date(now()).toISOString()),
    get settings() {
      return currentSettings();
    },
    refreshSettings: config.refresh,
    channelSecrets: await openChannelSecrets(options.channelKeyFile),
    live: createLiveLog({
      db: readDb,
      now,
      idleMinutes: () => currentSettings()["session.idle_minutes"],
      onError: failing("the log could not be watched"),
      ...(liveTickMs !== undefined && { tickMs: liveTickMs }),
    }),
    exportLine: createExportLine(),
    now,
    sha256,
    outbound: options.outbound ?? { privateHosts: [], ownOrigin: undefined, lookup: systemLookup },
    canMail: options.canMail ?? false,
    queueKind: options.queueKind,
    lossAccepted: options.lossAccepted,
    demo: options.demo ?? null,
    log,
  };
  const stop = (): void => {
    services.live.stop();
    eventTypes.stop();
    approvals.stop();
    config.stop();
    capacity.stop();
  };
  return { services, nextId, capacity, stop };
};
