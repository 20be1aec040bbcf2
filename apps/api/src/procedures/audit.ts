import type { EventFilter, EventPaging } from "@countersign/audit/event-filter";
import type { JsonObject } from "@countersign/audit/json";
import { isUuid7 } from "@countersign/audit/uuid7";
import { findEvent, hasActed } from "@countersign/db/events";
import { failureCode } from "@countersign/db/failures";
import { findUserName } from "@countersign/db/users";
import { z } from "zod";
import { DomainError, notFound } from "../domain/domain-error.ts";
import { days, eventQuery, page, toFilter } from "../domain/event-query.ts";
import { rowId, text } from "../domain/fields.ts";
import { logEntryAnswer, logPageAnswer } from "../domain/log-answers.ts";
import { toLogEntry } from "../domain/log-entry.ts";
import { type LogPage, readLogPage } from "../domain/log-page.ts";
import type { Context } from "../trpc/context.ts";
import { router } from "../trpc/init.ts";
import { reading } from "../trpc/operation.ts";

const tooBroad = (error: unknown): never => {
  if (failureCode(error) !== "57014") throw error;
  throw new DomainError(
    "invalid",
    "query_too_broad",
    "This would take too long. Choose a smaller range or fewer words.",
  );
};

/** One page, newest first, and where the next one begins. */
export const readPage = ({ services }: Context, filter: EventFilter, paging: EventPaging): Promise<LogPage> =>
  readLogPage(services.readDb, filter, paging).catch(tooBroad);

/** A query without its place in the pages: all pages of one query are one view of the log. */
const filterOf = (input: object): JsonObject =>
  Object.fromEntries(
    Object.entries(input).filter(([key, value]) => key !== "cursor" && key !== "limit" && value !== undefined),
  ) as JsonObject;

const auditLog = { type: "audit_log", id: "log", label: "audit log" } as const;

/** Viewing the log is an event itself, kept before a row is shown. */
export const viewing = {
  feature: "audit.read",
  event: "audit_view_logs",
  object: () => auditLog,
  metadata: (input: object): JsonObject => ({ filter: filterOf(input) }),
  sameAs: filterOf,
} as const;

export const refuseUnknownUser = async ({ services }: Context, userId: number): Promise<void> => {
  const known =
    (await findUserName(services.db, userId)) !== undefined ||
    (await hasActed(services.readDb, "user", String(userId)));
  if (!known) throw notFound("user");
};

const output = logPageAnswer;

export const audit = router({
  list: reading({
    ...viewing,
    rest: { method: "GET", path: "/api/audit/events", summary: "The log by any filter, newest first", output },
    input: eventQuery,
    run: (ctx, input) => readPage(ctx, toFilter(input, ctx.services.now()), input),
    answer: (found) => found,
  }),

  get: reading({
    ...viewing,
    rest: {
      method: "GET",
      path: "/api/audit/events/{id}",
      summary: "One event, with the texts that are hashed",
      output: logEntryAnswer,
    },
    input: z.strictObject({ id: z.string().refine(isUuid7, { params: { rule: "event_id" } }) }),
    run: async ({ services }, { id }) => {
      const row = await findEvent(services.readDb, id);
      if (row === undefined) throw notFound("event");
      return { entry: { ...toLogEntry(row), leaf: row.leaf, details: row.details } };
    },
    answer: (found) => found,
  }),

  userActivity: reading({
    ...viewing,
    rest: {
      method: "GET",
      path: "/api/audit/users/{userId}/events",
      summary: "What one user did, newest first",
      output,
    },
    input: z.strictObject({ userId: rowId, days: days.default(30), ...page }),
    run: async (ctx, { userId, days, ...where }) => {
      await refuseUnknownUser(ctx, userId);
      const filter = { actorType: "user", actorId: String(userId), fromMs: ctx.services.now() - days * 86_400_000 };
      return readPage(ctx, filter, where);
    },
    answer: (found) => found,
  }),

  objectHistory: reading({
    ...viewing,
    rest: {
      method: "GET",
      path: "/api/audit/objects/{objectType}/{objectId}/events",
      summary: "What happened to one object, newest first",
      output,
    },
    input: z.strictObject({ objectType: text(64), objectId: text(256), ...page }),
    run: (ctx, { objectType, objectId, ...where }) => readPage(ctx, { objectType, objectId }, where),
    answer: (found) => found,
  }),
});
