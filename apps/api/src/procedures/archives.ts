import { randomBytes } from "node:crypto";
import { uuid7 } from "@countersign/audit/uuid7";
import { type Archive, type ArchiveTaskKind, insertArchiveTask, listArchives } from "@countersign/db/archives";
import { failureCode, uniqueViolation } from "@countersign/db/failures";
import { archiveTaskKinds } from "@countersign/db/schema/archive";
import { z } from "zod";
import type { SchemaOf } from "../domain/answers.ts";
import { DomainError, notFound } from "../domain/domain-error.ts";
import { pageSize, requiredReason } from "../domain/fields.ts";
import { sessionOf } from "../trpc/access.ts";
import type { Context } from "../trpc/context.ts";
import { router } from "../trpc/init.ts";
import { may } from "../trpc/procedures.ts";

const nullable = z.string().nullable();

const archiveAnswer = z.object({
  manifestId: z.string(),
  policy: z.string(),
  month: z.string(),
  count: z.number(),
  removedAt: nullable,
  eventId: z.string(),
  leavesFile: z.string(),
  detailsFile: z.string(),
  loaded: z.object({ rows: z.number(), at: z.string() }).nullable(),
  lastTask: z
    .object({
      kind: z.enum(archiveTaskKinds),
      requestedAt: z.string(),
      requestedBy: z.string(),
      endedAt: nullable,
      ok: z.boolean().nullable(),
      report: z.record(z.string(), z.unknown()).nullable() as unknown as z.ZodType<
        NonNullable<Archive["lastTask"]>["report"]
      >,
    })
    .nullable(),
} satisfies SchemaOf<Archive>);

const noManifest = "23503";

/** Leaves it to a worker, where the files are; what becomes of it is an event of the worker's. */
const ask = async (
  ctx: Context,
  kind: ArchiveTaskKind,
  { manifestId, reason = null }: { manifestId: string; reason?: string | null },
): Promise<{ taskId: string }> => {
  const { db, now } = ctx.services;
  const id = uuid7(now(), randomBytes(10));
  const requestedBy = `user:${sessionOf(ctx).userId}`;
  try {
    const requestedAt = new Date(now()).toISOString();
    await insertArchiveTask(db, { id, manifestId, kind, requestedAt, requestedBy, reason });
  } catch (error) {
    if (failureCode(error) === noManifest) throw notFound("archive");
    if (failureCode(error) !== uniqueViolation) throw error;
    throw new DomainError("conflict", "under_way", "A worker is at this archive already.", { retryAfterS: 2 });
  }
  return { taskId: id };
};

const manifestId = z.uuid();
const withReason = z.strictObject({ manifestId, reason: requiredReason });
const asked = z.object({ taskId: z.string() });
const post = (act: ArchiveTaskKind, summary: string) =>
  ({ rest: { method: "POST", path: `/api/archives/{manifestId}/${act}`, summary, output: asked } }) as const;

/** Months that retention removed and put into the archive. */
export const archives = router({
  list: may("retention.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/archives",
        summary: "Archived months, newest first, with what was last done with each",
        output: z.object({ items: z.array(archiveAnswer), nextCursor: nullable }),
      },
    })
    .input(z.strictObject({ cursor: z.uuid().nullish(), limit: pageSize }))
    .query(async ({ ctx, input: { cursor, limit } }) => {
      const rows = await listArchives(ctx.services.db, cursor ?? null, limit + 1);
      const items = rows.slice(0, limit);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.manifestId ?? null) : null };
    }),

  verify: may("retention.read")
    .meta(post("verify", "Ask for a verification of the files of an archived month"))
    .input(z.strictObject({ manifestId }))
    .mutation(({ ctx, input }) => ask(ctx, "verify", input)),

  /** Puts it back into the log to be read, if it verifies (`sys_archive_loaded`). */
  load: may("retention.manage")
    .meta(post("load", "Load an archived month back into the log, to be read"))
    .input(withReason)
    .mutation(({ ctx, input }) => ask(ctx, "load", input)),

  /** Takes it out again (`sys_archive_unloaded`). */
  unload: may("retention.manage")
    .meta(post("unload", "Take a month that was loaded back out of the log again"))
    .input(withReason)
    .mutation(({ ctx, input }) => ask(ctx, "unload", input)),
});
