import type { EventCode } from "@countersign/audit/catalogue";
import type { JsonObject } from "@countersign/audit/json";
import type { Receipt } from "@countersign/audit/recorder";
import { inTransaction } from "@countersign/db/transaction";
import { z } from "zod";
import { type Asked, ask, MustWait, refuseWaiting, waits, waitsFor } from "../approvals/ask.ts";
import { waitingActOf } from "../approvals/resume.ts";
import { keepRead } from "../keeping/reads.ts";
import { refuseStaleLogin, sessionOf } from "./access.ts";
import { attempt, type CanWait, keepAttempted, type Operation, type SignedIn } from "./act.ts";
import { base } from "./init.ts";
import { parsedBefore } from "./input.ts";
import { type Called, draftOf, guard, metaOf, recordingRefusal, type Telling } from "./telling.ts";

export type { Operation, SignedIn } from "./act.ts";

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
  given: z.output<Schema>,
  /** The name of the procedure, for acts that can wait for a second person, and whether the caller asked for one. */
  waiting: { name: string; asked: boolean } | null = null,
): Promise<Done<Answer> | Asked> => {
  const { db, keeper, now } = called.services;
  const input = act.asOf?.(given, now()) ?? given;
  return recordingRefusal(act, called, input, async () => {
    const ctx: SignedIn = { ...called, session: sessionOf(called) };
    if (act.fresh) refuseStaleLogin(ctx, ctx.session);
    const prepared = (await act.prepare?.(ctx, input)) as Prepared;
    try {
      return await inTransaction(db, async (tx): Promise<Done<Answer>> => {
        const attempted = await attempt(act, { tx, ctx }, input, prepared);
        if (await waitsFor(act, ctx, input, attempted, waiting?.asked ?? false)) throw new MustWait(attempted);
        const { outcome, changed } = attempted;
        const receipt = keepAttempted(keeper, tx, attempted);
        const how = !changed ? "no_change" : receipt === null ? "suppressed" : "done";
        return { ...act.answer(outcome), outcome: how, receipt };
      });
    } catch (error) {
      if (error instanceof MustWait) {
        const isSecret = act.holdsSecret?.(input, error.attempted.outcome as Outcome) ?? false;
        if (waiting === null || isSecret) throw refuseWaiting();
        return await ask(act, ctx, waiting.name, input, error.attempted);
      }
      await act.undone?.(ctx, input, error);
      throw error;
    }
  });
};

type Waits<Code extends EventCode, Never extends boolean> = Never extends true ? false : CanWait<Code>;

/** What an operation answers: what was done, and where it can wait for a second person, that it was asked for. */
export type Answered<Code extends EventCode, Answer, Never extends boolean = false> =
  true extends Waits<Code, Never> ? Done<Answer> | (Asked & { [Member in keyof Answer]?: undefined }) : Done<Answer>;

type Wishing<Schema extends z.ZodType> = z.ZodType<
  z.output<Schema>,
  z.input<Schema> & { askApproval?: boolean | undefined }
>;
type InputOf<Code extends EventCode, Schema extends z.ZodType, Never extends boolean> =
  true extends Waits<Code, Never> ? Wishing<Schema> : Schema;

/** What can wait takes one word more: whether to ask for a second person where none is needed. */
const inputOf = <Code extends EventCode, Schema extends z.ZodType, Never extends boolean>(act: {
  event: Code | readonly [Code, ...Code[]];
  input: Schema;
  neverWaits?: Never;
}): InputOf<Code, Schema, Never> => {
  const { input } = act;
  const extended =
    waits(act) && input instanceof z.ZodObject ? input.extend({ askApproval: z.boolean().optional() }) : input;
  return extended as unknown as InputOf<Code, Schema, Never>;
};

/**
 * The one way to change anything: authorises, validates, acts and keeps the event in one transaction, and records what was
 * refused or failed. The answer carries the receipt of the event, or says that nothing changed, or that the act waits for a
 * second person.
 */
export const operation = <
  Code extends EventCode,
  Schema extends z.ZodType,
  Outcome extends object,
  Answer extends object,
  Prepared = undefined,
  Never extends boolean = false,
>(
  act: Operation<Code, Schema, Outcome, Answer, Prepared> & { neverWaits?: Never },
) => {
  const schema = inputOf<Code, Schema, Never>(act);
  const procedure = guarded(act, schema as Schema);
  return (waits(act) ? procedure.meta({ waiting: waitingActOf(act) }) : procedure)
    .input(parsedBefore(schema))
    .mutation(async ({ ctx: { parsed, ...ctx }, path }): Promise<Answered<Code, Answer, Never>> => {
      const { askApproval = false, ...input } = parsed as z.output<Schema> & { askApproval?: boolean };
      const waiting = waits(act) ? { name: path, asked: askApproval } : null;
      const given = waiting === null ? parsed : (input as z.output<Schema>);
      return (await perform(act, ctx, given, waiting)) as Answered<Code, Answer, Never>;
    });
};

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
