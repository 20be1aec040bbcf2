import type { JsonObject } from "@countersign/audit/json";
import { failureCode } from "@countersign/db/failures";
import { DomainError } from "../domain/domain-error.ts";

/** Says what to do about a query that the database stopped after its limit. */
export const tooBroad = (error: unknown): never => {
  if (failureCode(error) !== "57014") throw error;
  throw new DomainError(
    "invalid",
    "query_too_broad",
    "This would take too long. Choose a smaller range or fewer words.",
  );
};

/** What says how much of a view is shown, not of what. */
const notFilter = new Set(["cursor", "limit", "fields", "find", "most", "apart", "lastEventId"]);

/** A query without its place in the pages and its counts: all of that is one view of the log. */
export const filterOf = (input: object): JsonObject =>
  Object.fromEntries(
    Object.entries(input).filter(([key, value]) => !notFilter.has(key) && value !== undefined),
  ) as JsonObject;

const auditLog = { type: "audit_log", id: "log", label: "audit log" } as const;

/** Viewing the log is an event itself, kept before a row is shown. */
export const viewing = {
  feature: "audit.read",
  event: "audit_view_logs",
  object: () => auditLog,
  metadata: (input: object): JsonObject => ({ filter: filterOf(input) }),
  sameAs: filterOf,
} as const;
