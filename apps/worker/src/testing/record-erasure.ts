import { randomBytes } from "node:crypto";
import { uuid7 } from "@countersign/audit/uuid7";
import type { Database } from "@countersign/db/client";
import { idsHashOf, insertErasure } from "@countersign/db/erasures";
import { keepEnvelope } from "@countersign/db/outbox";
import { inTransaction } from "@countersign/db/transaction";
import { nodeCrypto } from "@countersign/service/crypto";
import type { Deps } from "../deps.ts";

/** Records an erasure as the API does, its event in the same transaction; answers its id. */
export const recordErasure = async (
  api: Database,
  { recorder, nextId, now }: Deps,
  subjectId: string | null,
  ids: readonly string[],
): Promise<string> => {
  const id = uuid7(now(), randomBytes(10));
  const idsHash = idsHashOf(ids, nodeCrypto.sha256);
  const event = recorder.seal({
    code: "sys_details_erased",
    status: "success",
    source: "app",
    actor: { type: "user", id: "1" },
    object: { type: "subject", id, label: `user ${subjectId}` },
    facts: { count: ids.length, ids: Buffer.from(idsHash).toString("base64"), basis: "request" },
  });
  await inTransaction(api, async (tx) => {
    const order = {
      ...{ id, subjectId, byQuery: false, basis: "request", reason: "asked" },
      ...{ requestedAt: new Date(now()).toISOString(), requestedBy: "user:1" },
    };
    await insertErasure(tx, { ...order, ids, idsHash });
    if (event) await keepEnvelope(tx, nextId(), [event]);
  });
  return id;
};
