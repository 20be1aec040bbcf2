import { listPermits } from "@countersign/db/permit-list";
import { findPermit, listAssignees, type Permit } from "@countersign/db/permits";
import { z } from "zod";
import { done, pageOf, permitAnswer } from "../domain/answers.ts";
import { notFound } from "../domain/domain-error.ts";
import { changedBy, day, optionalText, reason, requiredReason, rowId, text, version } from "../domain/fields.ts";
import { orderOf, placeOf, toSortedPage } from "../domain/paging.ts";
import { permitListQuery, toPermitFilter } from "../domain/permit-query.ts";
import {
  type Acting,
  assignPermit,
  changeStatus,
  createPermit,
  editPermit,
  type PermitChange,
  permitChanges,
  removePermit,
  renewPermit,
  type TransitionName,
} from "../domain/permits.ts";
import type { RestRoute } from "../http/rest-route.ts";
import type { Context } from "../trpc/context.ts";
import { router } from "../trpc/init.ts";
import { operation, reading, type SignedIn } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";

const permitRef = (id: number, permit?: Permit | null) =>
  ({ type: "permit", id: String(id), label: permit?.permitNumber }) as const;

/** What all operations on one permit have in common. */
const onPermit = {
  object: ({ permitId }: { permitId: number }, outcome: { before: Permit | null; after: Permit | null } | null) =>
    permitRef(permitId, outcome?.after ?? outcome?.before),
  name: async ({ services }: Context, { id }: { id: string }) =>
    (await findPermit(services.db, Number(id)))?.permitNumber,
  notes: (input: { reason?: string | undefined }) => input.reason,
  changes: permitChanges,
  answer: ({ after }: PermitChange) => ({ permit: after }),
};

const output = done({ permit: permitAnswer });
const post = (act: string, summary: string): RestRoute => ({
  method: "POST",
  path: `/api/permits/{permitId}/${act}`,
  summary,
  output,
});

const acting = ({ session, services }: SignedIn): Acting => ({
  userId: session.userId,
  now: services.now(),
  settings: services.settings,
});

const userRef = (who: { id: number; name?: string } | null | undefined) =>
  who == null ? undefined : ({ type: "user", id: String(who.id), label: who.name } as const);

const permitFields = {
  holderContact: optionalText(500),
  site: optionalText(500),
  validFrom: day.nullable().optional(),
  validTo: day.nullable().optional(),
  notes: optionalText(10_000),
};

const target = { permitId: rowId, version: version.optional() };

const transition = (name: TransitionName) => ({
  ...onPermit,
  run: (
    { tx, ctx }: Parameters<Parameters<typeof operation>[0]["run"]>[0],
    input: { permitId: number; version?: number | undefined },
  ) => changeStatus(tx, name, input, acting(ctx)),
});

export const permits = router({
  list: may("permits.read")
    .meta({
      rest: { method: "GET", path: "/api/permits", summary: "Permits, newest first", output: pageOf(permitAnswer) },
    })
    .input(permitListQuery)
    .query(async ({ ctx: { services }, input: { cursor, limit, sort, ...filter } }) => {
      const where = { order: orderOf(sort), after: placeOf(cursor), limit: limit + 1 };
      return toSortedPage(await listPermits(services.db, toPermitFilter(filter, services), where), limit);
    }),

  read: reading({
    feature: "permits.read",
    event: "permit_read",
    rest: {
      method: "GET",
      path: "/api/permits/{permitId}",
      summary: "One permit in full; that it was read is recorded",
      output: z.object({ permit: permitAnswer }),
    },
    input: z.strictObject({ permitId: rowId }),
    run: async ({ services }, { permitId }) => {
      const permit = await findPermit(services.db, permitId);
      if (permit === undefined) throw notFound("permit");
      return { permit };
    },
    object: ({ permitId }, outcome) => permitRef(permitId, outcome?.permit),
    sameAs: () => ({}),
    answer: ({ permit }) => ({ permit }),
  }),

  assignees: may("permits.assign")
    .meta({
      rest: {
        method: "GET",
        path: "/api/permits/assignees",
        summary: "Who permits can be assigned to",
        output: z.object({ items: z.array(z.object({ id: z.number(), name: z.string(), username: z.string() })) }),
      },
    })
    .input(z.strictObject({ search: text(256).optional() }))
    .query(async ({ ctx, input }) => ({ items: await listAssignees(ctx.services.db, input.search, 50) })),

  create: operation({
    feature: "permits.create",
    event: "permit_create",
    rest: { method: "POST", path: "/api/permits", summary: "Enter an application", output },
    input: z.strictObject({ type: text(100), holderName: text(300), ...permitFields }),
    run: (
      { tx, ctx },
      { type, holderName, holderContact = null, site = null, validFrom = null, validTo = null, notes = null },
    ) => createPermit(tx, { type, holderName, holderContact, site, validFrom, validTo, notes }, acting(ctx)),
    object: (_, outcome) => (outcome === null ? undefined : permitRef(outcome.after.id, outcome.after)),
    changes: permitChanges,
    answer: onPermit.answer,
  }),

  update: operation({
    ...onPermit,
    feature: "permits.update",
    event: "permit_update",
    rest: { method: "PATCH", path: "/api/permits/{permitId}", summary: "Change the fields of a permit", output },
    input: z.strictObject({
      permitId: rowId,
      version,
      type: text(100).optional(),
      holderName: text(300).optional(),
      ...permitFields,
      reason,
      status: changedBy("permits.approve and the other acts on its status"),
      assignedTo: changedBy("permits.assign and permits.unassign"),
      assigned_to: changedBy("permits.assign and permits.unassign"),
    }),
    run: ({ tx, ctx }, { permitId, version, type, holderName, holderContact, site, validFrom, validTo, notes }) => {
      const given = { type, holderName, holderContact, site, validFrom, validTo, notes };
      const patch = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      return editPermit(tx, permitId, version, patch, acting(ctx));
    },
  }),

  approve: operation({
    ...transition("approve"),
    feature: "permits.approve",
    event: "permit_approve",
    rest: post("approve", "Grant a pending permit"),
    input: z.strictObject({ ...target, reason }),
  }),

  reject: operation({
    ...transition("reject"),
    feature: "permits.approve",
    event: "permit_reject",
    rest: post("reject", "Refuse a pending permit"),
    input: z.strictObject({ ...target, reason: requiredReason }),
  }),

  activate: operation({
    ...transition("activate"),
    feature: "permits.activate",
    event: "permit_activate",
    rest: post("activate", "Put a suspended permit back in force"),
    input: z.strictObject({ ...target, reason }),
  }),

  deactivate: operation({
    ...transition("deactivate"),
    feature: "permits.activate",
    event: "permit_deactivate",
    rest: post("deactivate", "Suspend an active permit"),
    input: z.strictObject({ ...target, reason: requiredReason }),
  }),

  cancel: operation({
    ...transition("cancel"),
    feature: "permits.cancel",
    event: "permit_cancel",
    rest: post("cancel", "End a permit for good before its last day"),
    input: z.strictObject({ ...target, reason: requiredReason }),
  }),

  renew: operation({
    ...onPermit,
    feature: "permits.renew",
    event: "permit_renew",
    rest: post("renew", "Move the last valid day forward"),
    input: z.strictObject({ ...target, validTo: day, reason }),
    run: ({ tx, ctx }, input) => renewPermit(tx, input, acting(ctx)),
  }),

  delete: operation({
    ...onPermit,
    feature: "permits.delete",
    event: "permit_delete",
    rest: {
      method: "DELETE",
      path: "/api/permits/{permitId}",
      summary: "Remove a permit from the register",
      output: done({ permitNumber: z.string() }),
    },
    input: z.strictObject({ ...target, reason: requiredReason }),
    run: ({ tx }, input) => removePermit(tx, input),
    answer: ({ before }) => ({ permitNumber: before.permitNumber }),
  }),

  assign: operation({
    ...onPermit,
    feature: "permits.assign",
    event: ["permit_assign", "permit_reassign"],
    // Nobody to somebody is an assignment; from somebody to somebody else, or to nobody, a reassignment.
    choose: ({ before }) => (before?.assignedTo === null ? "permit_assign" : "permit_reassign"),
    rest: post("assign", "Give a permit to a user"),
    input: z.strictObject({ ...target, userId: rowId, reason }),
    run: ({ tx, ctx }, input) => assignPermit(tx, input, acting(ctx)),
    target: ({ userId }, outcome) => userRef(outcome?.after.assignedTo ?? { id: userId }),
  }),

  unassign: operation({
    ...onPermit,
    feature: "permits.assign",
    event: "permit_reassign",
    rest: post("unassign", "Take a permit back, so that nobody works on it"),
    input: z.strictObject({ ...target, reason }),
    run: ({ tx, ctx }, input) => assignPermit(tx, { ...input, userId: null }, acting(ctx)),
    target: (_, outcome) => userRef(outcome?.before?.assignedTo),
  }),
});
