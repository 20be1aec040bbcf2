import { aboutAsked, aboutRequest } from "@countersign/audit/approval-words";
import { countRequests, findRequest, listRequests } from "@countersign/db/approvals";
import { listDeciders } from "@countersign/db/deciders";
import { z } from "zod";
import { deciders, requestAnswer, toAnswer } from "../approvals/answers.ts";
import {
  approveRequest,
  type Decided,
  NotDone,
  refuseRequest,
  settle,
  type WaitingActs,
  whyImpossible,
  withdrawRequest,
} from "../approvals/decide.ts";
import { done, pageOf, receiptAnswer } from "../domain/answers.ts";
import { notFound } from "../domain/domain-error.ts";
import { noInput, reason, requiredReason, rowId } from "../domain/fields.ts";
import { rowCursor, rowPage } from "../domain/paging.ts";
import type { RestRoute } from "../http/rest-route.ts";
import { sessionOf } from "../trpc/access.ts";
import type { Context } from "../trpc/context.ts";
import { router } from "../trpc/init.ts";
import { operation } from "../trpc/operation.ts";
import { may, signedIn } from "../trpc/procedures.ts";

const post = (act: string, summary: string): RestRoute => ({
  method: "POST",
  path: `/api/approvals/{requestId}/${act}`,
  summary,
  output: done({ request: requestAnswer, done: receiptAnswer.nullable() }),
});

const target = { requestId: rowId };
const known = async ({ services }: Context, { requestId }: { requestId: number }) =>
  findRequest(services.db, requestId);

/** What the events of a step have in common, whether it happened or not. */
const onRequest = {
  approvalId: ({ requestId }: { requestId: number }) => String(requestId),
  notes: (input: { reason?: string | undefined }) => input.reason,
  changes: () => null,
  answer: ({ request, done }: Decided) => ({ request: toAnswer(request), done }),
};

const deciding = (decision: "approved" | "refused") =>
  ({
    ...onRequest,
    feature: "approvals.decide",
    event: "sys_approval_decided",
    object: (_: unknown, outcome: Decided | null) =>
      outcome === null ? undefined : aboutAsked(outcome.request).object,
    target: (_: unknown, outcome: Decided | null) =>
      outcome === null ? undefined : aboutAsked(outcome.request).target,
    metadata: (_: unknown, outcome: Decided | null) =>
      outcome === null ? { decision } : { ...aboutAsked(outcome.request).metadata, decision },
    about: async (ctx: Context, input: { requestId: number }) => {
      const request = await known(ctx, input);
      if (request === undefined) return undefined;
      const { object, target, metadata } = aboutAsked(request);
      return { ...(object && { object }), target, metadata: { ...metadata, decision } };
    },
  }) as const;

const pageOfRequests = (limit: number, rows: Awaited<ReturnType<typeof listRequests>>) => ({
  items: rows.slice(0, limit).map(toAnswer),
  nextCursor: rows.length > limit ? String(rows[limit - 1]?.id) : null,
});

/** Acts that wait for a second person: who asked, who decides, and how it ended. */
export const createApprovals = (acts: WaitingActs) =>
  router({
    list: may("approvals.read")
      .meta({
        rest: {
          method: "GET",
          path: "/api/approvals",
          summary: "Requests that wait for you, or all that are closed; newest first",
          output: pageOf(requestAnswer),
        },
      })
      .input(z.strictObject({ box: z.enum(["forMe", "closed"]).default("forMe"), ...rowPage }))
      .query(async ({ ctx: { services, ...ctx }, input: { box, cursor, limit } }) => {
        const { userId, features } = sessionOf(ctx);
        // Without the right to decide nothing waits for one.
        const held = features.has("approvals.decide") ? [...features] : [];
        const now = new Date(services.now()).toISOString();
        const filter = box === "closed" ? ({ box } as const) : ({ box, userId, features: held, now } as const);
        return pageOfRequests(limit, await listRequests(services.db, filter, rowCursor(cursor), limit + 1));
      }),

    /** One's own, with who can decide each that waits. */
    mine: signedIn
      .meta({
        rest: {
          method: "GET",
          path: "/api/approvals/mine",
          summary: "What you asked for, newest first, with who can decide it",
          output: pageOf(requestAnswer.extend({ deciders })),
        },
      })
      .input(z.strictObject({ requestId: rowId.optional(), ...rowPage }))
      .query(async ({ ctx: { services, session }, input: { requestId, cursor, limit } }) => {
        const filter = { box: "mine", userId: session.userId, requestId } as const;
        const page = pageOfRequests(limit, await listRequests(services.db, filter, rowCursor(cursor), limit + 1));
        const items = page.items.map(async (request) => ({
          ...request,
          deciders: request.state === "pending" ? await listDeciders(services.db, request, session.userId, 20) : [],
        }));
        return { ...page, items: await Promise.all(items) };
      }),

    /** How many wait for the caller; for the mark beside the entry of the menu. */
    waiting: may("approvals.decide")
      .meta({
        rest: {
          method: "GET",
          path: "/api/approvals/waiting",
          summary: "How many requests wait for you",
          output: z.object({ count: z.number() }),
        },
      })
      .input(noInput)
      .query(async ({ ctx: { services, ...ctx } }) => {
        const { userId, features } = sessionOf(ctx);
        const now = new Date(services.now()).toISOString();
        return { count: await countRequests(services.db, { box: "forMe", userId, features: [...features], now }) };
      }),

    get: may("approvals.read")
      .meta({
        rest: {
          method: "GET",
          path: "/api/approvals/{requestId}",
          summary: "One request: who can decide it, and whether it could still be done",
          output: z.object({
            request: requestAnswer,
            deciders,
            obstacle: z.object({ reason: z.string(), message: z.string() }).nullable(),
          }),
        },
      })
      .input(z.strictObject(target))
      .query(async ({ ctx, input: { requestId } }) => {
        const session = sessionOf(ctx);
        const request = await findRequest(ctx.services.db, requestId);
        if (request === undefined) throw notFound("request");
        const isOpen = request.state === "pending";
        const why = isOpen ? await whyImpossible(acts, { ...ctx, session }, request) : null;
        return {
          request: toAnswer(request),
          deciders: isOpen ? await listDeciders(ctx.services.db, request, request.requester.id, 20) : [],
          obstacle: why && { reason: why.reason, message: why.message.replace(/^.*the request is closed: /, "") },
        };
      }),

    approve: operation({
      ...deciding("approved"),
      rest: post("approve", "Agree to exactly what was asked for; with the last decision needed it is done"),
      input: z.strictObject({
        ...target,
        /** Of the request as it was shown: nothing else is approved. */
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        reason,
      }),
      run: (act, input) => approveRequest(acts, act, input),
      undone: async (ctx, { requestId }, error) => {
        await settle(acts, ctx, requestId, error);
        if (error instanceof NotDone) throw error.why;
      },
    }),

    refuse: operation({
      ...deciding("refused"),
      rest: post("refuse", "Say no; nothing is done"),
      input: z.strictObject({ ...target, reason: requiredReason }),
      run: (act, input) => refuseRequest(act, input),
      undone: (ctx, { requestId }, error) => settle(acts, ctx, requestId, error),
    }),

    withdraw: operation({
      ...onRequest,
      feature: "signed-in",
      event: "sys_approval_withdrawn",
      rest: post("withdraw", "Take back a request of one's own"),
      input: z.strictObject({ ...target, reason }),
      run: (act, input) => withdrawRequest(act, input),
      object: (_, outcome) => (outcome === null ? undefined : aboutRequest(outcome.request).object),
      metadata: (_, outcome) => (outcome === null ? undefined : aboutRequest(outcome.request).metadata),
    }),
  });
