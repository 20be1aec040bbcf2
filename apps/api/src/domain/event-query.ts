import { categories, eventCodes, objectTypes, severities, statuses } from "@countersign/audit/catalogue";
import { type EventFilter, type EventLists, splitReference } from "@countersign/audit/event-filter";
import { isUuid7 } from "@countersign/audit/uuid7";
import { z } from "zod";
import { isCanonicalNetwork } from "../http/client-ip.ts";
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

const actorTypes = ["user", "api_key", "platform", "anonymous"] as const;

export const cursor = z
  .string()
  .refine(isUuid7, { params: { rule: "cursor" } })
  .nullish();
export const days = z.number().int().min(1).max(3660);

/** `user:3`, or a type alone. */
const reference = (types: readonly string[]) =>
  text(321).refine((value) => types.includes(splitReference(value).type) && splitReference(value).id !== "", {
    params: { rule: "reference" },
  });

/** What an event has one of, by the member of the query; as `notCodes` and so on, what it must not have. */
const lists = {
  codes: z.enum(eventCodes as [string, ...string[]]),
  categories: z.enum(Object.keys(categories) as [string, ...string[]]),
  severities: z.enum(severities),
  statuses: z.enum(statuses),
  actors: reference(actorTypes),
  objects: reference(Object.keys(objectTypes)),
  targets: reference(Object.keys(objectTypes)),
  roles: text(200),
  networks: z
    .string()
    .max(64)
    .refine(isCanonicalNetwork, { params: { rule: "network" } }),
  sources: text(256),
} satisfies Record<keyof EventLists, z.ZodType<string>>;

type ListName = keyof EventLists;
type NotName<Name extends string = ListName> = `not${Capitalize<Name>}`;
const listNames = Object.keys(lists) as ListName[];
const notName = (name: ListName): NotName => `not${name.charAt(0).toUpperCase()}${name.slice(1)}` as NotName;

const several = (value: z.ZodType<string>) => z.array(value).max(100).optional();
const listFields = Object.fromEntries(
  listNames.flatMap((name) => [
    [name, several(lists[name])],
    [notName(name), several(lists[name])],
  ]),
) as Record<ListName | NotName, ReturnType<typeof several>>;

const listsOnly = Object.fromEntries(listNames.map((name) => [name, several(lists[name])])) as Record<
  ListName,
  ReturnType<typeof several>
>;

/** A filter of the log without a range, as it is stored: its members are those of `EventFilter`. */
export const storedFilter = z.strictObject({
  ...listsOnly,
  not: z.strictObject(listsOnly).optional(),
  text: text(256).optional(),
});

/** What narrows the log, as callers write it. `days` counts back from now; with `from` or `to` it is refused. */
const eventQueryFields = {
  ...listFields,
  actorType: z.enum(actorTypes).optional(),
  actorId: text(256).optional(),
  objectType: text(64).optional(),
  objectId: text(256).optional(),
  requestId: text(256).optional(),
  text: text(256).optional(),
  from: time.optional(),
  to: time.optional(),
  days: days.optional(),
};

export const page = { cursor, limit: pageSize };

type Range = { days?: number | undefined; from?: string | undefined; to?: string | undefined };

const inOrder = ({ days, from, to }: Range, context: z.RefinementCtx): void => {
  if (days !== undefined && (from !== undefined || to !== undefined)) {
    context.addIssue({ code: "custom", path: ["days"], params: { rule: "with_from_or_to" } });
  }
  if (from !== undefined && to !== undefined && msOf(from) >= msOf(to)) {
    context.addIssue({ code: "custom", path: ["to"], params: { rule: "before_from" } });
  }
};

/** A query of the log with what else its caller may say. */
export const eventQueryWith = <More extends z.ZodRawShape>(more: More) =>
  z.strictObject({ ...eventQueryFields, ...more }).superRefine((query, context) => inOrder(query as Range, context));

export const eventQuery = eventQueryWith(page);

export type EventQuery = Omit<z.output<typeof eventQuery>, keyof typeof page>;

export const toFilter = (query: EventQuery, now: number): EventFilter => {
  const { actorType, actorId, objectType, objectId, requestId, text, days, from, to } = query;
  const given = (nameOf: (name: ListName) => ListName | NotName): EventLists =>
    Object.fromEntries(listNames.map((name) => [name, query[nameOf(name)]]));
  return {
    ...given((name) => name),
    not: given(notName),
    ...{ actorType, actorId, objectType, objectId, requestId, text },
    fromMs: days !== undefined ? now - days * dayMs : from === undefined ? undefined : msOf(from),
    toMs: to === undefined ? undefined : msOf(to),
  };
};
