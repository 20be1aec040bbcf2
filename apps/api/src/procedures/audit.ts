import type { EventFilter, EventPaging } from "@countersign/audit/event-filter";
import { isUuid7 } from "@countersign/audit/uuid7";
import { erasureOf } from "@countersign/db/erasures";
import { findEvent, hasActed } from "@countersign/db/events";
import { findUserName } from "@countersign/db/users";
import { z } from "zod";
import { notFound } from "../domain/domain-error.ts";
import { days, eventQuery, page, toFilter } from "../domain/event-query.ts";
import { rowId, text } from "../domain/fields.ts";
import { markHeld } from "../domain/holds.ts";
import { logEntryAnswer, logPageAnswer } from "../domain/log-answers.ts";
import { toLogEntry } from "../domain/log-entry.ts";
import { type LogPage, readLogPage } from "../domain/log-page.ts";
import { followLog, placeOf } from "../live/follow-log.ts";
import { liveQuery } from "../live/live-query.ts";
import type { Context } from "../trpc/context.ts";
import { following } from "../trpc/following.ts";
import { router } from "../trpc/init.ts";
import { reading } from "../trpc/operation.ts";
import { auditCounts } from "./audit-counts.ts";
import { auditUsers } from "./audit-users.ts";
import { tooBroad, viewing } from "./viewing.ts";

/** One page, newest first, and where the next one begins. */
export const readPage = ({ services }: Context, filter: EventFilter, paging: EventPaging): Promise<LogPage> =>
  readLogPage(services.readDb, filter, paging).catch(tooBroad);

export const refuseUnknownUser = async ({ services }: Context, userId: number): Promise<void> => {
  const known =
    (await findUserName(services.db, userId)) !== undefined ||
    (await hasActed(services.readDb, "user", String(userId)));
  if (!known) throw notFound("user");
};

const output = logPageAnswer;

export const audit = router({
  ...auditCounts,
  ...auditUsers,

  list: reading({
    ...viewing,
    rest: { method: "GET", path: "/api/audit/events", summary: "The log by any filter, newest first", output },
    input: eventQuery,
    run: (ctx, input) => readPage(ctx, toFilter(input, ctx.services.now()), input),
    answer: (found) => found,
  }),

  /** What is new in the log and matches, as it gets its position, and how far the log is proven; server-sent events. */
  live: following({
    ...viewing,
    input: liveQuery,
    run: ({ services }, { lastEventId, ...query }, follower) =>
      followLog(services.readDb, follower, toFilter(query, services.now()), placeOf(lastEventId ?? "")),
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
      const [entry = toLogEntry(row)] = await markHeld(services.readDb, [toLogEntry(row)]);
      const erasure = row.details === null ? await erasureOf(services.readDb, id) : undefined;
      return { entry: { ...entry, leaf: row.leaf, details: row.details }, erasure: erasure ?? null };
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
