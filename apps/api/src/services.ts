import type { Recorder } from "@countersign/audit/recorder";
import type { Database } from "@countersign/db/client";
import type { EventTypeSettings } from "@countersign/db/event-type-settings";
import type { SystemSettings } from "@countersign/db/system-settings";
import type { ChannelSecrets } from "@countersign/service/channel-secrets";
import type { Log } from "@countersign/service/log";
import type { Accounts } from "./accounts/accounts.ts";
import type { DemoOffice } from "./demo-office.ts";
import type { DocumentStorage } from "./documents/storage.ts";
import type { Outbound } from "./domain/channel-input.ts";
import type { Keeper } from "./keeping/keeper.ts";
import type { Receipts } from "./keeping/receipts.ts";
import type { LiveLog } from "./live/live-log.ts";
import type { WorkLine } from "./work-line.ts";

/** What every procedure may use; made once in main.ts, or in a test. */
export type Services = {
  db: Database;
  /** Reads of the log: their own connections and a short limit, so that they never keep an act waiting. */
  readDb: Database;
  recorder: Recorder;
  keeper: Keeper;
  eventTypes: EventTypeSettings;
  /** Whether critical acts need a second person in this office yet. */
  approvals: { inForce: () => Promise<boolean> };
  accounts: Accounts;
  documents: DocumentStorage;
  receipts: Receipts;
  /** As they are at this moment. */
  readonly settings: SystemSettings;
  /** Reads the settings again now; call it after changing one. */
  refreshSettings: () => Promise<void>;
  /** What seals the secrets of channels. */
  channelSecrets: ChannelSecrets;
  /** Where live views hear that the log has grown. */
  live: LiveLog;
  /** Where exports wait for their turn; `too_many_exports` when too many do. */
  exportLine: WorkLine;
  /** Where channels may lead, and whether the worker has a mail server. */
  outbound: Outbound;
  canMail: boolean;
  /** Milliseconds since 1970. */
  now: () => number;
  sha256: (bytes: Uint8Array) => Uint8Array;
  /** What can fill a new office with a demo; null where nothing can. */
  demo: DemoOffice | null;
  queueKind: "redis" | "postgres";
  /** Durability is switched off on the server and the operator said so is fine. */
  lossAccepted: boolean;
  log: Log;
};
