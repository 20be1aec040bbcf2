import { categories, eventCodes, severities, statuses } from "@countersign/audit/catalogue";
import type { EventFilter } from "@countersign/audit/event-filter";
import { isUuid7 } from "@countersign/audit/uuid7";
import { z } from "zod";
import { instant, msOf, pageSize, text } from "./fields.ts";

const dayMs = 86_400_000;

/** A time of the years 1970 to 9999. */
const time = instant.refine(
  (value) => {
    const ms = msOf(value);
    return ms >= 0 && ms < Date.UTC(10_000, 0);
  },
  { params: { rule: "out_of_range" } },
);

const several = <Schema extends z.ZodType>(schema: Schema) => z.array(schema).max(100).optional();

export const cursor = z
  .string()
  .refine(isUuid7, { params: { rule: "cursor" } })
  .nullish();
export const days = z.number().int().min(1).max(3660);

/** What narrows the log, as callers write it. `days` counts back from now; with `from` or `to` it is refused. */
const eventQueryFields = {
  codes: several(z.enum(eventCodes as [string, ...string[]])),
  categories: several(z.enum(Object.keys(categories) as [string, ...string[]])),
  severities: several(z.enum(severities)),
  statuses: several(z.enum(statuses)),
  actorType: z.enum(["user", "api_key", "platform", "anonymous"]).optional(),
  actorId: text(256).optional(),
  objectType: text(64).optional(),
  objectId: text(256).optional(),
  text: text(256).optional(),
  from: time.optional(),
  to: time.optional(),
  days: days.optional(),
};

export const page = { cursor, limit: pageSize };

export const eventQuery = z
  .strictObject({ ...eventQueryFields, ...page })
  .superRefine(({ days, from, to }, context) => {
    if (days !== undefined && (from !== undefined || to !== undefined)) {
      context.addIssue({ code: "custom", path: ["days"], params: { rule: "with_from_or_to" } });
    }
    if (from !== undefined && to !== undefined && msOf(from) >= msOf(to)) {
      context.addIssue({ code: "custom", path: ["to"], params: { rule: "before_from" } });
    }
  });

export type EventQuery = z.output<typeof eventQuery>;

export const toFilter = (
  { cursor: _cursor, limit: _limit, days, from, to, ...filter }: EventQuery,
  now: number,
): EventFilter => ({
  ...filter,
  fromMs: days !== undefined ? now - days * dayMs : from === undefined ? undefined : msOf(from),
  toMs: to === undefined ? undefined : msOf(to),
});
