import { isUuid7 } from "@countersign/audit/uuid7";
import { findHoldName } from "@countersign/db/legal-holds";
import { findManifest, manifestsOf, readContents } from "@countersign/db/retention-manifests";
import { insertRun, listRuns } from "@countersign/db/retention-runs";
import { z } from "zod";
import { done } from "../domain/answers.ts";
import { DomainError, notFound } from "../domain/domain-error.ts";
import { noInput, requiredReason, rowId, text, version } from "../domain/fields.ts";
import {
  countScope,
  describeHolds,
  type HoldChange,
  holdChanges,
  placeHold,
  releaseHold,
  scopeInput,
  toScope,
} from "../domain/holds.ts";
import { describePolicies, previewRetention, readSchedule } from "../domain/retention.ts";
import {
  countAnswer,
  holdAnswer,
  holdsAnswer,
  manifestAnswer,
  previewAnswer,
  runsAnswer,
  statusAnswer,
} from "../domain/retention-answers.ts";
import type { Context } from "../trpc/context.ts";
import { router } from "../trpc/init.ts";
import { operation, type SignedIn } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";
import { tooBroad } from "./viewing.ts";

/** As the setting: see `retention.*` there. */
const days = z.number().int().min(30).max(36_500).optional();

const acting = ({ session, services }: SignedIn) => ({
  by: session.userId,
  at: new Date(services.now()).toISOString(),
});
const holdRef = (id: number, name?: string) => ({ type: "legal_hold", id: String(id), label: name }) as const;
const answer = ({ after }: HoldChange) => ({ hold: after });

/** What is removed and when, what a run did, and what is held back. */
export const retention = router({
  /** One line a policy, and when the next run begins. */
  status: may("retention.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/retention",
        summary: "What each policy keeps, and when the next run begins",
        output: statusAnswer,
      },
    })
    .input(noInput)
    .query(async ({ ctx: { services } }) => ({
      ...(await readSchedule(services.readDb, services.settings, services.now())),
      policies: await describePolicies(services.readDb, services.now()),
    })),

  /** What the next run would remove, keep back and leave alone. Changes nothing. */
  preview: may("retention.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/retention/preview",
        summary: "What the next run would remove, keep back and leave alone, also with periods that are not set yet",
        output: previewAnswer,
      },
    })
    .input(z.strictObject({ decision: days, change: days, session: days, read: days }).optional())
    .query(({ ctx: { services }, input }) =>
      previewRetention(services.readDb, services.settings, services.now(), input).catch(tooBroad),
    ),

  /** Runs, newest first, each with what it removed. */
  runs: may("retention.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/retention/runs",
        summary: "Runs, newest first, each with what it removed",
        output: runsAnswer,
      },
    })
    .input(z.strictObject({ cursor: rowId.nullish(), limit: z.number().int().min(1).max(100).default(20) }))
    .query(async ({ ctx: { services }, input: { cursor, limit } }) => {
      const found = await listRuns(services.readDb, cursor ?? null, limit + 1);
      const runs = found.slice(0, limit);
      const last = runs.at(-1);
      const manifests = last === undefined ? [] : await manifestsOf(services.readDb, last.id, runs[0]?.id ?? last.id);
      return {
        items: runs.map((run) => ({ ...run, manifests: manifests.filter(({ runId }) => runId === run.id) })),
        nextCursor: found.length > limit ? (last?.id ?? null) : null,
      };
    }),

  /** A manifest with all that proves it: its bitmap, root and the leaf of its event. Bytes are base64. */
  manifest: may("retention.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/retention/manifests/{id}",
        summary: "The signed manifest of a removed month with all that proves it; bytes are base64",
        output: manifestAnswer,
      },
    })
    .input(z.strictObject({ id: z.string().refine(isUuid7, { params: { rule: "manifest_id" } }) }))
    .query(async ({ ctx: { services }, input: { id } }) => {
      const manifest = await findManifest(services.readDb, id);
      if (manifest === undefined) throw notFound("manifest");
      const { bitmap, bitmapSha256, root, leaf } = await readContents(services.readDb, id);
      const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
      return { ...manifest, bitmap: base64(bitmap), bitmapSha256: base64(bitmapSha256), root: base64(root), leaf };
    }),

  /** Asks a worker for a run now, besides the one of each night. */
  run: operation({
    feature: "retention.manage",
    event: "sys_retention_asked",
    fresh: true,
    rest: {
      method: "POST",
      path: "/api/retention/runs",
      summary: "Ask a worker for a run now, besides the one of each night",
      output: done({ runId: z.number() }),
    },
    input: z.strictObject({ reason: requiredReason }),
    run: async ({ tx, ctx }) => {
      const { by, at } = acting(ctx);
      const run = await insertRun(tx, { state: "asked", startedBy: `user:${by}`, at });
      if (run !== undefined) return run;
      throw new DomainError(
        "conflict",
        "run_under_way",
        "Nothing was started: a run is under way already. Look at it below and ask again when it is over.",
      );
    },
    object: (_, run) =>
      run === null ? undefined : { type: "retention_run", id: String(run.id), label: `run ${run.id}` },
    notes: ({ reason }) => reason,
    changes: () => null,
    answer: ({ id }) => ({ runId: id }),
  }),

  /** Holds, those in force first, each with how many events it is on. */
  listHolds: may("retention.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/holds",
        summary: "Holds, those in force first, each with how many events it is on",
        output: holdsAnswer,
      },
    })
    .input(noInput)
    .query(async ({ ctx: { services } }) => ({ items: await describeHolds(services.readDb) })),

  /** How many events a hold would be on; placing it needs no more than that. */
  countScope: may("retention.hold")
    .meta({
      rest: {
        method: "POST",
        path: "/api/holds/count",
        summary: "How many events a hold would be on",
        output: countAnswer,
      },
    })
    .input(z.strictObject({ scope: scopeInput }))
    .query(({ ctx: { services }, input }) => countScope(services.readDb, toScope(input.scope, services.now()))),

  placeHold: operation({
    feature: "retention.hold",
    event: "sys_hold_placed",
    rest: {
      method: "POST",
      path: "/api/holds",
      summary: "Keep what a scope is on, now and later, whatever its age",
      output: done({ hold: holdAnswer }),
    },
    input: z.strictObject({ name: text(120), scope: scopeInput, reason: requiredReason }),
    run: ({ tx, ctx }, { name, scope, reason }) =>
      placeHold(tx, { name, reason, scope: toScope(scope, ctx.services.now()) }, acting(ctx)),
    object: ({ name }, outcome) => (outcome === null ? undefined : holdRef(outcome.after.id, name)),
    notes: ({ reason }) => reason,
    changes: holdChanges,
    answer,
  }),

  releaseHold: operation({
    feature: "retention.hold",
    event: "sys_hold_released",
    fresh: true,
    rest: {
      method: "POST",
      path: "/api/holds/{holdId}/release",
      summary: "End a hold; what it kept falls back under its own period",
      output: done({ hold: holdAnswer }),
    },
    input: z.strictObject({ holdId: rowId, version, reason: requiredReason }),
    run: ({ tx, ctx }, input) => releaseHold(tx, input, acting(ctx)),
    object: ({ holdId }, outcome) => holdRef(holdId, outcome?.after.name),
    name: async ({ services }: Context, { id }: { id: string }) => findHoldName(services.db, Number(id)),
    notes: ({ reason }) => reason,
    changes: holdChanges,
    answer,
  }),
});
