import { findViewName, listViews, type SavedView } from "@countersign/db/saved-views";
import { z } from "zod";
import { noInput, rowId, text, version } from "../domain/fields.ts";
import { changeMarks, changeView, removeView, saveView, type ViewChange, viewChanges } from "../domain/views.ts";
import { sessionOf } from "../trpc/access.ts";
import type { Context } from "../trpc/context.ts";
import { router } from "../trpc/init.ts";
import { operation, type SignedIn } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";

/** More than one person's own and all that a large office shares. */
const listed = 500;

const name = text(100);
/** The search of the log's page as it stands in the address. What it means is the page's own affair. */
const query = z
  .string()
  .max(4096)
  .refine((value) => !value.includes("\0") && value.isWellFormed(), { params: { rule: "forbidden_character" } });

const viewing = ({ session, services }: SignedIn) => ({
  userId: session.userId,
  at: new Date(services.now()).toISOString(),
});
const viewRef = (id: number, view?: SavedView | null) =>
  ({ type: "saved_view", id: String(id), label: view?.name }) as const;

const act = { feature: "audit.read", event: "sys_view_changed", changes: viewChanges } as const;
const onView = {
  ...act,
  object: ({ viewId }: { viewId: number }, outcome: ViewChange | null) =>
    viewRef(viewId, outcome?.after ?? outcome?.before),
  name: async ({ services }: Context, { id }: { id: string }) => findViewName(services.db, Number(id)),
} as const;
const answer = ({ after }: ViewChange) => ({ view: after });

/** Questions to the log that somebody keeps under a name: one's own, and those that others share. */
export const views = router({
  list: may("audit.read")
    .input(noInput)
    .query(async ({ ctx }) => ({
      items: await listViews(ctx.services.db, sessionOf(ctx).userId, listed),
    })),

  save: operation({
    ...act,
    input: z.strictObject({ name, query, shared: z.boolean().default(false) }),
    run: ({ tx, ctx }, input) => saveView(tx, input, viewing(ctx)),
    object: (_, outcome) => (outcome?.after ? viewRef(outcome.after.id, outcome.after) : undefined),
    answer,
  }),

  /** Gives a view another question. */
  update: operation({
    ...onView,
    input: z.strictObject({ viewId: rowId, version, query }),
    run: ({ tx, ctx }, input) => changeView(tx, input, viewing(ctx)),
    answer,
  }),

  rename: operation({
    ...onView,
    input: z.strictObject({ viewId: rowId, version, name }),
    run: ({ tx, ctx }, input) => changeView(tx, input, viewing(ctx)),
    answer,
  }),

  share: operation({
    ...onView,
    input: z.strictObject({ viewId: rowId, version, shared: z.boolean() }),
    run: ({ tx, ctx }, input) => changeView(tx, input, viewing(ctx)),
    answer,
  }),

  star: operation({
    ...onView,
    input: z.strictObject({ viewId: rowId, starred: z.boolean() }),
    run: ({ tx, ctx }, { viewId, starred }) => changeMarks(tx, viewId, { starred }, viewing(ctx)),
    answer,
  }),

  /** Makes a view the one that the log opens with, or none. */
  setDefault: operation({
    ...onView,
    input: z.strictObject({ viewId: rowId, isDefault: z.boolean() }),
    run: ({ tx, ctx }, { viewId, isDefault }) => changeMarks(tx, viewId, { isDefault }, viewing(ctx)),
    answer,
  }),

  remove: operation({
    ...onView,
    input: z.strictObject({ viewId: rowId, version }),
    run: ({ tx, ctx }, input) => removeView(tx, input, viewing(ctx)),
    answer: () => ({}),
  }),
});
