import { firstSignIns, listDoneTo, spanOfActs } from "@countersign/db/user-events";
import { z } from "zod";
import { page } from "../domain/event-query.ts";
import { rowId } from "../domain/fields.ts";
import { logPageAnswer } from "../domain/log-answers.ts";
import { toLogEntry } from "../domain/log-entry.ts";
import { pageOf } from "../domain/log-page.ts";
import { reading } from "../trpc/operation.ts";
import { tooBroad, viewing } from "./viewing.ts";

const seen = z.object({ at: z.string(), name: z.string().nullable() }).nullable();

/** What the log knows of one user, who may be gone or never have been; part of `audit`. */
export const auditUsers = {
  doneToUser: reading({
    ...viewing,
    rest: {
      method: "GET",
      path: "/api/audit/users/{userId}/received",
      summary: "What others did to one user, newest first",
      output: logPageAnswer,
    },
    input: z.strictObject({ userId: rowId, ...page }),
    run: async ({ services }, { userId, cursor, limit }) => {
      const rows = await listDoneTo(services.readDb, String(userId), cursor ?? null, limit + 1).catch(tooBroad);
      return pageOf(services.readDb, rows, limit);
    },
    answer: (found) => found,
  }),

  userSeen: reading({
    ...viewing,
    rest: {
      method: "GET",
      path: "/api/audit/users/{userId}/seen",
      summary: "When one user first and last acted, and under which name",
      output: z.object({ first: seen, last: seen }),
    },
    input: z.strictObject({ userId: rowId }),
    run: async ({ services }, { userId }) => {
      const span = await spanOfActs(services.readDb, String(userId)).catch(tooBroad);
      if (span === undefined) return { first: null, last: null };
      const [first, last] = [span.first, span.last].map(toLogEntry).map(({ receivedAt, actor }) => ({
        at: receivedAt,
        name: actor.label,
      }));
      return { first: first ?? null, last: last ?? null };
    },
    answer: (found) => found,
  }),

  userAddresses: reading({
    ...viewing,
    rest: {
      method: "GET",
      path: "/api/audit/users/{userId}/addresses",
      summary: "The addresses one user signed in from, each with the first sign-in from there, the latest first",
      output: z.object({ items: z.array(z.object({ ip: z.string(), eventId: z.string() })) }),
    },
    input: z.strictObject({ userId: rowId }),
    run: async ({ services }, { userId }) => ({
      items: await firstSignIns(services.readDb, String(userId)).catch(tooBroad),
    }),
    answer: (found) => found,
  }),
};
