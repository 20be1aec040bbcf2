import { outboxState } from "@countersign/db/outbox";
import { router } from "../trpc/init.ts";
import { signedIn, withAnyPassword } from "../trpc/procedures.ts";

export const system = router({
  settings: withAnyPassword.query(({ ctx: { services } }) => {
    const { settings } = services;
    return {
      office: settings["display.office"],
      timeZone: settings["display.time_zone"],
      permitTypes: settings["permit.types"],
      defaultValidDays: settings["permit.default_valid_days"],
      defaultDays: settings["audit.default_days"],
      documentMaxMb: settings["document.max_mb"],
      documentMediaTypes: settings["document.media_types"],
    };
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
