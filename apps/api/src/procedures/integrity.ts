import { isUuid7 } from "@countersign/audit/uuid7";
import { type EventRow, findEvent, findSalt } from "@countersign/db/events";
import {
  countUnsealed,
  currentEpoch,
  latestCheckpoint,
  listCheckpoints,
  listLedgerKeys,
  listVerifications,
  logName,
  sealedSize,
  type VerificationRun,
} from "@countersign/db/sealing";
import { recordVerification } from "@countersign/db/verification-records";
import { z } from "zod";
import { pageOf, type SchemaOf } from "../domain/answers.ts";
import { DomainError, notFound } from "../domain/domain-error.ts";
import { noInput } from "../domain/fields.ts";
import { rowCursor, rowPage } from "../domain/paging.ts";
import { proveEvent, wholeNote } from "../domain/proofs.ts";
import { download } from "../http/raw-route.ts";
import { type LogState, readLogState } from "../live/log-state.ts";
import { sessionOf } from "../trpc/access.ts";
import type { Context } from "../trpc/context.ts";
import { router } from "../trpc/init.ts";
import { reading } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";
import { viewing } from "./viewing.ts";

const eventId = z.strictObject({ id: z.string().refine(isUuid7, { params: { rule: "event_id" } }) });

const findRow = async ({ services }: Context, id: string): Promise<EventRow> => {
  const row = await findEvent(services.readDb, id);
  if (row === undefined) throw notFound("event");
  return row;
};

const provable = async (ctx: Context, { id }: { id: string }) => {
  const row = await findRow(ctx, id);
  return { row, proof: await proveEvent(ctx.services.readDb, row, ctx.services.sha256) };
};

const key = z.object({ vkey: z.string(), kind: z.string(), addedAt: z.string(), retiredAt: z.string().nullable() });
const run = z.object({
  id: z.number(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  fromIndex: z.number(),
  done: z.number(),
  total: z.number(),
  ok: z.boolean().nullable(),
  report: z.unknown(),
  startedBy: z.string(),
  startedByName: z.string().nullable(),
});
const checkpointAnswer = z.object({ size: z.number(), note: z.string(), signedAt: z.string() });

export const integrity = router({
  /** How far the log is proven, by which keys, and what the last verifications found. */
  status: may("audit.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/integrity",
        summary: "The newest signed checkpoint, its age, and the last verifications",
        output: z.object({
          origin: z.string(),
          epoch: z.number(),
          /** The server's time, so that nobody's clock is taken for the age of a signature. */
          at: z.string(),
          size: z.number(),
          unsealed: z.number(),
          checkpoint: checkpointAnswer.nullable(),
          keys: z.array(key),
          verifications: z.array(run),
        }),
      },
    })
    .input(noInput)
    .query(async ({ ctx: { services } }) => {
      const { readDb } = services;
      const epoch = await currentEpoch(readDb);
      const checkpoint = await latestCheckpoint(readDb, epoch);
      return {
        origin: await logName(readDb),
        epoch,
        at: new Date(services.now()).toISOString(),
        size: await sealedSize(readDb, epoch),
        unsealed: await countUnsealed(readDb),
        checkpoint:
          checkpoint === undefined
            ? null
            : {
                size: checkpoint.size,
                note: await wholeNote(readDb, checkpoint),
                signedAt: checkpoint.signedAt,
              },
        keys: await listLedgerKeys(readDb),
        verifications: await listVerifications(readDb, 20),
      };
    }),

  /** What was signed of the log as it stands, the newest first. Of older days only the last of each hour is kept. */
  checkpoints: may("audit.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/integrity/checkpoints",
        summary: "Signed checkpoints with what witnesses signed of them, newest first",
        output: pageOf(checkpointAnswer),
      },
    })
    .input(z.strictObject(rowPage))
    .query(async ({ ctx: { services }, input: { cursor, limit } }) => {
      const { readDb } = services;
      const epoch = await currentEpoch(readDb);
      const found = await listCheckpoints(readDb, epoch, rowCursor(cursor), limit + 1);
      const items = await Promise.all(
        found.slice(0, limit).map(async (checkpoint) => ({
          size: checkpoint.size,
          note: await wholeNote(readDb, checkpoint),
          signedAt: checkpoint.signedAt,
        })),
      );
      return { items, nextCursor: found.length > limit ? String(items.at(-1)?.size) : null };
    }),

  /** How far the log is stored and signed, in a few numbers, for the lamps beside it. */
  progress: may("audit.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/integrity/progress",
        summary: "How far the log is stored and signed",
        output: z.object({
          at: z.string(),
          epoch: z.number(),
          size: z.number(),
          unsealed: z.number(),
          waitingEvents: z.number(),
          oldestKeptSeconds: z.number().nullable(),
          checkpoint: z.object({ size: z.number(), signedAt: z.string() }).nullable(),
        } satisfies SchemaOf<LogState>),
      },
    })
    .input(noInput)
    .query(({ ctx: { services } }) => readLogState(services.readDb, services.now())),

  /** Asks a worker to verify the whole log; what it finds is an event of the worker's (`sys_verify_run`, `sys_verify_failed`). */
  verify: may("audit.verify")
    .meta({
      rest: {
        method: "POST",
        path: "/api/integrity/verifications",
        summary: "Ask for a verification of the whole log",
        output: z.object({ verificationId: z.number() }),
      },
    })
    .input(noInput)
    .mutation(async ({ ctx }) => {
      const { db, now } = ctx.services;
      const isOpen = ({ finishedAt, startedBy }: VerificationRun) => finishedAt === null && startedBy !== "cli";
      if ((await listVerifications(db, 20)).some(isOpen)) {
        throw new DomainError("conflict", "verification_under_way", "The log is being verified already.", {
          retryAfterS: 5,
        });
      }
      const request = { at: new Date(now()).toISOString(), fromIndex: 0, startedBy: `user:${sessionOf(ctx).userId}` };
      return { verificationId: await recordVerification(db, request) };
    }),

  /** One event with all that a browser needs to check it by itself. */
  proof: reading({
    ...viewing,
    rest: {
      method: "GET",
      path: "/api/audit/events/{id}/proof",
      summary: "The proof that an event is in the log, with what opens its details",
      output: z.object({
        id: z.string(),
        epoch: z.number(),
        index: z.number(),
        size: z.number(),
        file: z.string(),
        details: z.string().nullable(),
        salt: z.string().nullable(),
      }),
    },
    input: eventId,
    run: async (ctx, input) => ({
      ...(await provable(ctx, input)),
      salt: await findSalt(ctx.services.readDb, input.id),
    }),
    answer: ({ row, proof, salt }) => ({
      id: row.id,
      ...proof,
      details: row.details,
      salt: salt === null ? null : Buffer.from(salt).toString("base64"),
    }),
  }),
});

/** The proof as a file that anybody checks without us; it holds no details, so that it can be handed on. */
export const proofFile = download({
  ...viewing,
  path: "/api/audit/events/{id}/proof.tlog-proof",
  summary: "The proof as a file (C2SP tlog-proof), to be checked without the server",
  gives: ["text/plain; charset=utf-8"],
  input: eventId,
  run: provable,
  send: ({ row, proof }) => {
    const bytes = new TextEncoder().encode(proof.file);
    return {
      body: new Blob([bytes]).stream(),
      headers: {
        "content-type": "text/plain; charset=utf-8",
        "content-length": String(bytes.length),
        "content-disposition": `attachment; filename="${row.id}.tlog-proof"`,
      },
    };
  },
});
