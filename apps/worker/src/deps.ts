import type { Recorder } from "@countersign/audit/recorder";
import type { Database } from "@countersign/db/client";
import type { CrashPoint } from "@countersign/service/crash-point";
import type { Log } from "@countersign/service/log";

/** What every job may use. */
export type Deps = {
  db: Database;
  recorder: Recorder;
  /** Milliseconds since 1970. */
  now: () => number;
  /** UUIDv7 for envelopes. */
  nextId: () => string;
  /** Tells the workers, this one among them, that envelopes were kept. */
  publish: (envelopeIds: readonly string[]) => void;
  log: Log;
  crashPoint: CrashPoint;
};
