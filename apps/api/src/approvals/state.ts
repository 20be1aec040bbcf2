import type { RequestState } from "@countersign/db/approvals";
import { DomainError } from "../domain/domain-error.ts";

/** A request as far as its way from asked to closed is concerned. */
export type Waiting = {
  state: RequestState;
  requesterId: number;
  /** How many different people must approve. */
  quorum: number;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** Who has approved and still could. */
  approvedBy: readonly number[];
};

export type Step =
  | { kind: "approve" | "refuse" | "withdraw"; by: number }
  /** The clock. */
  | { kind: "expire" }
  /** An act that was approved and could not be done. */
  | { kind: "fail" };

const closedWords: Record<Exclude<RequestState, "pending">, string> = {
  approved: "was approved already",
  refused: "was refused already",
  withdrawn: "was withdrawn",
  expired: "has expired",
  failed: "is closed, since it could not be done",
};

const conflict = (reason: string, sentence: string) => new DomainError("conflict", reason, sentence);

const ownRequest = (): DomainError =>
  new DomainError("forbidden", "own_request", "Nothing was decided: nobody decides a request of their own.");

const expired = (): DomainError =>
  conflict("expired_request", "Nothing was done: the request has expired. It can be asked for again.");

/** The request after a step; throws a `DomainError` for one that is not possible. A closed request never moves again. */
export const stepTo = (request: Waiting, step: Step, now: number): Waiting => {
  const { state, requesterId, quorum, expiresAt, approvedBy } = request;
  if (state !== "pending") throw conflict("already_closed", `Nothing was done: the request ${closedWords[state]}.`);
  const isOver = now >= expiresAt;
  if (step.kind === "expire") {
    if (!isOver) throw conflict("not_expired", "Nothing was done: the request has not expired.");
    return { ...request, state: "expired" };
  }
  if (step.kind === "fail") return { ...request, state: "failed" };
  const isOwn = step.by === requesterId;
  if (step.kind === "withdraw") {
    if (!isOwn) throw new DomainError("forbidden", "not_own_request", "Only who asked can withdraw a request.");
    return { ...request, state: "withdrawn" };
  }
  if (isOwn) throw ownRequest();
  if (isOver) throw expired();
  if (approvedBy.includes(step.by)) {
    throw conflict("already_decided", "You have approved this already; it waits for others.");
  }
  if (step.kind === "refuse") return { ...request, state: "refused" };
  const all = [...approvedBy, step.by];
  return { ...request, approvedBy: all, state: all.length >= quorum ? "approved" : "pending" };
};
