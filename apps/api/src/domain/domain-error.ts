/** What a caller is told when an act is refused; `kind` decides the status, `reason` is for programs, the message for people. */
export const errorKinds = {
  invalid: "UNPROCESSABLE_CONTENT",
  unauthenticated: "UNAUTHORIZED",
  forbidden: "FORBIDDEN",
  "not-found": "NOT_FOUND",
  conflict: "CONFLICT",
  "too-large": "PAYLOAD_TOO_LARGE",
  "media-type": "UNSUPPORTED_MEDIA_TYPE",
  "too-many": "TOO_MANY_REQUESTS",
  unavailable: "SERVICE_UNAVAILABLE",
} as const;

export type ErrorKind = keyof typeof errorKinds;
export type FieldProblem = { path: string; rule: string };
export type ErrorDetails = { fields?: readonly FieldProblem[]; retryAfterS?: number };

export class DomainError extends Error {
  override name = "DomainError";
  readonly kind: ErrorKind;
  readonly reason: string;
  readonly details: ErrorDetails;
  constructor(kind: ErrorKind, reason: string, message: string, details: ErrorDetails = {}) {
    super(message);
    this.kind = kind;
    this.reason = reason;
    this.details = details;
  }
}

export const notFound = (what: string): DomainError =>
  new DomainError("not-found", "not_found", `There is no ${what} with this id.`);
