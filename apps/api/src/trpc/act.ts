import type { EventCode, eventTypes } from "@countersign/audit/catalogue";
import { type Changes, hasChanges } from "@countersign/audit/changes";
import type { EventDraft } from "@countersign/audit/event";
import type { Feature } from "@countersign/audit/features";
import type { Receipt } from "@countersign/audit/recorder";
import type { Transaction } from "@countersign/db/transaction";
import type { z } from "zod";
import type { Keeper } from "../keeping/keeper.ts";
import type { Session } from "./context.ts";
import { type Called, draftOf, type Telling } from "./telling.ts";

export type SignedIn = Called & { session: Session };

/** Another event of the same act, by the same actor. */
export type FurtherEvent = {
  [Code in EventCode]: Pick<EventDraft<Code>, "code" | "object" | "target" | "changes" | "notes" | "metadata">;
}[EventCode];

export type Operation<
  Code extends EventCode,
  Schema extends z.ZodType,
  Outcome extends object,
  Answer extends object,
  Prepared = undefined,
> = Telling<Code, z.output<Schema>, Outcome> & {
  input: Schema;
  /** Features that the act with this input needs besides; whoever decides on it needs them, too. */
  alsoNeeds?: (input: z.output<Schema>, outcome: Outcome) => readonly Feature[];
  /** The input with what hangs on the clock, as "the last 7 days", as it is now: what is done later is what was asked for. */
  asOf?: (input: z.output<Schema>, now: number) => z.output<Schema>;
  /** The password must have been given lately. */
  fresh?: true;
  /** What may take long and needs no transaction; `run` gets what it answers. */
  prepare?: (ctx: SignedIn, input: z.output<Schema>) => Promise<Prepared>;
  /** The act itself, in the transaction that also keeps its event. Throws a `DomainError` to refuse. */
  run: (act: { tx: Transaction; ctx: SignedIn }, input: z.output<Schema>, prepared: Prepared) => Promise<Outcome>;
  /** What differs; nothing at all means that there is nothing to record. Null for acts that change no field and happened. */
  changes: (outcome: Outcome) => Changes | null;
  /** Codes of the events besides the act's own, and those that happened. */
  further?: readonly EventCode[];
  more?: (outcome: Outcome, input: z.output<Schema>) => readonly FurtherEvent[];
  /**
   * Whether this change needs a second person although others of its type do not, as one that takes protection away. For
   * types whose approval the catalogue offers.
   */
  approval?: (input: z.output<Schema>, outcome: Outcome, ctx: SignedIn) => boolean;
  /** What a second person reads where the changes do not say all that happens. */
  shown?: (outcome: Outcome, input: z.output<Schema>) => Changes;
  /**
   * Whether it could be done, for acts that are too heavy to be done and undone at each look: refuses with a `DomainError`.
   * Answers what would come of it as far as that is known.
   */
  standing?: (act: { tx: Transaction; ctx: SignedIn }, input: z.output<Schema>) => Promise<Outcome | null>;
  /** Answers a secret, or is there to be tried at once: it never waits, although others of its type do. */
  neverWaits?: boolean;
  /** Whether the input holds a secret, which a request would show: refused instead of waiting. */
  holdsSecret?: (input: z.output<Schema>, outcome: Outcome) => boolean;
  /** What must be kept although the act did not happen, once its transaction is undone and before the caller is told. */
  undone?: (ctx: SignedIn, input: z.output<Schema>, error: unknown) => Promise<void>;
  answer: (outcome: Outcome) => Answer;
};

/** Whether acts of a type can wait for a second person. */
export type CanWait<Code extends EventCode> = {
  [Each in Code]: (typeof eventTypes)[Each]["approval"] extends "none" ? false : true;
}[Code];

/** What was done in a transaction that is still open. */
export type Attempted<Code extends EventCode, Outcome> = {
  outcome: Outcome;
  changes: Changes | null;
  /** What a second person reads of it. */
  shown: Changes;
  /** False when there is nothing to record. */
  changed: boolean;
  draft: EventDraft<Code>;
  more: readonly EventDraft[];
};

/** Runs an act in an open transaction and says what its events would be; keeps none of them yet. */
export const attempt = async <
  Code extends EventCode,
  Schema extends z.ZodType,
  Outcome extends object,
  Answer extends object,
  Prepared,
>(
  act: Operation<Code, Schema, Outcome, Answer, Prepared>,
  { tx, ctx }: { tx: Transaction; ctx: SignedIn },
  input: z.output<Schema>,
  prepared: Prepared,
): Promise<Attempted<Code, Outcome>> => {
  const outcome = await act.run({ tx, ctx }, input, prepared);
  const changes = act.changes(outcome);
  const draft = draftOf(act, ctx, input, outcome, "success");
  const { actor, source, request, status } = draft;
  return {
    outcome,
    changes,
    shown: act.shown?.(outcome, input) ?? changes ?? {},
    changed: changes === null || hasChanges(changes),
    draft: changes === null ? draft : { ...draft, changes },
    more: (act.more?.(outcome, input) ?? []).map(
      (event) => ({ actor, source, request, status, ...event }) as EventDraft,
    ),
  };
};

/** Keeps the events of what was done with it; the receipt of the act's own, or null when there is none. */
export const keepAttempted = <Code extends EventCode>(
  keeper: Keeper,
  tx: Transaction,
  { changed, draft, more }: Attempted<Code, object>,
  approvalId?: string,
): Receipt | null => {
  const approved = approvalId === undefined ? {} : { approvalId };
  const receipt = changed ? keeper.keepWith(tx, { ...draft, ...approved }) : null;
  for (const event of more) keeper.keepWith(tx, { ...event, ...approved });
  return receipt;
};
