import { storeEnvelopes, waitingEnvelopes } from "@countersign/db/store";
import type { Deps } from "../deps.ts";
import { tellDeadLetters } from "./quarantine.ts";

/** Envelopes older than this were missed by the queue, or it is not there. */
const ageSeconds = 2;
const envelopesAtOnce = 1000;

/** Stores what has waited too long in the outbox, queue or no queue. Answers how many events it stored. */
export const sweepOutbox =
  (deps: Deps) =>
  async (signal: AbortSignal): Promise<number> => {
    let total = 0;
    while (!signal.aborted) {
      const ids = await waitingEnvelopes(deps.db, ageSeconds, envelopesAtOnce);
      if (ids.length === 0) break;
      const { stored, deadLetters } = await storeEnvelopes(deps.db, ids, tellDeadLetters(deps));
      if (deadLetters.length > 0) deps.log.error({ deadLetters }, "events could not be stored and were set aside");
      total += stored;
      if (stored === 0 && deadLetters.length === 0) break;
    }
    return total;
  };
