import postgres from "postgres";

const driverCodes = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UNSENT",
]);

/** The error's SQLSTATE or the driver's own code; drizzle hides the cause one level down. */
export const failureCode = (error: unknown): string => {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === "string") return code;
  return cause === undefined ? "" : failureCode(cause);
};

/** Somebody else was first to write what may be there once. */
export const uniqueViolation = "23505";

/** The connection is gone, so nothing more may be sent in its transaction. */
export const isConnectionFailure = (error: unknown): boolean => {
  const code = failureCode(error);
  return driverCodes.has(code) || /^(08|57P0[1-5]|25P0[34])/.test(code);
};

const unsentCodes = new Set([
  "CONNECT_TIMEOUT",
  "CONNECTION_ENDED",
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UNSENT",
  "57P03",
]);

/** There was no connection to send anything on. */
export const isUnsent = (error: unknown): boolean => unsentCodes.has(failureCode(error));

/**
 * The error of a statement that was never sent. When a connection dies after an error and before the server was ready again,
 * postgres.js 3.4.9 gives that error to the first statement of the next connection, whose own it cannot be.
 */
export const asUnsent = (error: unknown): unknown => {
  const isOfAnother = error instanceof postgres.PostgresError && error.severity === "ERROR";
  if (isUnsent(error) || !(isOfAnother || isConnectionFailure(error))) return error;
  return Object.assign(new Error("the connection was lost before the statement was sent"), { code: "UNSENT" });
};

/** Another try may succeed: the server is away, full, busy, or chose us as the victim of a deadlock. */
export const isRetryable = (error: unknown): boolean =>
  isConnectionFailure(error) || /^(53|40001|40P01|55P03|57014|CONNECTION|25006)/.test(failureCode(error));

/** A row that no retry can store: bad data, broken constraint, over a limit. */
export const isPoison = (error: unknown): boolean =>
  /^(22|23|54)/.test(failureCode(error)) && !isMissingPartition(error);

/** 23514 without a constraint's name is PostgreSQL's word for "no partition of relation found for row". */
export const isMissingPartition = (error: unknown): boolean => {
  const cause = error instanceof postgres.PostgresError ? error : (error as { cause?: unknown } | undefined)?.cause;
  return cause instanceof postgres.PostgresError && cause.code === "23514" && !cause.constraint_name;
};

export const isClaimed = (error: unknown): boolean => failureCode(error) === "CS409";
