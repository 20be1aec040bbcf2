import { storeEnvelopes } from "@countersign/db/store";
import type { JobData } from "@countersign/queue/queues";
import type { Deps } from "../deps.ts";
import { tellDeadLetters } from "./quarantine.ts";

/** Moves kept envelopes to the log. Safe to run twice and beside the sweep: each envelope is consumed exactly once. */
export const storeEvents =
  (deps: Deps) =>
  async ({ ids }: JobData<"store-events">): Promise<{ stored: number }> => {
    const { stored, deadLetters } = await storeEnvelopes(deps.db, ids, tellDeadLetters(deps));
    deps.crashPoint("after_store");
    if (deadLetters.length > 0) deps.log.error({ deadLetters }, "events could not be stored and were set aside");
    return { stored };
  };
