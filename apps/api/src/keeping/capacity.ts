import { statfs } from "node:fs/promises";
import type { Severity } from "@countersign/audit/catalogue";
import type { Database } from "@countersign/db/client";
import { outboxState } from "@countersign/db/outbox";
import { DomainError } from "../domain/domain-error.ts";

export type CapacityLimits = {
  /** Events that may wait to be stored, and how long the oldest may. */
  maxWaitingEvents: number;
  maxAgeSeconds: number;
  /** Room that must be left where the embedded database lives; `folder` is undefined for a server elsewhere. */
  folder: string | undefined;
  minFreeBytes: number;
};

export type Capacity = {
  /** Throws when an event of this severity may not be kept now; critical ones are refused last. */
  refuseWhenFull: (severity: Severity) => void;
  measure: () => Promise<void>;
  stop: () => void;
};

/** For critical events the limits are this much wider. */
const criticalRoom = 1.2;

/**
 * Refuses to keep more than can be stored, instead of filling the disk or dropping anything: nothing is promised that is
 * not kept. What is measured is at most a second old; as long as it cannot be measured, the database itself decides.
 */
export const watchCapacity = (
  db: Database,
  limits: CapacityLimits,
  onError: (error: unknown) => void,
  everyMs = 1000,
): Capacity => {
  let waitingEvents = 0;
  let oldestSeconds = 0;
  let freeBytes = Number.POSITIVE_INFINITY;

  const measure = async (): Promise<void> => {
    const state = await outboxState(db);
    waitingEvents = state.events;
    oldestSeconds = state.oldestSeconds ?? 0;
    if (limits.folder === undefined) return;
    const { bavail, bsize } = await statfs(limits.folder);
    freeBytes = bavail * bsize;
  };
  let measuring = false;
  const timer = setInterval(() => {
    if (measuring) return;
    measuring = true;
    measure()
      .catch(onError)
      .finally(() => {
        measuring = false;
      });
  }, everyMs);
  timer.unref();

  return {
    refuseWhenFull: (severity) => {
      const room = severity === "critical" ? criticalRoom : 1;
      const isBacklogged =
        waitingEvents > limits.maxWaitingEvents * room || oldestSeconds > limits.maxAgeSeconds * room;
      const isFull = freeBytes * room < limits.minFreeBytes;
      if (!isBacklogged && !isFull) return;
      const why = isFull ? "the disk of the log is almost full" : "too many events wait to be stored";
      throw new DomainError("unavailable", "capacity", `Nothing was changed: ${why}. Try again later.`, {
        retryAfterS: 5 + Math.round(Math.random() * 25),
      });
    },
    measure,
    stop: () => clearInterval(timer),
  };
};
