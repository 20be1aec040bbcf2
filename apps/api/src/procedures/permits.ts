import { findPermit, listAssignees, listPermits, type Permit } from "@countersign/db/permits";
import { permitStatuses } from "@countersign/db/schema/permits";
import { z } from "zod";
import { notFound } from "../domain/domain-error.ts";
import { changedBy, day, optionalText, pageSize, reason, rowId, text, version } from "../domain/fields.ts";
import {
  type Acting,
  approvePermit,
  assignPermit,
  createPermit,
  editPermit,
  type PermitChange,
  permitChanges,
} from "../domain/permits.ts";
import type { Context, Session } from "../trpc/context.ts";
import { router } from "../trpc/init.ts";
import { operation, reading } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";

const permitRef = (id: number, permit?: Permit | null) =>
  ({ type: "permit", id: String(id), label: permit?.permitNumber }) as const;

/** What all operations on one permit have in common. */
const onPermit = {
  object: ({ permitId }: { permitId: number }, outcome: { after: Permit } | null) =>
    permitRef(permitId, outcome?.after),
  name: async ({ services }: Context, { id }: { id: string }) =>
    (await findPermit(services.db, Number(id)))?.permitNumber,
  notes: (input: { reason?: string | undefined }) => input.reason,
  changes: permitChanges,
  answer: ({ after }: PermitChange) => ({ permit: after }),
};

const acting = ({ session, services }: Context & { session: Session }): Acting => ({
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

export const permits = router({
  list: may("permits.read")
    .input(
      z.strictObject({
        search: text(256).optional(),
        status: z.enum(permitStatuses).optional(),
        type: text(100).optional(),
        assignedTo: z.union([rowId, z.literal("nobody")]).optional(),
        cursor: z
          .string()
          .regex(/^[1-9]\d{0,15}$/)
          .nullish(),
        limit: pageSize,
      }),
    )
    .query(async ({ ctx, input: { cursor, limit, ...filter } }) => {
      const rows = await listPermits(ctx.services.db, filter, cursor == null ? null : Number(cursor), limit + 1);
      const items = rows.slice(0, limit);
      return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.id) : null };
    }),

  read: reading({
    feature: "permits.read",
    event: "permit_read",
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
    .input(z.strictObject({ search: text(256).optional() }))
    .query(async ({ ctx, input }) => ({ items: await listAssignees(ctx.services.db, input.search, 50) })),

  create: operation({
    feature: "permits.create",
    event: "permit_create",
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
    ...onPermit,
    feature: "permits.approve",
    event: "permit_approve",
    input: z.strictObject({ permitId: rowId, version: version.optional(), reason }),
    run: ({ tx, ctx }, { permitId, version }) => approvePermit(tx, permitId, version, acting(ctx)),
  }),

  assign: operation({
    ...onPermit,
    feature: "permits.assign",
    event: ["permit_assign", "permit_reassign"],
    // Nobody to somebody is an assignment; from somebody to somebody else, or to nobody, a reassignment.
    choose: ({ before }) => (before?.assignedTo === null ? "permit_assign" : "permit_reassign"),
    input: z.strictObject({ permitId: rowId, userId: rowId, reason }),
    run: ({ tx, ctx }, { permitId, userId }) => assignPermit(tx, permitId, userId, acting(ctx)),
    target: ({ userId }, outcome) => userRef(outcome?.after.assignedTo ?? { id: userId }),
  }),

  unassign: operation({
    ...onPermit,
    feature: "permits.assign",
    event: "permit_reassign",
    input: z.strictObject({ permitId: rowId, reason }),
    run: ({ tx, ctx }, { permitId }) => assignPermit(tx, permitId, null, acting(ctx)),
    target: (_, outcome) => userRef(outcome?.before?.assignedTo),
  }),
});
