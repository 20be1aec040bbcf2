import { findViewName, listViews, type SavedView } from "@countersign/db/saved-views";
import { z } from "zod";
import { done, type SchemaOf } from "../domain/answers.ts";
import { noInput, rowId, text, version } from "../domain/fields.ts";
import { changeMarks, changeView, removeView, saveView, type ViewChange, viewChanges } from "../domain/views.ts";
import type { RestRoute } from "../http/rest-route.ts";
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
const viewAnswer = z.object({
  id: z.number(),
  owner: z.object({ id: z.number(), name: z.string() }),
  name: z.string(),
  query: z.string(),
  shared: z.boolean(),
  starred: z.boolean(),
  isDefault: z.boolean(),
  updatedAt: z.string(),
  version: z.number(),
} satisfies SchemaOf<SavedView>);
const output = done({ view: viewAnswer.nullable() });
const post = (part: string, summary: string): RestRoute => ({
  method: "POST",
  path: `/api/views/{viewId}/${part}`,
  summary,
  output,
});

const answer = ({ after }: ViewChange) => ({ view: after });

/** Questions to the log that somebody keeps under a name: one's own, and those that others share. */
export const views = router({
  list: may("audit.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/views",
        summary: "One's own views of the log, and those that others share",
        output: z.object({ items: z.array(viewAnswer) }),
      },
    })
    .input(noInput)
    .query(async ({ ctx }) => ({
      items: await listViews(ctx.services.db, sessionOf(ctx).userId, listed),
    })),

  save: operation({
    ...act,
    rest: { method: "POST", path: "/api/views", summary: "Keep a view of the log under a name", output },
    input: z.strictObject({ name, query, shared: z.boolean().default(false) }),
    run: ({ tx, ctx }, input) => saveView(tx, input, viewing(ctx)),
    object: (_, outcome) => (outcome?.after ? viewRef(outcome.after.id, outcome.after) : undefined),
    answer,
  }),

  /** Gives a view another question. */
  update: operation({
    ...onView,
    rest: post("query", "Give a view another question"),
    input: z.strictObject({ viewId: rowId, version, query }),
    run: ({ tx, ctx }, input) => changeView(tx, input, viewing(ctx)),
    answer,
  }),

  rename: operation({
    ...onView,
    rest: post("name", "Give a view another name"),
    input: z.strictObject({ viewId: rowId, version, name }),
    run: ({ tx, ctx }, input) => changeView(tx, input, viewing(ctx)),
    answer,
  }),

  share: operation({
    ...onView,
    rest: post("sharing", "Share a view with all who read the log, or no longer"),
    input: z.strictObject({ viewId: rowId, version, shared: z.boolean() }),
    run: ({ tx, ctx }, input) => changeView(tx, input, viewing(ctx)),
    answer,
  }),

  star: operation({
    ...onView,
    rest: post("star", "Put a view first among the others, or no longer"),
    input: z.strictObject({ viewId: rowId, starred: z.boolean() }),
    run: ({ tx, ctx }, { viewId, starred }) => changeMarks(tx, viewId, { starred }, viewing(ctx)),
    answer,
  }),

  /** Makes a view the one that the log opens with, or none. */
  setDefault: operation({
    ...onView,
    rest: post("default", "Open the log with a view, or no longer"),
    input: z.strictObject({ viewId: rowId, isDefault: z.boolean() }),
    run: ({ tx, ctx }, { viewId, isDefault }) => changeMarks(tx, viewId, { isDefault }, viewing(ctx)),
    answer,
  }),

  remove: operation({
    ...onView,
    rest: { method: "DELETE", path: "/api/views/{viewId}", summary: "Forget a view", output: done() },
    input: z.strictObject({ viewId: rowId, version }),
    run: ({ tx, ctx }, input) => removeView(tx, input, viewing(ctx)),
    answer: () => ({}),
  }),
});
