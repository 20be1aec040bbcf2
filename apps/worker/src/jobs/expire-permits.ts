import { dayIn } from "@countersign/audit/calendar";
import { expirePermits, hasOverduePermits } from "@countersign/db/expiry";
import { keepEnvelope } from "@countersign/db/outbox";
import { readSettings } from "@countersign/db/system-config";
import { inTransaction } from "@countersign/db/transaction";
import type { Deps } from "../deps.ts";

const permitsAtOnce = 200;

/** The day after its last valid one a permit is over: its status changes and an event tells of it, in one transaction. */
export const expirePermitsJob =
  ({ db, recorder, nextId, publish, now, log }: Pick<Deps, "db" | "recorder" | "nextId" | "publish" | "now" | "log">) =>
  async (): Promise<{ expired: number }> => {
    const today = dayIn((await readSettings(db))["display.time_zone"], now());
    let expired = 0;
    while (await hasOverduePermits(db, today)) {
      const envelopeId = nextId();
      const permits = await inTransaction(db, async (tx) => {
        const permits = await expirePermits(tx, today, new Date(now()).toISOString(), permitsAtOnce);
        const events = permits.flatMap(({ id, permitNumber, from }) => {
          const event = recorder.seal({
            code: "sys_permit_expired",
            status: "success",
            actor: { type: "platform" },
            source: "worker",
            object: { type: "permit", id: String(id), label: permitNumber },
            changes: { status: { old: from, new: "expired" } },
          });
          return event === null ? [] : [event];
        });
        if (events.length > 0) await keepEnvelope(tx, envelopeId, events);
        return permits.length;
      });
      if (permits === 0) break;
      publish([envelopeId]);
      expired += permits;
    }
    if (expired > 0) log.info({ expired, today }, "permits expired");
    return { expired };
  };
