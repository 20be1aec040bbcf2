import { expiredDraft } from "@countersign/audit/approval-words";
import { expireRequests } from "@countersign/db/approvals";
import { keepEnvelope } from "@countersign/db/outbox";
import { inTransaction } from "@countersign/db/transaction";
import type { Deps } from "../deps.ts";

const requestsAtOnce = 200;

/** Closes the requests that nobody decided in time, each with its event in the same transaction. */
export const expireRequestsJob =
  ({ db, recorder, nextId, publish, now, log }: Pick<Deps, "db" | "recorder" | "nextId" | "publish" | "now" | "log">) =>
  async (): Promise<{ expired: number }> => {
    let expired = 0;
    for (;;) {
      const envelopeId = nextId();
      const closed = await inTransaction(db, async (tx) => {
        const requests = await expireRequests(tx, new Date(now()).toISOString(), requestsAtOnce);
        const events = requests.flatMap((request) => recorder.seal(expiredDraft(request, "worker")) ?? []);
        if (events.length > 0) await keepEnvelope(tx, envelopeId, events);
        return requests.length;
      });
      if (closed === 0) break;
      publish([envelopeId]);
      expired += closed;
    }
    if (expired > 0) log.info({ expired }, "requests expired");
    return { expired };
  };
