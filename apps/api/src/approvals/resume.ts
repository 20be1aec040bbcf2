import type { EventCode } from "@countersign/audit/catalogue";
import type { EventDraft } from "@countersign/audit/event";
import type { Feature } from "@countersign/audit/features";
import type { ApprovalRequest } from "@countersign/db/approvals";
import type { Transaction } from "@countersign/db/transaction";
import { findAccount } from "@countersign/db/users";
import type { z } from "zod";
import { DomainError } from "../domain/domain-error.ts";
import { refusalOf } from "../trpc/access.ts";
import { type Attempted, attempt, type Operation, type SignedIn } from "../trpc/act.ts";
import type { Context, Session } from "../trpc/context.ts";
import { asDomainError } from "../trpc/errors.ts";
import { draftOf } from "../trpc/telling.ts";
import { bindingOf, objectVersionOf, shownHash } from "./ask.ts";

/** An operation as it is done later, when a second person has agreed: in that person's transaction, as who asked. */
export type WaitingAct = {
  fresh: boolean;
  /** Does the act. Throws a `DomainError` when the world, or a right, is no longer what it was. */
  redo: (tx: Transaction, by: SignedIn, request: ApprovalRequest) => Promise<Attempted<EventCode, object>>;
  /** Whether it could be done; throws as `redo` does. The transaction is to be undone. */
  stand: (tx: Transaction, by: SignedIn, request: ApprovalRequest) => Promise<void>;
  /** The event of an act that could not be done after all. */
  notDone: (by: SignedIn, request: ApprovalRequest, error: DomainError) => EventDraft;
};

const stale = (why: string): DomainError => new DomainError("conflict", "stale_request", why);

/** Who asked, with the rights of this moment, as if they called; the address and the program are not theirs. */
export const asRequester = async (tx: Transaction, ctx: Context, request: ApprovalRequest): Promise<SignedIn> => {
  const account = await findAccount(tx, request.requester.id);
  if (account === undefined) {
    throw new DomainError(
      "conflict",
      "requester_gone",
      `The account of ${request.requester.name} is gone or switched off.`,
    );
  }
  const at = new Date(ctx.services.now()).toISOString();
  const { id: userId, username, name, roles, mustChangePassword } = account;
  const features: ReadonlySet<Feature> = new Set(account.features);
  const session: Session = {
    ...{ type: "user", id: 0, userId, username, name, roles, features, mustChangePassword },
    authenticatedAt: at,
    expiresAt: at,
  };
  const { id, method, endpoint } = ctx.request;
  return { ...ctx, request: { id, method, endpoint }, caller: session, session };
};

/** The same for the event of what was not done, when there may be no such account any more. */
export const namedRequester = (ctx: Context, { requester }: ApprovalRequest): SignedIn => {
  const session: Session = {
    ...{ type: "user", id: 0, userId: requester.id, username: "", name: requester.name, roles: [] },
    ...{ features: new Set(), mustChangePassword: false, authenticatedAt: "", expiresAt: "" },
  };
  const { id, method, endpoint } = ctx.request;
  return { ...ctx, request: { id, method, endpoint }, caller: session, session };
};

/** The hash of the changes that were shown; requests of an earlier version have none. */
const shownIn = ({ objectVersion }: ApprovalRequest): string | undefined =>
  (JSON.parse(objectVersion) as { shown?: string }).shown;

/** Refuses a request whose stored input, or what it shows, is not what was asked for. */
const refuseAltered = ({ services }: Context, request: ApprovalRequest, input: string): void => {
  const hash = Buffer.from(bindingOf(services.sha256, { ...request, input })).toString("hex");
  const shown = shownIn(request);
  const isAsShown = shown === undefined || shown === shownHash(services.sha256, request.changes);
  if (hash === request.hash && isAsShown) return;
  throw new DomainError("conflict", "altered_request", "What is stored of the request is not what was asked for.");
};

type Found = Pick<Attempted<EventCode, object>, "outcome" | "changes">;

const refuseChanged = (request: ApprovalRequest, found: Found): void => {
  if (objectVersionOf(found, shownIn(request)) !== request.objectVersion)
    throw stale("It was changed since it was asked.");
};

export const waitingActOf = <
  Code extends EventCode,
  Schema extends z.ZodType,
  Outcome extends object,
  Answer extends object,
  Prepared,
>(
  act: Operation<Code, Schema, Outcome, Answer, Prepared>,
): WaitingAct => {
  /** Refuses what nobody may do any more, and what is stored otherwise than it was asked for. */
  const inputOf = (by: SignedIn, request: ApprovalRequest): z.output<Schema> => {
    refuseAltered(by, request, JSON.stringify(request.input));
    const forbidden = refusalOf(by.session, act.feature);
    if (forbidden !== null) {
      throw new DomainError(
        "conflict",
        "requester_forbidden",
        `${request.requester.name} may no longer do this: the feature ${act.feature} is gone.`,
      );
    }
    const parsed = act.input.safeParse(request.input);
    if (!parsed.success) throw stale("This version no longer takes what was asked for.");
    return parsed.data as z.output<Schema>;
  };
  const redo: WaitingAct["redo"] = async (tx, by, request) => {
    const input = inputOf(by, request);
    const prepared = (await act.prepare?.(by, input)) as Prepared;
    const attempted = await attempt(act, { tx, ctx: by }, input, prepared);
    if (attempted.draft.code !== request.event) throw stale("It was changed since it was asked.");
    refuseChanged(request, attempted);
    return attempted as Attempted<EventCode, object> as never;
  };
  return {
    fresh: act.fresh === true,
    redo,
    stand: async (tx, by, request) => {
      if (act.standing === undefined) {
        await redo(tx, by, request);
        return;
      }
      const outcome = await act.standing({ tx, ctx: by }, inputOf(by, request));
      if (outcome !== null) refuseChanged(request, { outcome, changes: act.changes(outcome) });
    },
    notDone: (by, request, error) => {
      const parsed = act.input.safeParse(request.input);
      const draft = draftOf(act, by, parsed.success ? (parsed.data as z.output<Schema>) : undefined, null, "failed");
      return {
        ...draft,
        code: request.event,
        ...(request.object !== null && { object: request.object }),
        ...(request.target !== null && { target: request.target }),
        approvalId: String(request.id),
        errorCode: error.reason,
        errorMessage: error.message,
      } as EventDraft;
    },
  };
};

/** What the act throws as the reason for which the request failed: everything that a second try later cannot mend. */
export const whyNotDone = (error: unknown): DomainError | null => {
  const domain = asDomainError(error);
  if (domain === null || domain.kind === "unavailable") return null;
  const kept = ["stale_request", "altered_request", "requester_gone", "requester_forbidden"];
  const why = domain.message.replace(/^Nothing was (changed|done): /, "");
  const sentence = `Nothing was done, and the request is closed: ${why}`;
  return new DomainError("conflict", kept.includes(domain.reason) ? domain.reason : "stale_request", sentence);
};
