import { closingDraft } from "@countersign/audit/repeats";
import { hasClosedWindows, takeClosedWindows } from "@countersign/db/collapsed-reads";
import { keepEnvelope } from "@countersign/db/outbox";
import { inTransaction } from "@countersign/db/transaction";
import type { Deps } from "../deps.ts";

const windowsAtOnce = 100;

/** Ends the windows of repeated reads that have run out: one event for each that had repeats, in the same transaction. */
export const closeReads =
  ({ db, recorder, nextId, publish }: Deps) =>
  async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted && (await hasClosedWindows(db))) {
      const envelopeId = nextId();
      const kept = await inTransaction(db, async (tx) => {
        const windows = await takeClosedWindows(tx, windowsAtOnce);
        const events = windows.flatMap((window) => recorder.seal(closingDraft(window)) ?? []);
        if (events.length > 0) await keepEnvelope(tx, envelopeId, events);
        return events.length;
      });
      if (kept > 0) publish([envelopeId]);
    }
  };
