import { requestWords } from "@countersign/audit/approval-words";
import type { Changes } from "@countersign/audit/changes";
import type { Json } from "@countersign/audit/json";
import type { ApprovalRequest } from "@countersign/db/approvals";
import { decisions, requestStates } from "@countersign/db/schema/approvals";
import { z } from "zod";
import { receiptAnswer, type SchemaOf } from "../domain/answers.ts";

export type RequestAnswer = Omit<ApprovalRequest, "objectVersion" | "hash" | "version"> & {
  /** What is asked for, in words: "delete P-2026-000041". */
  words: string;
  /** What a decision is bound to. */
  sha256: string;
};

export const toAnswer = (request: ApprovalRequest): RequestAnswer => {
  const { objectVersion: _, version: __, hash, ...told } = request;
  return { ...told, words: requestWords(request), sha256: hash };
};

const nullable = z.string().nullable();
const person = z.object({ id: z.number(), name: z.string() });
const named = z.object({ type: z.string(), id: z.string(), label: z.string().optional() }).nullable();
const anyJson = z.unknown() as unknown as z.ZodType<Json>;

export const requestAnswer = z.object({
  id: z.number(),
  event: z.string(),
  operation: z.string(),
  feature: z.string(),
  alsoNeeds: z.array(z.string()),
  words: z.string(),
  input: anyJson,
  sha256: z.string(),
  object: named as unknown as z.ZodType<ApprovalRequest["object"]>,
  target: named as unknown as z.ZodType<ApprovalRequest["target"]>,
  changes: z.looseObject({}) as unknown as z.ZodType<Changes>,
  requester: person,
  reason: z.string(),
  state: z.enum(requestStates),
  quorum: z.number(),
  createdAt: z.string(),
  expiresAt: z.string(),
  closedAt: nullable,
  outcomeEvent: nullable,
  failure: nullable,
  decisions: z.array(z.object({ by: person, decision: z.enum(decisions), reason: nullable, at: z.string() })),
} satisfies SchemaOf<RequestAnswer>);

export const deciders = z.array(person);

/** What an act answers that waits for a second person; its status is 202. */
export const askedAnswer = z.object({
  outcome: z.literal("pending"),
  receipt: receiptAnswer.nullable(),
  request: z.object({ id: z.number(), expiresAt: z.string(), quorum: z.number(), deciders: z.number() }),
});
