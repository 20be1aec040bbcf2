import { expiredDraft } from "@countersign/audit/approval-words";
import type { Receipt } from "@countersign/audit/recorder";
import {
  type ApprovalRequest,
  closeRequest,
  findRequest,
  insertDecision,
  lockRequest,
} from "@countersign/db/approvals";
import { ableAmong } from "@countersign/db/deciders";
import { inTransaction, type Transaction } from "@countersign/db/transaction";
import { findAccount } from "@countersign/db/users";
import { DomainError, notFound } from "../domain/domain-error.ts";
import { forbidden, refuseStaleLogin } from "../trpc/access.ts";
import { keepAttempted, type SignedIn } from "../trpc/act.ts";
import { asRequester, namedRequester, type WaitingAct, whyNotDone } from "./resume.ts";
import { type Step, stepTo } from "./state.ts";

/** Every operation that can wait, by its name. */
export type WaitingActs = (name: string) => WaitingAct | undefined;

export type Decided = {
  /** As it is after the step. */
  request: ApprovalRequest;
  /** The event of the act, when this decision was the last that was needed. */
  done: Receipt | null;
};

/** What an approved act was refused with; the request is closed by it. */
export class NotDone extends Error {
  override name = "NotDone";
  readonly why: DomainError;
  constructor(why: DomainError) {
    super(why.message, { cause: why });
    this.why = why;
  }
}

const stamp = ({ services }: SignedIn): string => new Date(services.now()).toISOString();

const again = async (tx: Transaction, id: number): Promise<ApprovalRequest> => {
  const request = await findRequest(tx, id);
  if (request === undefined) throw notFound("request");
  return request;
};

/** Who has approved and still could: a decision counts no longer than the rights behind it. */
const approversOf = (tx: Transaction, request: ApprovalRequest): Promise<number[]> =>
  ableAmong(
    tx,
    request,
    request.decisions.flatMap(({ by, decision }) => (decision === "approved" ? [by.id] : [])),
  );

const stepOf = async (tx: Transaction, request: ApprovalRequest, step: Step, now: number) =>
  stepTo(
    {
      state: request.state,
      requesterId: request.requester.id,
      quorum: request.quorum,
      expiresAt: Date.parse(request.expiresAt),
      approvedBy: await approversOf(tx, request),
    },
    step,
    now,
  );

const close = async (tx: Transaction, request: ApprovalRequest, closing: Parameters<typeof closeRequest>[2]) => {
  if (await closeRequest(tx, request, closing)) return;
  throw new DomainError("conflict", "already_closed", "Nothing was done: somebody else was first.");
};

/** The request, held; refuses whoever may not do the act and so may not decide on it either. */
const lockFor = async (tx: Transaction, ctx: SignedIn, requestId: number): Promise<ApprovalRequest> => {
  const request = await lockRequest(tx, requestId);
  if (request === undefined) throw notFound("request");
  const account = await findAccount(tx, ctx.session.userId);
  for (const feature of ["approvals.decide", request.feature, ...request.alsoNeeds]) {
    if (!account?.features.some((held) => held === feature))
      throw forbidden(feature as Parameters<typeof forbidden>[0]);
  }
  return request;
};

/** Approves what was shown under this hash. The decision that completes the quorum does the act, as who asked, in the same transaction. */
export const approveRequest = async (
  acts: WaitingActs,
  { tx, ctx }: { tx: Transaction; ctx: SignedIn },
  { requestId, sha256, reason = null }: { requestId: number; sha256: string; reason?: string | null | undefined },
): Promise<Decided> => {
  const request = await lockFor(tx, ctx, requestId);
  const next = await stepOf(tx, request, { kind: "approve", by: ctx.session.userId }, ctx.services.now());
  if (request.hash !== sha256) {
    throw new DomainError(
      "conflict",
      "other_request",
      "Nothing was decided: this is not the request that was shown. Look at it again.",
    );
  }
  const act = acts(request.operation);
  if (act === undefined) throw new Error(`${request.operation} cannot wait for a second person`);
  if (act.fresh) refuseStaleLogin(ctx, ctx.session);
  const { userId: id, name } = ctx.session;
  const at = stamp(ctx);
  if (!(await insertDecision(tx, requestId, { by: { id, name }, decision: "approved", reason, at }))) {
    throw new DomainError("conflict", "already_decided", "Nothing was decided: you have decided this before.");
  }
  if (next.state === "pending") return { request: await again(tx, requestId), done: null };
  const done = await redo(act, { tx, ctx }, request);
  await close(tx, request, { state: "approved", at, outcomeEvent: done?.id ?? null });
  return { request: await again(tx, requestId), done };
};

/** Does what was asked for; `NotDone` when it no longer can be. */
export const redo = async (
  act: WaitingAct,
  { tx, ctx }: { tx: Transaction; ctx: SignedIn },
  request: ApprovalRequest,
): Promise<Receipt | null> => {
  try {
    const attempted = await act.redo(tx, await asRequester(tx, ctx, request), request);
    return keepAttempted(ctx.services.keeper, tx, attempted, String(request.id));
  } catch (error) {
    const why = whyNotDone(error);
    throw why === null ? error : new NotDone(why);
  }
};

/** Whether it could be done now, found out by doing it and undoing that, or what is cheaper; null when it could. */
export const whyImpossible = async (
  acts: WaitingActs,
  ctx: SignedIn,
  request: ApprovalRequest,
): Promise<DomainError | null> => {
  const possible = new Error("undone on purpose");
  try {
    return await inTransaction(ctx.services.db, async (tx) => {
      const act = acts(request.operation);
      if (act === undefined) throw new Error(`${request.operation} cannot wait for a second person`);
      await act.stand(tx, await asRequester(tx, ctx, request), request);
      throw possible;
    });
  } catch (error) {
    if (error === possible) return null;
    const why = whyNotDone(error);
    if (why === null) throw error;
    return why;
  }
};

/** Keeps, after the decision was undone, what stays of it: a request that failed or has expired is closed. */
export const settle = async (acts: WaitingActs, ctx: SignedIn, requestId: number, error: unknown): Promise<void> => {
  const isOver = error instanceof DomainError && error.reason === "expired_request";
  if (!isOver && !(error instanceof NotDone)) return;
  const { services, session } = ctx;
  const at = stamp(ctx);
  await inTransaction(services.db, async (tx) => {
    const request = await lockRequest(tx, requestId);
    if (request === undefined || request.state !== "pending") return;
    if (!(error instanceof NotDone)) {
      await close(tx, request, { state: "expired", at });
      services.keeper.keepWith(tx, expiredDraft(request, "app"));
      return;
    }
    const by = { id: session.userId, name: session.name };
    await insertDecision(tx, requestId, { by, decision: "approved", reason: null, at });
    const draft = acts(request.operation)?.notDone(namedRequester(ctx, request), request, error.why);
    const receipt = draft === undefined ? null : services.keeper.keepWith(tx, draft);
    await close(tx, request, { state: "failed", at, outcomeEvent: receipt?.id ?? null, failure: error.why.message });
  });
};

export const refuseRequest = async (
  { tx, ctx }: { tx: Transaction; ctx: SignedIn },
  { requestId, reason }: { requestId: number; reason: string },
): Promise<Decided> => {
  const request = await lockFor(tx, ctx, requestId);
  const { userId: id, name } = ctx.session;
  await stepOf(tx, request, { kind: "refuse", by: id }, ctx.services.now());
  const at = stamp(ctx);
  await insertDecision(tx, requestId, { by: { id, name }, decision: "refused", reason, at });
  await close(tx, request, { state: "refused", at });
  return { request: await again(tx, requestId), done: null };
};

/** Takes back one's own request; somebody else's is as if there were none. */
export const withdrawRequest = async (
  { tx, ctx }: { tx: Transaction; ctx: SignedIn },
  { requestId }: { requestId: number },
): Promise<Decided> => {
  const request = await lockRequest(tx, requestId);
  const by = ctx.session.userId;
  if (request === undefined || request.requester.id !== by) throw notFound("request");
  await stepOf(tx, request, { kind: "withdraw", by }, ctx.services.now());
  await close(tx, request, { state: "withdrawn", at: stamp(ctx) });
  return { request: await again(tx, requestId), done: null };
};
