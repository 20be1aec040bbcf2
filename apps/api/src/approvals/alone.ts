import { aboutAsked } from "@countersign/audit/approval-words";
import { type ApprovalRequest, closeRequest, findRequest, lockRequest } from "@countersign/db/approvals";
import { listDeciders } from "@countersign/db/deciders";
import { inTransaction } from "@countersign/db/transaction";
import type { Services } from "../services.ts";
import { SetupError } from "../setup.ts";
import { NotDone, redo, settle, type WaitingActs } from "./decide.ts";
import { namedRequester } from "./resume.ts";

const command = { type: "system", id: "approve-alone", label: "approve-alone" } as const;

/**
 * Does what was asked for without a second person, from the server's own console: the way out of an office in which nobody
 * is left who can decide. Refused, with a `SetupError`, as long as there is.
 */
export const approveAlone = async (
  services: Services,
  acts: WaitingActs,
  requestId: number,
  reason: string,
): Promise<ApprovalRequest> => {
  const found = await findRequest(services.db, requestId);
  if (found === undefined) throw new SetupError(`There is no request #${requestId}.`);
  const nobody = { url: () => "", cookie: { token: undefined, set: () => undefined, clear: () => undefined } };
  const context = { services, request: { id: "approve-alone" }, caller: null, setHeader: () => undefined, ...nobody };
  const ctx = namedRequester(context, found);
  try {
    return await inTransaction(services.db, async (tx) => {
      const request = (await lockRequest(tx, requestId)) ?? found;
      if (request.state !== "pending")
        throw new SetupError(`Request #${requestId} does not wait: it is ${request.state}.`);
      if (services.now() >= Date.parse(request.expiresAt)) throw new SetupError(`Request #${requestId} has expired.`);
      const able = await listDeciders(tx, request, request.requester.id, 10);
      if (able.length >= request.quorum) {
        const names = able.map(({ name }) => name).join(", ");
        throw new SetupError(`Request #${requestId} can be decided in the app, by ${names}. Nothing was done.`);
      }
      const act = acts(request.operation);
      if (act === undefined) throw new SetupError(`This version knows no ${request.operation}.`);
      const done = await redo(act, { tx, ctx }, request);
      const at = new Date(services.now()).toISOString();
      await closeRequest(tx, request, { state: "approved", at, outcomeEvent: done?.id ?? null });
      const about = aboutAsked(request);
      const told = { status: "success", actor: { type: "platform" }, source: "cli", notes: reason } as const;
      services.keeper.keepWith(tx, {
        ...told,
        code: "sys_break_glass",
        object: command,
        approvalId: about.approvalId,
        metadata: about.metadata,
      });
      services.keeper.keepWith(tx, {
        ...told,
        code: "sys_approval_decided",
        ...about,
        metadata: { ...about.metadata, decision: "approved", alone: true },
      });
      return request;
    });
  } catch (error) {
    if (!(error instanceof NotDone)) throw error;
    await settle(acts, { ...ctx, session: { ...ctx.session, userId: 0, name: "approve-alone" } }, requestId, error);
    throw new SetupError(error.why.message);
  }
};
