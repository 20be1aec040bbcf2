import type { EventCode } from "@countersign/audit/catalogue";
import { type Changes, hasChanges } from "@countersign/audit/changes";
import type { EventDraft } from "@countersign/audit/event";
import type { JsonObject } from "@countersign/audit/json";
import type { Receipt } from "@countersign/audit/recorder";
import { inTransaction, type Transaction } from "@countersign/db/transaction";
import type { z } from "zod";
import { keepRead } from "../keeping/reads.ts";
import { refuseStaleLogin, sessionOf } from "./access.ts";
import type { Session } from "./context.ts";
import { base } from "./init.ts";
import { parsedBefore } from "./input.ts";
import { type Called, draftOf, guard, metaOf, recordingRefusal, type Telling } from "./telling.ts";

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
  answer: (outcome: Outcome) => Answer;
};

export type Done<Answer> = Answer & { outcome: "done" | "no_change" | "suppressed"; receipt: Receipt | null };

/** Acts and keeps the events in one transaction, and records a failure. For a caller who passed the guard. */
export const perform = async <
  Code extends EventCode,
  Schema extends z.ZodType,
  Outcome extends object,
  Answer extends object,
  Prepared,
>(
  act: Operation<Code, Schema, Outcome, Answer, Prepared>,
  called: Called,
  input: z.output<Schema>,
): Promise<Done<Answer>> => {
  const { db, keeper } = called.services;
  const { outcome, changed, receipt } = await recordingRefusal(act, called, input, async () => {
    const ctx: SignedIn = { ...called, session: sessionOf(called) };
    if (act.fresh) refuseStaleLogin(ctx, ctx.session);
    const prepared = (await act.prepare?.(ctx, input)) as Prepared;
    return inTransaction(db, async (tx) => {
      const outcome = await act.run({ tx, ctx }, input, prepared);
      const changes = act.changes(outcome);
      const changed = changes === null || hasChanges(changes);
      const draft = draftOf(act, ctx, input, outcome, "success");
      const receipt = changed ? keeper.keepWith(tx, changes === null ? draft : { ...draft, changes }) : null;
      const { actor, source, request, status } = draft;
      for (const event of act.more?.(outcome, input) ?? []) {
        keeper.keepWith(tx, { actor, source, request, status, ...event } as EventDraft);
      }
      return { outcome, changed, receipt };
    });
  });
  return {
    ...act.answer(outcome),
    outcome: !changed ? "no_change" : receipt === null ? "suppressed" : "done",
    receipt,
  };
};

/**
 * The one way to change anything: authorises, validates, acts and keeps the event in one transaction, and records what was
 * refused or failed. The answer carries the receipt of the event, or says that nothing changed.
 */
export const operation = <
  Code extends EventCode,
  Schema extends z.ZodType,
  Outcome extends object,
  Answer extends object,
  Prepared = undefined,
>(
  act: Operation<Code, Schema, Outcome, Answer, Prepared>,
) =>
  guarded(act, act.input)
    .input(parsedBefore(act.input))
    .mutation(({ ctx: { parsed, ...ctx } }): Promise<Done<Answer>> => perform(act, ctx, parsed));

/** The beginning of every maker: who may, and what is asked. */
export const guarded = <Code extends EventCode, Schema extends z.ZodType, Outcome extends object>(
  telling: Telling<Code, z.output<Schema>, Outcome>,
  schema: Schema,
) =>
  base.meta(metaOf(telling)).use(async ({ ctx, getRawInput, next }) => {
    const passed = await guard(telling, schema, ctx, await getRawInput());
    return next({ ctx: { ...passed.ctx, parsed: passed.input } });
  });

export type Reading<
  Code extends EventCode,
  Schema extends z.ZodType,
  Outcome extends object,
  Answer extends object,
> = Telling<Code, z.output<Schema>, Outcome> & {
  input: Schema;
  run: (ctx: Called, input: z.output<Schema>) => Promise<Outcome>;
  /** What makes two reads the same one, apart from actor and object; repeats of it within the window are counted into one event. */
  sameAs: (input: z.output<Schema>) => JsonObject;
  answer: (outcome: Outcome) => Answer;
};

/** A query whose reading is itself an event, kept before anything is returned. */
export const reading = <
  Code extends EventCode,
  Schema extends z.ZodType,
  Outcome extends object,
  Answer extends object,
>(
  read: Reading<Code, Schema, Outcome, Answer>,
) =>
  guarded(read, read.input)
    .input(parsedBefore(read.input))
    .query(async ({ ctx: { parsed: input, ...ctx } }): Promise<Answer> => {
      const outcome = await recordingRefusal(read, ctx, input, () => read.run(ctx, input));
      await keepRead(ctx.services, draftOf(read, ctx, input, outcome, "success"), read.sameAs(input));
      return read.answer(outcome);
    });
