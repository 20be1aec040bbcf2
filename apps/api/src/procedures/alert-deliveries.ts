import { findNotification, listNotifications, notificationStates } from "@countersign/db/notifications";
import { z } from "zod";
import { deliveryAnswer } from "../domain/alert-answers.ts";
import { resend } from "../domain/alerts.ts";
import { done, pageOf } from "../domain/answers.ts";
import { notFound } from "../domain/domain-error.ts";
import { rowId } from "../domain/fields.ts";
import { rowCursor, rowPage, toPage } from "../domain/paging.ts";
import { operation } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";

export const deliveryProcedures = {
  deliveries: may("alerts.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/alert-deliveries",
        summary: "Messages through channels, newest first: what was sent, tried, held back and why",
        output: pageOf(deliveryAnswer),
      },
    })
    .input(
      z.strictObject({
        ...rowPage,
        state: z.enum(notificationStates).optional(),
        channelId: rowId.optional(),
        alertId: rowId.optional(),
      }),
    )
    .query(async ({ ctx, input: { cursor, limit, ...filter } }) =>
      toPage(await listNotifications(ctx.services.db, filter, rowCursor(cursor), limit + 1), limit),
    ),

  delivery: may("alerts.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/alert-deliveries/{deliveryId}",
        summary: "One message and what came of it",
        output: z.object({ delivery: deliveryAnswer }),
      },
    })
    .input(z.strictObject({ deliveryId: rowId }))
    .query(async ({ ctx, input: { deliveryId } }) => {
      const delivery = await findNotification(ctx.services.db, deliveryId);
      if (delivery === undefined) throw notFound("delivery");
      return { delivery };
    }),

  sendAgain: operation({
    feature: "alerts.manage",
    event: "sys_channel_changed",
    neverWaits: true,
    rest: {
      method: "POST",
      path: "/api/alert-deliveries/{deliveryId}/send-again",
      summary: "Send a message that was given up or held back",
      output: done({ delivery: deliveryAnswer }),
    },
    input: z.strictObject({ deliveryId: rowId }),
    run: ({ tx }, { deliveryId }) => resend(tx, deliveryId),
    object: (_, outcome) =>
      outcome === null ? undefined : { type: "channel", id: String(outcome.channel.id), label: outcome.channel.name },
    metadata: (_, outcome) => ({
      act: "sent a message again",
      ...(outcome && { alert: outcome.delivery.alertId, headline: outcome.delivery.message.headline }),
    }),
    changes: () => null,
    answer: ({ delivery }) => ({ delivery }),
  }),
};
