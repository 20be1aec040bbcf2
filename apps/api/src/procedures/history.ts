import { eventCodes } from "@countersign/audit/catalogue";
import { objectLife } from "@countersign/audit/object-life";
import { isUuid7 } from "@countersign/audit/uuid7";
import { type EventRow, findEvent } from "@countersign/db/events";
import { listEventsAround, relations } from "@countersign/db/events-around";
import { findObjectEvent, listObjectChanges, listObjectEvents, type ObjectKey } from "@countersign/db/object-events";
import { findRegistered } from "@countersign/db/objects";
import { z } from "zod";
import { notFound } from "../domain/domain-error.ts";
import { page } from "../domain/event-query.ts";
import { instant, msOf, text } from "../domain/fields.ts";
import { markHeld } from "../domain/holds.ts";
import { logPageAnswer } from "../domain/log-answers.ts";
import { type LogEntry, toLogEntry } from "../domain/log-entry.ts";
import { pageOf } from "../domain/log-page.ts";
import { router } from "../trpc/init.ts";
import { reading } from "../trpc/operation.ts";
import { tooBroad, viewing } from "./viewing.ts";

const object = { objectType: text(64), objectId: text(256) };
const keyOf = ({ objectType, objectId }: { objectType: string; objectId: string }): ObjectKey => ({
  type: objectType,
  id: objectId,
});

const anEntry = logPageAnswer.shape.entries.element.nullable();
const registerAnswers = ["there", "missing", "none"] as const;

const entryOf = (row: EventRow | undefined): LogEntry | null => (row === undefined ? null : toLogEntry(row));

/** The name an event gives to this object, whether it is about it or only names it. */
const labelIn = (entry: LogEntry | null, { type, id }: ObjectKey): string | null =>
  [entry?.object, entry?.target].find((named) => named?.type === type && named.id === id)?.label ?? null;

const lifeOf = (type: string): { begins: readonly string[]; ends: readonly string[] } =>
  Object.hasOwn(objectLife, type) ? objectLife[type as keyof typeof objectLife] : { begins: [], ends: [] };

/** What the log and the registers know of any one object, however long it is gone. */
export const history = router({
  object: reading({
    ...viewing,
    rest: {
      method: "GET",
      path: "/api/history/{objectType}/{objectId}",
      summary: "Whether an object is still there, how it is called, and its first and last events",
      output: z.object({
        object: z.object({ type: z.string(), id: z.string(), label: z.string().nullable() }),
        register: z.enum(registerAnswers),
        first: anEntry,
        last: anEntry,
        began: anEntry,
        ended: anEntry,
      }),
    },
    input: z.strictObject(object),
    run: async ({ services: { db, readDb } }, input) => {
      const key = keyOf(input);
      const { begins, ends } = lifeOf(key.type);
      const [registered, newest, oldest, began, ended] = await Promise.all([
        findRegistered(db, key),
        listObjectEvents(readDb, key, { withTarget: true }, null, 1),
        findObjectEvent(readDb, key, "oldest"),
        findObjectEvent(readDb, key, { newestOf: begins }),
        findObjectEvent(readDb, key, { newestOf: ends }),
      ]);
      const last = entryOf(newest[0]);
      return {
        object: { ...key, label: registered.label ?? labelIn(last, key) },
        register: registered.register,
        /** The first event that the log holds of it, and the newest, which may only name it. */
        first: entryOf(oldest),
        last,
        began: entryOf(began),
        /** Its end, unless it was begun again since, as ids of other systems may be. */
        ended: began !== undefined && ended !== undefined && began.id > ended.id ? null : entryOf(ended),
      };
    },
    answer: (found) => found,
  }),

  events: reading({
    ...viewing,
    rest: {
      method: "GET",
      path: "/api/history/{objectType}/{objectId}/events",
      summary: "What happened to an object, and the events that only name it, newest first",
      output: logPageAnswer,
    },
    input: z
      .strictObject({
        ...object,
        /** Also the events that only name it as their target: the documents of a permit, the roles of a user. */
        related: z.boolean().default(true),
        codes: z
          .array(z.enum(eventCodes as [string, ...string[]]))
          .max(100)
          .optional(),
        text: text(256).optional(),
        from: instant.optional(),
        to: instant.optional(),
        ...page,
      })
      .refine(({ from, to }) => from === undefined || to === undefined || msOf(from) < msOf(to), {
        path: ["to"],
        params: { rule: "before_from" },
      }),
    run: async ({ services: { readDb } }, { related, codes, text, from, to, cursor, limit, ...input }) => {
      const filter = {
        withTarget: related,
        codes,
        text,
        fromMs: from === undefined ? undefined : msOf(from),
        toMs: to === undefined ? undefined : msOf(to),
      };
      const rows = await listObjectEvents(readDb, keyOf(input), filter, cursor ?? null, limit + 1).catch(tooBroad);
      return pageOf(readDb, rows, limit);
    },
    answer: (found) => found,
  }),

  /** What its state at any time is made of (`state-at.ts`). */
  changes: reading({
    ...viewing,
    rest: {
      method: "GET",
      path: "/api/history/{objectType}/{objectId}/changes",
      summary: "The events that changed an object, newest first: what its state at any time is made of",
      output: logPageAnswer,
    },
    input: z.strictObject({ ...object, ...page }),
    run: async ({ services: { readDb } }, { cursor, limit, ...input }) =>
      pageOf(readDb, await listObjectChanges(readDb, keyOf(input), cursor ?? null, limit + 1).catch(tooBroad), limit),
    answer: (found) => found,
  }),

  around: reading({
    ...viewing,
    rest: {
      method: "GET",
      path: "/api/audit/events/{id}/around",
      summary: "The events before and after one, of the same object, request or actor",
      output: z.object({
        shared: z.boolean(),
        entries: logPageAnswer.shape.entries,
        more: z.object({ newer: z.boolean(), older: z.boolean() }),
      }),
    },
    input: z.strictObject({
      id: z.string().refine(isUuid7, { params: { rule: "event_id" } }),
      by: z.enum(relations),
      /** On each side. */
      limit: z.number().int().min(1).max(100).default(20),
    }),
    run: async ({ services: { readDb } }, { id, by, limit }) => {
      const event = await findEvent(readDb, id);
      if (event === undefined) throw notFound("event");
      const found = await listEventsAround(readDb, event, by, limit + 1).catch(tooBroad);
      if (found === null) return { shared: false, entries: [], more: { newer: false, older: false } };
      const { newer, older } = found;
      const entries = await markHeld(readDb, [...newer.slice(-limit), event, ...older.slice(0, limit)].map(toLogEntry));
      return { shared: true, entries, more: { newer: newer.length > limit, older: older.length > limit } };
    },
    answer: (found) => found,
  }),
});
