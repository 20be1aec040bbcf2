import { outboxState } from "@countersign/db/outbox";
import { router } from "../trpc/init.ts";
import { signedIn } from "../trpc/procedures.ts";

export const system = router({
  settings: signedIn.query(({ ctx: { services } }) => {
    const { office, timeZone, permitTypes, defaultValidDays, defaultDays } = services.settings;
    return { office, timeZone, permitTypes: [...permitTypes], defaultValidDays, defaultDays };
  }),

  /** How far storing is behind keeping, and whether the server may lose what it said yes to. */
  status: signedIn.query(async ({ ctx: { services } }) => {
    const { events, oldestSeconds } = await outboxState(services.db);
    return {
      lossAccepted: services.lossAccepted,
      oldestKeptSeconds: oldestSeconds,
      waitingEvents: events,
      queue: services.queueKind,
    };
  }),
});
