import { type Feature, features, isFeature } from "@countersign/audit/features";
import { findRole, listHolders, listRoles, type Role } from "@countersign/db/roles";
import type { Transaction } from "@countersign/db/transaction";
import { z } from "zod";
import { done, pageOf, roleAnswer } from "../domain/answers.ts";
import { notFound } from "../domain/domain-error.ts";
import { noInput, reason, requiredReason, rowId, text, version } from "../domain/fields.ts";
import { rowCursor, rowPage, toPage } from "../domain/paging.ts";
import {
  addRole,
  assignFeature,
  assignRole,
  editRole,
  type Granting,
  givenChanges,
  type RoleGiven,
  removalChanges,
  removeRole,
  revokeFeature,
  revokeRole,
  roleChanges,
} from "../domain/roles.ts";
import { forbidden } from "../trpc/access.ts";
import type { Context } from "../trpc/context.ts";
import { router } from "../trpc/init.ts";
import { operation, type SignedIn } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";

/** Who grants; `needed` is the feature for it where the operation itself asks for another. */
export const granting = ({ session, services }: SignedIn, needed?: Feature): Granting => {
  if (needed !== undefined && !session.features.has(needed)) throw forbidden(needed);
  return { selfId: session.userId, features: session.features, at: new Date(services.now()).toISOString() };
};

const roleRef = (id: number, role?: Pick<Role, "name"> | null) =>
  ({ type: "role", id: String(id), label: role?.name }) as const;
const userRef = (id: number, user?: { name: string }) => ({ type: "user", id: String(id), label: user?.name }) as const;

/** What all operations on one role have in common. */
const onRole = {
  fresh: true,
  name: async ({ services }: Context, { id }: { id: string }) => (await findRole(services.db, Number(id)))?.name,
  notes: (input: { reason?: string | undefined }) => input.reason,
} as const;

const feature = z
  .string()
  .max(64)
  .refine(isFeature, { params: { rule: "unknown_feature" } });
const output = done({ role: roleAnswer });
/** Without what cannot be seen, so that no role looks like another. */
const name = text(100).refine((value) => value.trim() === value && !/[\p{Cc}\p{Cf}]/u.test(value), {
  params: { rule: "forbidden_character" },
});
const description = z
  .string()
  .max(1000)
  .refine((value) => !value.includes("\0") && value.isWellFormed(), { params: { rule: "forbidden_character" } });
const holding = { roleId: rowId, userId: rowId, reason };

const person = ({ user }: RoleGiven) => ({ id: String(user.id), label: user.name });
const again = async (tx: Transaction, roleId: number): Promise<Role> => {
  const role = await findRole(tx, roleId);
  if (role === undefined) throw notFound("role");
  return role;
};

export const roles = router({
  list: may("roles.read")
    .meta({
      rest: { method: "GET", path: "/api/roles", summary: "Roles with their features", output: pageOf(roleAnswer) },
    })
    .input(z.strictObject({ search: text(256).optional(), ...rowPage }))
    .query(async ({ ctx, input: { cursor, limit, search } }) =>
      toPage(await listRoles(ctx.services.db, search, rowCursor(cursor), limit + 1), limit),
    ),

  get: may("roles.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/roles/{roleId}",
        summary: "One role with its features and its users",
        output: z.object({ role: roleAnswer, users: z.array(z.object({ id: z.number(), name: z.string() })) }),
      },
    })
    .input(z.strictObject({ roleId: rowId }))
    .query(async ({ ctx: { services }, input: { roleId } }) => {
      const role = await findRole(services.db, roleId);
      if (role === undefined) throw notFound("role");
      return { role, users: await listHolders(services.db, roleId, 200) };
    }),

  /** Every right there is, in words. */
  features: may("roles.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/features",
        summary: "Every feature that a role can hold",
        output: z.object({ items: z.array(z.object({ feature: z.string(), description: z.string() })) }),
      },
    })
    .input(noInput)
    .query(() => ({ items: Object.entries(features).map(([feature, description]) => ({ feature, description })) })),

  create: operation({
    feature: "roles.manage",
    event: "role_create",
    fresh: true,
    rest: { method: "POST", path: "/api/roles", summary: "Add a role", output },
    input: z.strictObject({
      name,
      description: description.optional(),
      features: z.array(feature).max(100).optional(),
      reason,
    }),
    notes: (input) => input.reason,
    run: ({ tx, ctx }, { name, description = "", features = [] }) =>
      addRole(tx, { name, description, features: [...new Set(features as Feature[])] }, granting(ctx)),
    object: (_, outcome) => (outcome === null ? undefined : roleRef(outcome.after.id, outcome.after)),
    changes: roleChanges,
    answer: ({ after }) => ({ role: after }),
  }),

  update: operation({
    ...onRole,
    feature: "roles.manage",
    event: "role_update",
    rest: { method: "PATCH", path: "/api/roles/{roleId}", summary: "Change name or description of a role", output },
    input: z.strictObject({
      roleId: rowId,
      version,
      name: name.optional(),
      description: description.optional(),
      reason,
    }),
    run: ({ tx, ctx }, input) => editRole(tx, input, granting(ctx)),
    object: ({ roleId }, outcome) => roleRef(roleId, outcome?.before),
    changes: roleChanges,
    answer: ({ after }) => ({ role: after }),
  }),

  delete: operation({
    ...onRole,
    feature: "roles.manage",
    event: "role_delete",
    rest: { method: "DELETE", path: "/api/roles/{roleId}", summary: "Remove a role from everybody", output: done() },
    input: z.strictObject({ roleId: rowId, version: version.optional(), reason: requiredReason }),
    run: async ({ tx, ctx }, input) => {
      const removed = await removeRole(tx, input, granting(ctx));
      await ctx.services.accounts.sessions.rightsChanged(
        tx,
        removed.holders.map(({ id }) => id),
      );
      return removed;
    },
    object: ({ roleId }, outcome) => roleRef(roleId, outcome?.before),
    changes: removalChanges,
    answer: () => ({}),
  }),

  assignUser: operation({
    ...onRole,
    feature: "roles.assign",
    event: "role_assign_user",
    rest: { method: "PUT", path: "/api/roles/{roleId}/users/{userId}", summary: "Give a role to a user", output },
    input: z.strictObject(holding),
    run: async ({ tx, ctx }, input) => {
      const outcome = await assignRole(tx, input, granting(ctx));
      if (outcome.changed) await ctx.services.accounts.sessions.rightsChanged(tx, [input.userId]);
      return { ...outcome, role: await again(tx, input.roleId) };
    },
    object: ({ roleId }, outcome) => roleRef(roleId, outcome?.role),
    target: ({ userId }, outcome) => userRef(userId, outcome?.user),
    changes: (outcome) => givenChanges(outcome, "users", person(outcome), true),
    answer: ({ role }) => ({ role }),
  }),

  revokeUser: operation({
    ...onRole,
    feature: "roles.assign",
    event: "role_revoke_user",
    rest: { method: "DELETE", path: "/api/roles/{roleId}/users/{userId}", summary: "Take a role from a user", output },
    input: z.strictObject(holding),
    run: async ({ tx, ctx }, input) => {
      const outcome = await revokeRole(tx, input, granting(ctx));
      if (outcome.changed) await ctx.services.accounts.sessions.rightsChanged(tx, [input.userId]);
      return { ...outcome, role: await again(tx, input.roleId) };
    },
    object: ({ roleId }, outcome) => roleRef(roleId, outcome?.role),
    target: ({ userId }, outcome) => userRef(userId, outcome?.user),
    changes: (outcome) => givenChanges(outcome, "users", person(outcome), false),
    answer: ({ role }) => ({ role }),
  }),

  assignFeature: operation({
    ...onRole,
    feature: "roles.features",
    event: "role_assign_feature",
    rest: { method: "PUT", path: "/api/roles/{roleId}/features/{feature}", summary: "Add a feature to a role", output },
    input: z.strictObject({ roleId: rowId, feature, reason }),
    run: async ({ tx, ctx }, { roleId, feature }) => {
      const outcome = await assignFeature(tx, { roleId, feature: feature as Feature }, granting(ctx));
      tx.afterCommit(ctx.services.accounts.sessions.forget);
      return { ...outcome, role: await again(tx, roleId) };
    },
    object: ({ roleId }, outcome) => roleRef(roleId, outcome?.role),
    target: ({ feature }) => ({ type: "feature", id: feature, label: feature }),
    changes: (outcome) => givenChanges(outcome, "features", outcome.feature, true),
    answer: ({ role }) => ({ role }),
  }),

  revokeFeature: operation({
    ...onRole,
    feature: "roles.features",
    event: "role_revoke_feature",
    rest: {
      method: "DELETE",
      path: "/api/roles/{roleId}/features/{feature}",
      summary: "Remove a feature from a role",
      output,
    },
    input: z.strictObject({ roleId: rowId, feature, reason }),
    run: async ({ tx, ctx }, { roleId, feature }) => {
      const outcome = await revokeFeature(tx, { roleId, feature: feature as Feature }, granting(ctx));
      tx.afterCommit(ctx.services.accounts.sessions.forget);
      return { ...outcome, role: await again(tx, roleId) };
    },
    object: ({ roleId }, outcome) => roleRef(roleId, outcome?.role),
    target: ({ feature }) => ({ type: "feature", id: feature, label: feature }),
    changes: (outcome) => givenChanges(outcome, "features", outcome.feature, false),
    answer: ({ role }) => ({ role }),
  }),
});
