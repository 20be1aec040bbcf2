import { listSessions } from "@countersign/db/sessions";
import { findUserName, type User } from "@countersign/db/users";
import { z } from "zod";
import { done } from "../domain/answers.ts";
import { notFound } from "../domain/domain-error.ts";
import { noInput, reason, rowId } from "../domain/fields.ts";
import { lockedUser, refuseMorePowerful } from "../domain/users.ts";
import type { Context } from "../trpc/context.ts";
import { operation } from "../trpc/operation.ts";
import { may, signedIn } from "../trpc/procedures.ts";

const userRef = (id: number, user?: Pick<User, "name">) =>
  ({ type: "user", id: String(id), label: user?.name }) as const;

const session = z.object({
  id: z.number(),
  createdAt: z.string(),
  lastSeenAt: z.string(),
  expiresAt: z.string(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  isThisOne: z.boolean(),
});

/** The open sessions of a user, the one used last first. */
const sessionsOf = async ({ services }: Context, userId: number, ownSessionId: number | null) => {
  const idleSeconds = services.settings["session.idle_minutes"] * 60;
  const items = await listSessions(services.db, userId, idleSeconds, 100);
  return { items: items.map((item) => ({ ...item, isThisOne: item.id === ownSessionId })) };
};

/** What the event of ended sessions tells: which one, and how many they were. */
const endedFacts = (sessionId: number | undefined, ended: number | undefined) => ({
  ...(sessionId !== undefined && { session: sessionId }),
  ...(ended !== undefined && { count: ended }),
});

/** Open sessions: one's own, and those of others; part of `users`. */
export const userSessions = {
  sessions: may("users.sessions")
    .meta({
      rest: {
        method: "GET",
        path: "/api/users/{userId}/sessions",
        summary: "The open sessions of a user",
        output: z.object({ items: z.array(session) }),
      },
    })
    .input(z.strictObject({ userId: rowId }))
    .query(async ({ ctx, input: { userId } }) => {
      if ((await findUserName(ctx.services.db, userId)) === undefined) throw notFound("user");
      return sessionsOf(ctx, userId, ctx.caller.type === "user" ? ctx.caller.id : null);
    }),

  endSessions: operation({
    feature: "users.sessions",
    event: "sys_session_revoked",
    rest: {
      method: "POST",
      path: "/api/users/{userId}/sessions/end",
      summary: "End one session of a user, or all",
      output: done({ sessionsEnded: z.number() }),
    },
    input: z.strictObject({ userId: rowId, sessionId: rowId.optional(), reason }),
    run: async ({ tx, ctx }, { userId, sessionId }) => {
      const { sessions } = ctx.services.accounts;
      const user = await lockedUser(tx, userId);
      await refuseMorePowerful(tx, user, ctx.session.features);
      if (sessionId === undefined) return { user, ended: await sessions.endAllOf(tx, userId) };
      if (!(await sessions.endOne(tx, userId, sessionId))) throw notFound("session");
      return { user, ended: 1 };
    },
    object: ({ userId }, outcome) => userRef(userId, outcome?.user),
    name: ({ services }, { id }) => findUserName(services.db, Number(id)),
    notes: (input) => input.reason,
    metadata: ({ sessionId }, outcome) => endedFacts(sessionId, outcome?.ended),
    changes: ({ ended }) => (ended === 0 ? {} : null),
    answer: ({ ended }) => ({ sessionsEnded: ended }),
  }),

  ownSessions: signedIn
    .meta({
      rest: {
        method: "GET",
        path: "/api/auth/sessions",
        summary: "One's own open sessions",
        output: z.object({ items: z.array(session) }),
      },
    })
    .input(noInput)
    .query(({ ctx }) => sessionsOf(ctx, ctx.session.userId, ctx.session.id)),

  endOwnSessions: operation({
    feature: "signed-in",
    event: "sys_session_revoked",
    rest: {
      method: "POST",
      path: "/api/auth/sessions/end",
      summary: "End one of one's own sessions, or all others",
      output: done({ sessionsEnded: z.number() }),
    },
    input: z.strictObject({ sessionId: rowId.optional() }),
    run: async ({ tx, ctx }, { sessionId }) => {
      const { sessions } = ctx.services.accounts;
      const { userId, id } = ctx.session;
      if (sessionId === undefined) return { ended: await sessions.endAllOf(tx, userId, id), keptSession: id };
      if (!(await sessions.endOne(tx, userId, sessionId))) throw notFound("session");
      return { ended: 1, keptSession: undefined };
    },
    object: (_input, _outcome, caller) => (caller.type === "user" ? userRef(caller.userId, caller) : undefined),
    metadata: ({ sessionId }, outcome) => ({
      ...endedFacts(sessionId, outcome?.ended),
      ...(outcome?.keptSession !== undefined && { keptSession: outcome.keptSession }),
    }),
    changes: ({ ended }) => (ended === 0 ? {} : null),
    answer: ({ ended }) => ({ sessionsEnded: ended }),
  }),
};
