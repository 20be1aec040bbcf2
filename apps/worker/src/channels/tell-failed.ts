import type { JsonObject } from "@countersign/audit/json";
import { keepEnvelope } from "@countersign/db/outbox";
import type { Transaction } from "@countersign/db/transaction";
import type { Deps } from "../deps.ts";

/** Keeps the event that a channel took nothing for a day. */
export const tellFailed = async (
  tx: Transaction,
  { recorder, nextId }: Pick<Deps, "recorder" | "nextId">,
  { id, name }: { id: number; name: string },
  answer: string,
  metadata: JsonObject,
): Promise<void> => {
  const event = recorder.seal({
    code: "sys_notification_failed",
    status: "success",
    actor: { type: "platform" },
    source: "worker",
    object: { type: "channel", id: String(id), label: name },
    notes: answer,
    metadata: { count: 1, ...metadata },
  });
  if (event !== null) await keepEnvelope(tx, nextId(), [event]);
};
