import { statuses } from "@countersign/audit/catalogue";
import type { Changes } from "@countersign/audit/changes";
import type { JsonObject } from "@countersign/audit/json";
import { z } from "zod";
import { receiptAnswer, type SchemaOf } from "./answers.ts";
import type { LogEntry } from "./log-entry.ts";
import type { LogPage } from "./log-page.ts";

/** What the log and its ingest answer, as schemas for the OpenAPI document. */

const nullable = z.string().nullable();
const reference = z.object({ type: z.string(), id: z.string(), label: nullable });
const object = z.record(z.string(), z.unknown());

const entry = {
  id: z.string(),
  code: z.string(),
  name: z.string(),
  category: z.string(),
  severity: z.string(),
  status: z.enum(statuses),
  policy: z.string(),
  occurredAt: z.string(),
  receivedAt: z.string(),
  actor: z.object({ type: z.string(), id: nullable, label: nullable, roles: z.array(z.string()) }),
  object: reference.nullable(),
  target: reference.nullable(),
  objectDescription: nullable,
  changes: object.nullable() as unknown as z.ZodType<Changes | null>,
  errorMessage: nullable,
  notes: nullable,
  ip: nullable,
  userAgent: nullable,
  requestMethod: nullable,
  endpoint: nullable,
  requestId: nullable,
  source: z.string(),
  sourceLabel: nullable,
  approvalId: nullable,
  metadata: object.nullable() as unknown as z.ZodType<JsonObject | null>,
  leafHash: z.string(),
  erased: z.boolean(),
  held: z.boolean(),
} satisfies SchemaOf<LogEntry>;

export const logPageAnswer = z.object({
  entries: z.array(z.object(entry)),
  nextCursor: nullable,
  reachedAt: nullable,
} satisfies SchemaOf<LogPage>);

/** One event with the very texts that are hashed; `details` is null once the personal part was erased, and `erasure` says under which. */
export const logEntryAnswer = z.object({
  entry: z.object({ ...entry, leaf: z.string(), details: nullable }),
  erasure: z.object({ id: z.string(), basis: z.string(), requestedAt: z.string(), eventId: nullable }).nullable(),
});

const fields = z.array(z.object({ path: z.string(), rule: z.string() }));

/** The signature under the receipts of an answer; null when nothing was kept. */
const signedAnswer = z
  .object({ origin: z.string(), keyId: z.string(), signature: z.string(), sealWithinS: z.number() })
  .nullable();

export const recordedAnswer = z.object({
  outcome: z.enum(["kept", "suppressed"]),
  receipt: receiptAnswer.nullable(),
  signed: signedAnswer,
});

/** One answer an event, in their order. */
export const recordedManyAnswer = z.object({
  results: z.array(
    z.union([
      z.object({ outcome: z.literal("kept"), receipt: receiptAnswer }),
      z.object({ outcome: z.literal("suppressed"), receipt: z.null() }),
      z.object({
        outcome: z.literal("refused"),
        receipt: z.null(),
        reason: z.string(),
        message: z.string(),
        fields: fields.optional(),
      }),
    ]),
  ),
  signed: signedAnswer,
});
