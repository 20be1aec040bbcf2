import { checkJson } from "@countersign/audit/json-limits";
import { z } from "zod";
import { type CloudEventInput, cloudEvent, eventOf } from "../domain/cloudevent-input.ts";
import { DomainError } from "../domain/domain-error.ts";
import { eventInput } from "../domain/event-input.ts";
import { recordedAnswer, recordedManyAnswer } from "../domain/log-answers.ts";
import { batchedCloudEvents, oneCloudEvent } from "../http/cloudevents.ts";
import { inputSchema } from "../http/rest-input.ts";
import type { RestRoute } from "../http/rest-route.ts";
import { type Recorded, recordEach, recordOne } from "../keeping/stating.ts";
import { invalidInput } from "../trpc/errors.ts";
import { router } from "../trpc/init.ts";
import { atOnce } from "../trpc/input.ts";
import { may } from "../trpc/procedures.ts";

const accepted: RestRoute["accepted"] = {
  when: (answer) => (answer as Recorded).outcome === "suppressed",
  description: "Read and counted, but not kept: an administrator has switched this event type off",
};
const recorded = { method: "POST", path: "/api/events", output: recordedAnswer, accepted } as const;

/** What of one item cannot be an event at all: text that cannot be stored, too much of it, or the wrong shape. */
const parse = <Schema extends z.ZodType>(schema: Schema, item: unknown): z.output<Schema> | DomainError => {
  const problem = checkJson(item);
  if (problem !== null) {
    const fields = [{ path: problem.path, rule: problem.rule }];
    return new DomainError("invalid", "invalid_input", `Nothing was kept: the event breaks the rule ${problem.rule}.`, {
      fields,
    });
  }
  const result = schema.safeParse(item);
  return result.success ? result.data : invalidInput(result.error);
};

const several = z.array(z.unknown()).min(1).max(500);
const listOf = (schema: z.ZodType) => ({ type: "array", minItems: 1, maxItems: 500, items: inputSchema(schema) });

/** Events that other front ends and services state; `audit.write` is needed. Durable when answered. */
export const events = router({
  record: may("audit.write")
    .meta({ rest: { ...recorded, summary: "Record an event; it is durable when answered" } })
    .input(atOnce(eventInput))
    .mutation(({ ctx, input }) => recordOne(ctx, input)),

  /** 1 to 500 at once, an answer for each in their order; good ones are kept although others are refused. */
  recordMany: may("audit.write")
    .meta({
      rest: {
        method: "POST",
        path: "/api/events/batch",
        summary: "Record 1 to 500 events, with an answer for each in their order",
        output: recordedManyAnswer,
        hints: { events: listOf(eventInput) },
      },
    })
    .input(atOnce(z.strictObject({ events: several })))
    .mutation(({ ctx, input }) => recordEach(ctx, input.events, (item) => parse(eventInput, item))),

  recordCloudEvent: may("audit.write")
    .meta({ rest: { ...recorded, summary: "Record a CloudEvent", form: oneCloudEvent } })
    .input(atOnce(cloudEvent))
    .mutation(({ ctx, input }) => recordOne(ctx, eventOf(input, ctx.services.now(), ctx.services.sha256))),

  recordCloudEvents: may("audit.write")
    .meta({
      rest: {
        method: "POST",
        path: "/api/events",
        summary: "Record 1 to 500 CloudEvents, with an answer for each in their order",
        output: recordedManyAnswer,
        form: batchedCloudEvents,
        hints: { items: inputSchema(cloudEvent) },
      },
    })
    .input(atOnce(several))
    .mutation(({ ctx, input }) => {
      const { now, sha256 } = ctx.services;
      const at = now();
      const read = (item: unknown) => {
        const given: CloudEventInput | DomainError = parse(cloudEvent, item);
        return given instanceof DomainError ? given : eventOf(given, at, sha256);
      };
      return recordEach(ctx, input, read);
    }),
});
