import { keepEnvelope } from "@countersign/db/outbox";
import type { OnDeadLetters } from "@countersign/db/store";
import type { Deps } from "../deps.ts";

/** Keeps an event of what was set aside, in the same transaction. What tells of dead letters and is one itself stays silent. */
export const tellDeadLetters =
  ({ recorder, nextId }: Pick<Deps, "recorder" | "nextId">): OnDeadLetters =>
  async (tx, letters) => {
    const events = letters
      .filter(({ code }) => code !== "sys_event_quarantined")
      .flatMap(({ id, code, errorCode }) => {
        const event = recorder.seal({
          code: "sys_event_quarantined",
          status: "success",
          actor: { type: "platform" },
          source: "worker",
          object: { type: "dead_letter", id, label: `event ${id}` },
          notes: `PostgreSQL refused it with ${errorCode}`,
          metadata: { code, errorCode },
        });
        return event === null ? [] : [event];
      });
    if (events.length > 0) await keepEnvelope(tx, nextId(), events);
  };
