import { eventType, isEventCode, type Policy, policies, severities } from "@countersign/audit/catalogue";
import { weakensEventType } from "@countersign/audit/weakening";
import { listEventTypes } from "@countersign/db/event-types";
import { z } from "zod";
import { activityAnswer, done, eventTypeAnswer } from "../domain/answers.ts";
import { changeEventType, describeEventType, eventTypeChanges, readActivity } from "../domain/event-types.ts";
import { reason, text, version } from "../domain/fields.ts";
import { router } from "../trpc/init.ts";
import { operation } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";

/** What is recorded of which act, and how. */
export const eventTypes = router({
  list: may("events.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/event-types",
        summary: "All event types, as the catalogue has them and as they are set",
        output: z.object({ items: z.array(eventTypeAnswer) }),
      },
    })
    .input(z.strictObject({}))
    .query(async ({ ctx }) => ({ items: (await listEventTypes(ctx.services.db)).map(describeEventType) })),

  /** Counts alone: who did what stands in the log, which takes another right. */
  activity: may("events.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/event-types/activity",
        summary: "How often each event type was recorded, by day (UTC), and when last",
        output: activityAnswer,
      },
    })
    .input(z.strictObject({ days: z.number().int().min(1).max(90).default(30) }))
    .query(({ ctx: { services }, input: { days } }) => readActivity(services.readDb, days, services.now())),

  update: operation({
    feature: "events.configure",
    event: "system_config_change",
    fresh: true,
    rest: {
      method: "PATCH",
      path: "/api/event-types/{code}",
      summary: "Set an event type for the events that follow",
      output: done({ eventType: eventTypeAnswer }),
    },
    input: z.strictObject({
      code: text(64),
      version: version.optional(),
      enabled: z.boolean().optional(),
      severity: z.enum(severities).optional(),
      policy: z.enum(Object.keys(policies) as [Policy, ...Policy[]]).optional(),
      approval: z.enum(["none", "optional", "required"]).optional(),
      notify: z.boolean().optional(),
      reason,
    }),
    run: ({ tx, ctx: { services } }, { code, version, reason: _, ...given }) => {
      tx.afterCommit(services.eventTypes.refresh);

      const patch = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      return changeEventType(tx, { code, version }, patch, new Date(services.now()).toISOString());
    },
    object: ({ code }, outcome) => ({
      type: "system_config",
      id: `event_type:${code}`,
      label: outcome?.after.name ?? (isEventCode(code) ? eventType(code).name : undefined),
    }),
    notes: (input) => input.reason,
    changes: eventTypeChanges,
    approval: (_, { before, after }, { services: { settings } }) =>
      weakensEventType(before, after, (policy) => settings[`retention.${policy}`]),
    answer: ({ after }) => ({ eventType: describeEventType(after) }),
  }),
});
