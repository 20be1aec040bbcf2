import { eventCodes } from "@countersign/audit/catalogue";
import { outboxState } from "@countersign/db/outbox";
import { z } from "zod";
import { noInput } from "../domain/fields.ts";
import type { Services } from "../services.ts";
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
  /** Event types whose acts wait for a second person, and those for which one can be asked; none before two can decide. */
  approvals: z.object({ required: z.array(z.string()), offered: z.array(z.string()) }),
});

const status = z.object({
  lossAccepted: z.boolean(),
  oldestKeptSeconds: z.number().nullable(),
  waitingEvents: z.number(),
  queue: z.enum(["redis", "postgres"]),
});

const approvalModes = async ({ approvals, eventTypes }: Services) => {
  const modes = (await approvals.inForce())
    ? eventCodes.map((code) => [code, eventTypes.approvalOf(code)] as const)
    : [];
  const thoseThatAre = (mode: string) => modes.filter(([, one]) => one === mode).map(([code]) => code);
  return { required: thoseThatAre("required"), offered: thoseThatAre("optional") };
};

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
    .query(async ({ ctx: { services } }) => {
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
        approvals: await approvalModes(services),
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
