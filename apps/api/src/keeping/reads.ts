import { canonicalize } from "@countersign/audit/canonical-json";
import { type EventCode, eventType } from "@countersign/audit/catalogue";
import type { EventDraft } from "@countersign/audit/event";
import type { JsonObject } from "@countersign/audit/json";
import { closingDraft } from "@countersign/audit/repeats";
import { countRead } from "@countersign/db/collapsed-reads";
import { inTransaction } from "@countersign/db/transaction";
import type { Services } from "../services.ts";

/**
 * Keeps the event of a read. The first of its kind by this actor in the window is kept at once, further ones are counted
 * in the database; when the window is over one closing event tells how many they were, so that the sum is the number of reads.
 */
export const keepRead = async <Code extends EventCode>(
  { db, keeper, settings, sha256 }: Services,
  draft: EventDraft<Code>,
  sameAs: JsonObject,
  seconds = eventType(draft.code).collapseSeconds > 0 ? settings["audit.collapse_seconds"] : 0,
): Promise<void> => {
  if (seconds === 0) {
    await keeper.keepAlone(draft);
    return;
  }
  const key = sha256(
    new TextEncoder().encode(
      canonicalize({
        actor: draft.actor.id,
        type: draft.actor.type,
        code: draft.code,
        object: draft.object?.id,
        sameAs,
      }),
    ),
  );
  await inTransaction(db, async (tx) => {
    const { first, closed } = await countRead(tx, key, seconds, draft);
    if (closed !== undefined && closed.repeats > 0) keeper.keepWith(tx, closingDraft(closed));
    if (first) keeper.keepWith(tx, draft);
  });
};
