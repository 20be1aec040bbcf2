import { randomBytes } from "node:crypto";
import type { Changes } from "@countersign/audit/changes";
import { basisSentence, type ErasureBasis, erasureBases } from "@countersign/audit/erasure-bases";
import { queryWords } from "@countersign/audit/filter-words";
import type { JsonObject } from "@countersign/audit/json";
import { uuid7 } from "@countersign/audit/uuid7";
import { findHold } from "@countersign/db/erasure-holds";
import { type Erasure, findErasure, listErasures } from "@countersign/db/erasures";
import { erasureStates } from "@countersign/db/schema/erasure";
import { z } from "zod";
import { done, type SchemaOf } from "../domain/answers.ts";
import { notFound } from "../domain/domain-error.ts";
import type { Chosen } from "../domain/erasure-blocks.ts";
import { certificateText, certify } from "../domain/erasure-certificate.ts";
import {
  type ErasurePreview,
  previewErasure,
  type RecordedErasure,
  recordErasure,
  refuseBlocked,
} from "../domain/erasures.ts";
import { eventQueryWith, toFilter } from "../domain/event-query.ts";
import { msOf, pageSize, requiredReason, rowId, text } from "../domain/fields.ts";
import { erasurePreviewAnswer } from "../domain/retention-answers.ts";
import { router } from "../trpc/init.ts";
import { operation } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";

const nullable = z.string().nullable();

const erasureAnswer = z.object({
  id: z.string(),
  subjectId: nullable,
  about: nullable,
  byQuery: z.boolean(),
  basis: z.string(),
  reason: z.string(),
  count: z.number(),
  idsHash: z.string(),
  requestedAt: z.string(),
  requestedBy: z.string(),
  requestedByName: nullable,
  follows: nullable,
  eventId: nullable,
  doneEventId: nullable,
  state: z.enum(erasureStates),
  heldBy: nullable,
  problem: nullable,
  startedAt: nullable,
  doneAt: nullable,
  accountRemoved: z.boolean(),
  archives: z.number(),
  ended: z.number(),
  gone: z.number(),
} satisfies SchemaOf<Erasure>);

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** An empty one would be the whole log. */
const query = eventQueryWith({}).refine(
  (filter) => Object.values(filter).some((value) => value !== undefined && !isEmptyList(value)),
  {
    params: { rule: "empty" },
  },
);
const chosen = { userId: rowId.optional(), query: query.optional() };
const choosesSomething = ({ userId, query }: { userId?: unknown; query?: unknown }) =>
  userId !== undefined || query !== undefined;
const nothingChosen = { path: ["userId"], params: { rule: "required" } };

type Order = Choice & { basis: string };
type Choice = { userId?: number | undefined; query?: z.output<typeof query> | undefined };
const chosenOf = ({ userId, query }: Choice, now: number): Chosen => ({
  userId: userId ?? null,
  filter: query === undefined ? null : toFilter(query, now),
});

/** Up to this moment at most: events that come later are not among those that were looked at. */
const asOf = <Input extends Choice>(input: Input, now: number): Input => {
  if (input.query === undefined) return input;
  const { days, ...query } = input.query;
  const from = days === undefined ? query.from : new Date(now - days * 86_400_000).toISOString();
  const isPast = query.to !== undefined && msOf(query.to) <= now;
  const to = isPast || (from !== undefined && msOf(from) >= now) ? query.to : new Date(now).toISOString();
  return { ...input, query: { ...query, from, to } };
};

/** What an erasure is, in the words of whoever decides on it. */
const shown = ({ userId, query, basis }: Order, { count, subjectId }: RecordedErasure): Changes => ({
  ...(userId !== undefined && { person: { old: null, new: subjectLabel(subjectId) } }),
  ...(query !== undefined && { query: { old: null, new: queryWords(query as JsonObject) } }),
  basis: { old: null, new: basisSentence(basis) },
  events: { old: null, new: count },
});

/** By its id alone: an erasure leaves no name behind. */
const subjectLabel = (subjectId: string | null): string =>
  subjectId === null ? "the chosen events" : `user ${subjectId}`;

const erasureId = z.strictObject({ id: z.uuid() });

const get = async (db: Parameters<typeof findErasure>[0], id: string): Promise<Erasure> => {
  const erasure = await findErasure(db, id);
  if (erasure === undefined) throw notFound("erasure");
  return erasure;
};

/** Erasure of the personal parts of events. */
export const erasures = router({
  list: may("retention.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/erasures",
        summary: "Erasures of personal parts, newest first",
        output: z.object({ items: z.array(erasureAnswer), nextCursor: nullable }),
      },
    })
    .input(z.strictObject({ cursor: z.uuid().nullish(), limit: pageSize }))
    .query(async ({ ctx, input: { cursor, limit } }) => {
      const rows = await listErasures(ctx.services.db, cursor ?? null, limit + 1);
      const items = rows.slice(0, limit);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    }),

  get: may("retention.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/erasures/{id}",
        summary: "One erasure and how far it is",
        output: z.object({ erasure: erasureAnswer }),
      },
    })
    .input(erasureId)
    .query(async ({ ctx, input }) => ({ erasure: await get(ctx.services.db, input.id) })),

  /** What an erasure would do, and what stands against it. */
  preview: may("retention.erase")
    .meta({
      rest: {
        method: "POST",
        path: "/api/erasures/preview",
        summary: "What an erasure would do, and what stands against it; nothing is changed",
        output: erasurePreviewAnswer,
      },
    })
    .input(z.strictObject(chosen).refine(choosesSomething, nothingChosen))
    .query(
      ({ ctx: { services }, input }): Promise<ErasurePreview> =>
        previewErasure(services.readDb, chosenOf(input, services.now()), findHold),
    ),

  /** Records an erasure; a worker does it once its manifest is signed. */
  record: operation({
    feature: "retention.erase",
    event: "sys_details_erased",
    fresh: true,
    rest: {
      method: "POST",
      path: "/api/erasures",
      summary: "Erase the personal parts of somebody's events, or of those that a query finds",
      output: done({ erasure: erasureAnswer }),
    },
    input: z
      .strictObject({
        ...chosen,
        /** On what legal ground. */
        basis: z.enum(Object.keys(erasureBases) as [ErasureBasis, ...ErasureBasis[]]),
        reason: requiredReason,
        /** The name of the person; for events chosen by a query alone, how many they are. */
        confirm: text(400),
      })
      .refine(choosesSomething, nothingChosen),
    run: async ({ tx, ctx: { services, session } }, { basis, reason, confirm, ...choice }) => {
      const now = services.now();
      const recorded = await recordErasure(
        tx,
        { ...chosenOf(choice, now), basis, reason, confirm },
        {
          id: uuid7(now, randomBytes(10)),
          at: new Date(now).toISOString(),
          requestedBy: `user:${session.userId}`,
          features: session.features,
          sha256: services.sha256,
          findHold,
        },
      );
      return { ...recorded, erasure: await get(tx, recorded.id) };
    },
    object: ({ userId }, outcome) => {
      const subjectId = outcome?.subjectId ?? (userId === undefined ? null : String(userId));
      return { type: "subject", id: outcome?.id ?? subjectId ?? "query", label: subjectLabel(subjectId) };
    },
    notes: (input) => input.reason,
    metadata: ({ basis }, outcome) => ({ basis, ...(outcome !== null && { count: outcome.count }) }),
    facts: ({ subjectId, count, idsHash, basis }) => ({
      count,
      ids: Buffer.from(idsHash).toString("base64"),
      basis,
      ...(subjectId !== null && { subject: `user:${subjectId}` }),
    }),
    changes: () => null,
    asOf,
    shown: (outcome, input) => shown(input, outcome),
    standing: async ({ tx, ctx }, input) => {
      await refuseBlocked(tx, chosenOf(input, ctx.services.now()), findHold);
      return null;
    },
    answer: ({ erasure }) => ({ erasure }),
  }),

  /** What was erased, when, on what ground, as data and as a text for a reader. */
  certificate: may("retention.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/erasures/{id}/certificate",
        summary: "The certificate of a finished erasure",
        output: z.object({ certificate: z.record(z.string(), z.unknown()), text: z.string() }),
      },
    })
    .input(erasureId)
    .query(async ({ ctx: { services }, input }) => {
      const certificate = await certify(services.readDb, input.id, {
        sha256: services.sha256,
        backupDays: services.settings["backup.keep_days"],
      });
      return { certificate, text: certificateText(certificate) };
    }),
});
