import { aboutRequest } from "@countersign/audit/approval-words";
import { canonicalize } from "@countersign/audit/canonical-json";
import { type EventCode, eventType } from "@countersign/audit/catalogue";
import type { Changes } from "@countersign/audit/changes";
import type { EventDraft, Reference } from "@countersign/audit/event";
import type { Json } from "@countersign/audit/json";
import type { Receipt } from "@countersign/audit/recorder";
import { utf8 } from "@countersign/audit/utf8";
import { countOpenRequests, insertRequest } from "@countersign/db/approvals";
import { listDeciders } from "@countersign/db/deciders";
import { inTransaction } from "@countersign/db/transaction";
import type { z } from "zod";
import { DomainError } from "../domain/domain-error.ts";
import type { Attempted, Operation, SignedIn } from "../trpc/act.ts";
import { codesOf, draftOf } from "../trpc/telling.ts";

/** The act was not done: it waits for a second person. */
export type Asked = {
  outcome: "pending";
  receipt: Receipt | null;
  request: {
    id: number;
    expiresAt: string;
    /** How many must approve, and how many can. */
    quorum: number;
    deciders: number;
  };
};

/** Undoes the transaction of an act that turned out to need a second person. */
export class MustWait extends Error {
  override name = "MustWait";
  readonly attempted: Attempted<EventCode, object>;
  constructor(attempted: Attempted<EventCode, object>) {
    super("the act waits for a second person");
    this.attempted = attempted;
  }
}

const openAtMost = 100;

/** Whether acts of this operation can wait at all. */
export const waits = ({
  event,
  neverWaits,
}: {
  event: EventCode | readonly [EventCode, ...EventCode[]];
  neverWaits?: boolean;
}): boolean => neverWaits !== true && codesOf(event).some((code) => eventType(code).approval !== "none");

/** Whether what was just tried needs a second person: its type says so, the change takes protection away, or the caller wants it. */
export const waitsFor = async <
  Code extends EventCode,
  Schema extends z.ZodType,
  Outcome extends object,
  Answer extends object,
  Prepared,
>(
  act: Operation<Code, Schema, Outcome, Answer, Prepared>,
  ctx: SignedIn,
  input: z.output<Schema>,
  { outcome, changed, draft, more }: Attempted<Code, Outcome>,
  asked: boolean,
): Promise<boolean> => {
  if (!changed) return false;
  if (asked) return true;
  const { eventTypes, approvals } = ctx.services;
  const needed =
    [...(act.neverWaits === true ? [] : [draft]), ...more].some(
      ({ code }) => eventTypes.approvalOf(code) === "required",
    ) || act.approval?.(input, outcome, ctx) === true;
  return needed && (await approvals.inForce());
};

/** An act that cannot wait, since it answers a secret or takes bytes, brought along one that must. */
export const refuseWaiting = (): DomainError =>
  new DomainError(
    "conflict",
    "approval_needed",
    "Nothing was done: a part of this needs a second person. Do that part by itself, so that it can be asked for.",
  );

const versionIn = (outcome: object): number | undefined => {
  const { before } = outcome as { before?: { version?: unknown } | null };
  return typeof before?.version === "number" ? before.version : undefined;
};

/** What else the act is about, such as the list of what goes, where its outcome names it. */
const boundIn = (outcome: object): Json | undefined => (outcome as { bound?: Json }).bound;

type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** What stands in a request of the changes that were shown, so that nobody decides on others. */
export const shownHash = (sha256: Sha256, changes: Changes): string =>
  Buffer.from(sha256(utf8(canonicalize(changes)))).toString("hex");

/** What the object was like, as far as the act is about it: its version, and the old side of each change. */
export const objectVersionOf = (
  { outcome, changes }: Pick<Attempted<EventCode, object>, "outcome" | "changes">,
  shown: string | undefined,
): string =>
  canonicalize({
    version: versionIn(outcome),
    bound: boundIn(outcome),
    before: Object.fromEntries(Object.entries(changes ?? {}).map(([field, change]) => [field, change.old])),
    shown,
  });

type Bound = { event: string; input: string; objectVersion: string };

/** What a request is bound to: SHA-256 over RFC 8785 {event, input, objectVersion}. */
export const bindingOf = (sha256: Sha256, { event, input, objectVersion }: Bound): Uint8Array =>
  sha256(utf8(canonicalize({ event, input: JSON.parse(input), objectVersion: JSON.parse(objectVersion) })));

/** With the name of the time; what only came into being in the transaction that was undone is nothing. */
const standing = <Type extends string>(
  known: Reference<Type> | undefined,
  named: Reference<Type> | undefined,
): Reference<Type> | undefined => (known !== undefined && known.id === named?.id ? named : known);

const missingReason = (): DomainError =>
  new DomainError(
    "invalid",
    "invalid_input",
    "Nothing was done: this needs a second person, who has to know why. Give a reason.",
    { fields: [{ path: "reason", rule: "required_for_approval" }] },
  );

const refuseOneMore = (): DomainError =>
  new DomainError(
    "too-many",
    "too_many_requests_open",
    `Nothing was done: ${openAtMost} of your requests wait already. Withdraw some, or wait for decisions.`,
  );

/** Makes a request of an act that was tried and undone, and keeps both events of it with it. */
export const ask = async <
  Code extends EventCode,
  Schema extends z.ZodType,
  Outcome extends object,
  Answer extends object,
  Prepared,
>(
  act: Operation<Code, Schema, Outcome, Answer, Prepared>,
  ctx: SignedIn,
  operation: string,
  input: z.output<Schema>,
  attempted: Attempted<EventCode, object>,
): Promise<Asked> => {
  const { db, keeper, settings, sha256, now } = ctx.services;
  const { userId, name } = ctx.session;
  const { draft: tried, shown } = attempted;
  const reason = act.notes?.(input)?.trim();
  if (!reason) throw missingReason();
  const feature = act.feature;
  const draft = { ...draftOf(act, ctx, input, null, "pending"), code: tried.code as Code } as EventDraft<Code>;
  draft.object = standing(draft.object, tried.object as typeof draft.object);
  draft.target = standing(draft.target, tried.target as typeof draft.target);
  const alsoNeeds = [...(act.alsoNeeds?.(input, attempted.outcome as Outcome) ?? [])];
  const objectVersion = objectVersionOf(attempted, shownHash(sha256, shown));
  const bound = { event: tried.code, input: canonicalize(input), objectVersion };
  const createdAt = new Date(now()).toISOString();
  const expiresAt = new Date(now() + settings["approval.expiry_hours"] * 3_600_000).toISOString();
  return inTransaction(db, async (tx) => {
    if ((await countOpenRequests(tx, userId)) >= openAtMost) throw refuseOneMore();
    const request = await insertRequest(tx, {
      ...bound,
      hash: bindingOf(sha256, bound),
      operation,
      feature,
      alsoNeeds,
      object: (draft.object as never) ?? null,
      target: (draft.target as never) ?? null,
      changes: shown,
      requester: { id: userId, name },
      reason,
      quorum: settings["approval.quorum"],
      createdAt,
      expiresAt,
    });
    if (request === undefined) {
      throw new DomainError(
        "conflict",
        "already_asked",
        "Nothing was done: you have asked for exactly this already, and it waits for a decision.",
      );
    }
    const { actor, source, request: facts } = draft;
    const about = aboutRequest(request);
    const receipt = keeper.keepWith(tx, { ...draft, approvalId: about.approvalId });
    keeper.keepWith(tx, {
      code: "sys_approval_requested",
      status: "success",
      actor,
      source,
      request: facts,
      notes: reason,
      ...about,
      metadata: { ...about.metadata, quorum: request.quorum, expiresAt },
    });
    const deciders = await listDeciders(tx, request, userId, 100);
    return {
      outcome: "pending",
      receipt,
      request: { id: request.id, expiresAt: request.expiresAt, quorum: request.quorum, deciders: deciders.length },
    };
  });
};
