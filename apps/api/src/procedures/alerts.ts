import { alertStates, countOpenAlerts, findAlert, listAlerts } from "@countersign/db/alerts";
import { z } from "zod";
import { alertAnswer } from "../domain/alert-answers.ts";
import { type AlertChange, alertChanges, moveAlert } from "../domain/alerts.ts";
import { done, pageOf } from "../domain/answers.ts";
import { notFound } from "../domain/domain-error.ts";
import { noInput, reason, rowId, version } from "../domain/fields.ts";
import { rowCursor, rowPage, toPage } from "../domain/paging.ts";
import type { Context } from "../trpc/context.ts";
import { router } from "../trpc/init.ts";
import { operation, type SignedIn } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";
import { channelProcedures } from "./alert-channels.ts";
import { deliveryProcedures } from "./alert-deliveries.ts";
import { ruleProcedures } from "./alert-rules.ts";

const acting = ({ session, services }: SignedIn) => ({
  by: { id: session.userId, name: session.name },
  at: new Date(services.now()).toISOString(),
});

const alertInput = z.strictObject({ alertId: rowId, version, note: reason });
const onAlert = {
  feature: "alerts.read",
  event: "sys_alert_acknowledged",
  input: alertInput,
  object: (_: z.output<typeof alertInput>, outcome: AlertChange | null) =>
    outcome === null
      ? undefined
      : ({ type: "alert_rule", id: String(outcome.after.rule.id), label: outcome.after.rule.name } as const),
  notes: ({ note }: z.output<typeof alertInput>) => note,
  metadata: ({ alertId }: z.output<typeof alertInput>, outcome: AlertChange | null) => ({
    alert: alertId,
    ...(outcome && { headline: outcome.after.headline, count: outcome.after.count }),
  }),
  changes: alertChanges,
  answer: ({ after }: AlertChange) => ({ alert: after }),
} as const;

const find = async ({ services }: Context, alertId: number) => {
  const alert = await findAlert(services.db, alertId);
  if (alert === undefined) throw notFound("alert");
  return alert;
};

/** What the rules found, until somebody takes note of it; the rules, the channels, and what went through them. */
export const alerts = router({
  list: may("alerts.read")
    .meta({
      rest: { method: "GET", path: "/api/alerts", summary: "Alerts, newest first", output: pageOf(alertAnswer) },
    })
    .input(z.strictObject({ ...rowPage, states: z.array(z.enum(alertStates)).min(1).max(3).default(["open"]) }))
    .query(async ({ ctx, input: { states, cursor, limit } }) =>
      toPage(await listAlerts(ctx.services.db, states, rowCursor(cursor), limit + 1), limit),
    ),

  /** How many nobody took note of yet. */
  open: may("alerts.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/alerts/open",
        summary: "How many alerts nobody took note of",
        output: z.object({ count: z.number() }),
      },
    })
    .input(noInput)
    .query(async ({ ctx }) => ({ count: await countOpenAlerts(ctx.services.db) })),

  get: may("alerts.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/alerts/{alertId}",
        summary: "One alert with its notes",
        output: z.object({ alert: alertAnswer }),
      },
    })
    .input(z.strictObject({ alertId: rowId }))
    .query(async ({ ctx, input: { alertId } }) => ({ alert: await find(ctx, alertId) })),

  acknowledge: operation({
    ...onAlert,
    rest: {
      method: "POST",
      path: "/api/alerts/{alertId}/acknowledge",
      summary: "Take note of an alert",
      output: done({ alert: alertAnswer }),
    },
    run: ({ tx, ctx }, input) => moveAlert(tx, input, "acknowledged", acting(ctx)),
  }),

  close: operation({
    ...onAlert,
    rest: {
      method: "POST",
      path: "/api/alerts/{alertId}/close",
      summary: "Close an alert",
      output: done({ alert: alertAnswer }),
    },
    run: ({ tx, ctx }, input) => moveAlert(tx, input, "closed", acting(ctx)),
  }),

  ...ruleProcedures,
  ...channelProcedures,
  ...deliveryProcedures,
});
