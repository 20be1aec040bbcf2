import { failureCode, isRetryable } from "@countersign/db/failures";
import { OutcomeUnknown } from "@countersign/db/transaction";
import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { DomainError, errorKinds, type FieldProblem } from "../domain/domain-error.ts";
import type { Context } from "./context.ts";

const unavailable = () =>
  new DomainError(
    "unavailable",
    "unavailable",
    "Nothing was changed: the event could not be kept. Try again in a moment.",
    {
      retryAfterS: 5,
    },
  );
const outcomeUnknown = () =>
  new DomainError(
    "unavailable",
    "outcome_unknown",
    "The connection to the database broke at the last moment, so it is not known whether this was done. Look before you try again.",
    { retryAfterS: 5 },
  );

/** What the guards of the database itself refuse, whoever asks. */
const protectedAccount = () =>
  new DomainError(
    "forbidden",
    "protected",
    "Nothing was changed: this account, or the last active administrator, is protected.",
  );

/** Field paths and rules of a refused input, never its values. */
const fieldProblems = (error: z.core.$ZodError): FieldProblem[] =>
  error.issues.slice(0, 20).flatMap((issue) => {
    const path = issue.path.map(String).join(".");
    if (issue.code === "unrecognized_keys") {
      return issue.keys
        .slice(0, 20)
        .map((key) => ({ path: [path, key.slice(0, 64)].filter(Boolean).join("."), rule: "unknown_field" }));
    }
    return [{ path, rule: issue.code === "custom" && issue.params?.rule ? String(issue.params.rule) : issue.code }];
  });

export const invalidInput = (error: z.core.$ZodError): DomainError => {
  const fields = fieldProblems(error);
  const custom = error.issues.find((issue) => issue.code === "custom" && issue.params?.sentence !== undefined);
  const sentence = custom?.code === "custom" ? String(custom.params?.sentence) : undefined;
  const where = fields.map(({ path, rule }) => `${path || "input"} (${rule})`).join(", ");
  return new DomainError(
    "invalid",
    "invalid_input",
    sentence ?? `Nothing was done: the input is not valid at ${where}.`,
    { fields },
  );
};

/** Everything that can go wrong as one of our own errors; null for what only a defect can explain. */
export const asDomainError = (error: unknown): DomainError | null => {
  const cause = error instanceof TRPCError ? (error.cause ?? error) : error;
  if (cause instanceof DomainError) return cause;
  if (cause instanceof z.core.$ZodError) return invalidInput(cause);
  if (cause instanceof OutcomeUnknown) return outcomeUnknown();
  if (failureCode(cause) === "CS403") return protectedAccount();
  if (isRetryable(cause)) return unavailable();
  return null;
};

const masked = "Something went wrong on our side. Quote the request id when you report it.";

export const toTrpcError = (error: unknown): TRPCError => {
  const domain = asDomainError(error);
  if (domain !== null) return new TRPCError({ code: errorKinds[domain.kind], message: domain.message, cause: domain });
  if (error instanceof TRPCError && error.code !== "INTERNAL_SERVER_ERROR") return error;
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: masked, cause: error });
};

const reasons: Partial<Record<TRPCError["code"], string>> = {
  NOT_FOUND: "not_found",
  METHOD_NOT_SUPPORTED: "method_not_allowed",
  BAD_REQUEST: "unreadable",
  PARSE_ERROR: "unreadable",
  PAYLOAD_TOO_LARGE: "body_too_large",
  UNSUPPORTED_MEDIA_TYPE: "media_type",
};
const sentences: Partial<Record<TRPCError["code"], string>> = {
  NOT_FOUND: "There is no such procedure.",
  METHOD_NOT_SUPPORTED: "This procedure is called with another method.",
  BAD_REQUEST: "The request could not be read.",
  PARSE_ERROR: "The request could not be read.",
};

/** What stands in `error.data`; messages that are not ours are hidden behind the request id. */
export const formatError = (
  error: TRPCError,
  shape: { code: number; data: { code: string; httpStatus: number } },
  ctx: Context | undefined,
) => {
  const domain = asDomainError(error);
  return {
    code: shape.code,
    message: domain?.message ?? sentences[error.code] ?? masked,
    data: {
      code: shape.data.code,
      httpStatus: shape.data.httpStatus,
      reason: domain?.reason ?? reasons[error.code] ?? "internal",
      requestId: ctx?.request.id ?? "",
      ...domain?.details,
    },
  };
};
