import { outboxState } from "@countersign/db/outbox";
import { z } from "zod";
import { noInput } from "../domain/fields.ts";
import { router } from "../trpc/init.ts";
import { signedIn, withAnyPassword } from "../trpc/procedures.ts";

const office = z.object({
  office: z.string(),
  timeZone: z.string(),
  permitTypes: z.array(z.string()),
  defaultValidDays: z.number(),
  renewGraceDays: z.number(),
  defaultDays: z.number(),
  documentMaxMb: z.number(),
  documentMediaTypes: z.array(z.string()),
  passwordMin: z.number(),
});

const status = z.object({
  lossAccepted: z.boolean(),
  oldestKeptSeconds: z.number().nullable(),
  waitingEvents: z.number(),
  queue: z.enum(["redis", "postgres"]),
});

export const system = router({
  settings: withAnyPassword
    .meta({
      rest: {
        method: "GET",
        path: "/api/system/settings",
        summary: "What pages need to know of the office",
        output: office,
      },
    })
    .input(noInput)
    .query(({ ctx: { services } }) => {
      const { settings } = services;
      return {
        office: settings["display.office"],
        timeZone: settings["display.time_zone"],
        permitTypes: settings["permit.types"],
        defaultValidDays: settings["permit.default_valid_days"],
        renewGraceDays: settings["permit.renew_grace_days"],
        defaultDays: settings["audit.default_days"],
        documentMaxMb: settings["document.max_mb"],
        documentMediaTypes: settings["document.media_types"],
        passwordMin: settings["signin.password_min"],
      };
    }),

  /** How far storing is behind keeping, and whether the server may lose what it said yes to. */
  status: signedIn
    .meta({
      rest: { method: "GET", path: "/api/system/status", summary: "How far storing is behind keeping", output: status },
    })
    .input(noInput)
    .query(async ({ ctx: { services } }) => {
      const { events, oldestSeconds } = await outboxState(services.db);
      return {
        lossAccepted: services.lossAccepted,
        oldestKeptSeconds: oldestSeconds,
        waitingEvents: events,
        queue: services.queueKind,
      };
    }),
});
