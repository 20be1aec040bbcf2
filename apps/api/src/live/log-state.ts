import type { Database } from "@countersign/db/client";
import type { LogPlace } from "@countersign/db/log-places";
import { logEnd } from "@countersign/db/log-places";
import { outboxState } from "@countersign/db/outbox";
import { countUnsealed, latestCheckpoint } from "@countersign/db/sealing";

/** How far the log is stored and proven at a moment of the server's. */
export type LogState = {
  at: string;
  epoch: number;
  /** Leaves that have a position, and stored events that have none yet. */
  size: number;
  unsealed: number;
  /** Kept and not yet stored, and for how long the oldest of them. */
  waitingEvents: number;
  oldestKeptSeconds: number | null;
  checkpoint: { size: number; signedAt: string } | null;
};

export const readLogState = async (db: Database, nowMs: number): Promise<LogState> => {
  const { epoch, index: size } = await logEnd(db);
  const [checkpoint, unsealed, { events, oldestSeconds }] = await Promise.all([
    latestCheckpoint(db, epoch),
    countUnsealed(db),
    outboxState(db),
  ]);
  return {
    at: new Date(nowMs).toISOString(),
    epoch,
    size,
    unsealed,
    waitingEvents: events,
    oldestKeptSeconds: oldestSeconds,
    checkpoint: checkpoint === undefined ? null : { size: checkpoint.size, signedAt: checkpoint.signedAt },
  };
};

export const endOf = ({ epoch, size }: LogState): LogPlace => ({ epoch, index: size });
