import { randomBytes } from "node:crypto";
import { isEmailAddress } from "@countersign/audit/email-address";
import { findUser, findUserName, listUsers, type User, userSorts } from "@countersign/db/users";
import { z } from "zod";
import { done, pageOf, userAnswer } from "../domain/answers.ts";
import { notFound } from "../domain/domain-error.ts";
import { reason, requiredReason, rowId, text, version } from "../domain/fields.ts";
import { isPlaceIn, orderOf, placeOf, sortedRowPage, toSortedPage } from "../domain/paging.ts";
import { hashPassword, refuseWeakPassword } from "../domain/passwords.ts";
import { assignRole, givenChanges, type RoleGiven } from "../domain/roles.ts";
import { addUser, editUser, lockedUser, removeUser, replacePassword, setStatus, userChanges } from "../domain/users.ts";
import type { RestRoute } from "../http/rest-route.ts";
import { refuseStaleLogin } from "../trpc/access.ts";
import type { Context } from "../trpc/context.ts";
import { router } from "../trpc/init.ts";
import { operation, type SignedIn } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";
import { granting } from "./roles.ts";
import { userSessions } from "./user-sessions.ts";

type Change = { before: User | null; after: User | null };

const userRef = (id: number, user?: Pick<User, "name"> | null) =>
  ({ type: "user", id: String(id), label: user?.name }) as const;

/** What all operations on one user have in common. */
const onUser = {
  object: ({ userId }: { userId: number }, outcome: Change | null) =>
    userRef(userId, outcome?.before ?? outcome?.after),
  name: ({ services }: Context, { id }: { id: string }) => findUserName(services.db, Number(id)),
  notes: (input: { reason?: string | undefined }) => input.reason,
  changes: userChanges,
};

const answerUser = ({ after }: { after: User | null }) => ({ user: after as User });
const output = done({ user: userAnswer });
const post = (act: string, summary: string, answer: z.ZodType = output): RestRoute => ({
  method: "POST",
  path: `/api/users/{userId}/${act}`,
  summary,
  output: answer,
});

/** 120 random bits. */
const generatePassword = (): string => randomBytes(15).toString("base64url");

const timeOf = ({ services }: SignedIn): string => new Date(services.now()).toISOString();

/** Without what cannot be seen: nobody tells such a name from another's. */
const username = text(100).refine((value) => value.trim() === value && !/[\p{Cc}\p{Cf}]/u.test(value), {
  params: { rule: "forbidden_character" },
});
const email = z
  .string()
  .max(254)
  .refine(isEmailAddress, { params: { rule: "email" } })
  .nullable()
  .optional();
const password = z.string().min(1).max(1024);
const target = { userId: rowId, version: version.optional() };

export const users = router({
  list: may("users.read")
    .meta({ rest: { method: "GET", path: "/api/users", summary: "Users", output: pageOf(userAnswer) } })
    .input(
      z
        .strictObject({
          search: text(256).optional(),
          status: z.enum(["active", "inactive"]).optional(),
          roleId: rowId.optional(),
          ...sortedRowPage(userSorts),
        })
        .refine(isPlaceIn, { path: ["cursor"], params: { rule: "cursor" } }),
    )
    .query(async ({ ctx, input: { cursor, limit, sort, ...filter } }) => {
      const where = { order: orderOf(sort), after: placeOf(cursor), limit: limit + 1 };
      return toSortedPage(await listUsers(ctx.services.db, filter, where), limit);
    }),

  get: may("users.read")
    .meta({
      rest: { method: "GET", path: "/api/users/{userId}", summary: "One user", output: z.object({ user: userAnswer }) },
    })
    .input(z.strictObject({ userId: rowId }))
    .query(async ({ ctx, input }) => {
      const user = await findUser(ctx.services.db, input.userId);
      if (user === undefined) throw notFound("user");
      return { user };
    }),

  create: operation({
    feature: "users.create",
    event: "user_create",
    further: ["role_assign_user"],
    rest: {
      method: "POST",
      path: "/api/users",
      summary: "Add a user; without a password one is made and shown once",
      output: done({ user: userAnswer, password: z.string().nullable() }),
    },
    input: z.strictObject({
      username,
      name: text(300),
      email,
      password: password.optional(),
      roleIds: z.array(rowId).max(50).optional(),
      confirmMixedScripts: z.boolean().optional(),
    }),
    prepare: async (ctx, { username, password }) => {
      const least = ctx.services.settings["signin.password_min"];
      if (password !== undefined) refuseWeakPassword(password, username, least, "password");
      const generated = password === undefined ? generatePassword() : null;
      return { generated, passwordHash: await hashPassword(ctx, password ?? generated ?? "") };
    },
    run: async ({ tx, ctx }, { password: _, roleIds = [], email = null, ...given }, { generated, passwordHash }) => {
      const added = await addUser(tx, { ...given, email, passwordHash, mustChangePassword: true }, timeOf(ctx));
      const granted: RoleGiven[] = [];
      if (roleIds.length > 0) refuseStaleLogin(ctx, ctx.session);
      // In one order, so that no two who give the same roles wait for each other.
      for (const roleId of [...new Set(roleIds)].sort((one, other) => one - other)) {
        granted.push(await assignRole(tx, { roleId, userId: added.id }, granting(ctx, "roles.assign")));
      }
      const after = roleIds.length === 0 ? added : await lockedUser(tx, added.id);
      return { before: null, after, granted, password: generated };
    },
    object: (_, outcome) => (outcome === null ? undefined : userRef(outcome.after.id, outcome.after)),
    changes: userChanges,
    more: ({ granted, after }) =>
      granted.map(({ role }) => ({
        code: "role_assign_user" as const,
        object: { type: "role", id: String(role.id), label: role.name } as const,
        target: userRef(after.id, after),
        changes: givenChanges({ changed: true }, "users", { id: String(after.id), label: after.name }, true),
      })),
    answer: ({ after, password }) => ({ user: after, password }),
  }),

  update: operation({
    ...onUser,
    feature: "users.update",
    event: "user_update",
    rest: { method: "PATCH", path: "/api/users/{userId}", summary: "Change name or address of a user", output },
    input: z.strictObject({
      userId: rowId,
      version,
      username: username.optional(),
      name: text(300).optional(),
      email,
      confirmMixedScripts: z.boolean().optional(),
      reason,
    }),
    run: ({ tx, ctx }, input) => editUser(tx, input, ctx.session.features, timeOf(ctx)),
    answer: answerUser,
  }),

  activate: operation({
    ...onUser,
    feature: "users.activate",
    event: "user_activate",
    rest: post("activate", "Let an inactive user sign in again"),
    input: z.strictObject({ ...target, reason }),
    run: ({ tx, ctx }, input) => setStatus(tx, input, "active", ctx.session.features, timeOf(ctx)),
    answer: answerUser,
  }),

  deactivate: operation({
    ...onUser,
    feature: "users.activate",
    event: "user_deactivate",
    rest: post("deactivate", "Switch an account off; its sessions end"),
    input: z.strictObject({ ...target, reason: requiredReason }),
    run: async ({ tx, ctx }, input) => {
      const change = await setStatus(tx, input, "inactive", ctx.session.features, timeOf(ctx));
      return { ...change, ended: await ctx.services.accounts.sessions.endAllOf(tx, input.userId) };
    },
    metadata: (_, outcome) => (outcome === null ? undefined : { sessionsEnded: outcome.ended }),
    answer: answerUser,
  }),

  delete: operation({
    ...onUser,
    feature: "users.delete",
    event: "user_delete",
    rest: { method: "DELETE", path: "/api/users/{userId}", summary: "Remove an account for good", output: done() },
    input: z.strictObject({ ...target, reason: requiredReason }),
    run: async ({ tx, ctx }, input) => {
      const { userId, features } = ctx.session;
      const removed = await removeUser(tx, input, { selfId: userId, features });
      tx.afterCommit(ctx.services.accounts.sessions.forget);
      return removed;
    },
    metadata: (_, outcome) => (outcome === null ? undefined : { roles: outcome.before.roles.map(({ name }) => name) }),
    answer: () => ({}),
  }),

  resetPassword: operation({
    feature: "users.update",
    event: "user_change_password",
    fresh: true,
    rest: post(
      "password",
      "Give a user a new password, shown once and to be changed at the next sign-in",
      done({ password: z.string(), sessionsEnded: z.number() }),
    ),
    input: z.strictObject({ userId: rowId, reason }),
    prepare: async (ctx) => {
      const password = generatePassword();
      return { password, passwordHash: await hashPassword(ctx, password) };
    },
    run: async ({ tx, ctx }, { userId }, { password, passwordHash }) => {
      const { accounts } = ctx.services;
      const self = { selfId: ctx.session.userId, features: ctx.session.features };
      const user = await replacePassword(tx, userId, passwordHash, self, timeOf(ctx));
      await accounts.signInLimits.succeeded(tx, user.username);
      return { user, password, ended: await accounts.sessions.endAllOf(tx, userId) };
    },
    object: ({ userId }, outcome) => userRef(userId, outcome?.user),
    name: onUser.name,
    notes: onUser.notes,
    metadata: (_, outcome) => (outcome === null ? undefined : { sessionsEnded: outcome.ended, reset: true }),
    changes: () => null,
    answer: ({ password, ended }) => ({ password, sessionsEnded: ended }),
  }),

  ...userSessions,
});
