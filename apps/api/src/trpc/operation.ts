import type { EventCode, ObjectTypeOf, Status, TargetTypeOf } from "@countersign/audit/catalogue";
import { type Changes, hasChanges } from "@countersign/audit/changes";
import type { EventDraft, Reference } from "@countersign/audit/event";
import type { Feature } from "@countersign/audit/features";
import type { JsonObject } from "@countersign/audit/json";
import type { Receipt } from "@countersign/audit/recorder";
import { inTransaction, type Transaction } from "@countersign/db/transaction";
import type { z } from "zod";
import type { RestRoute } from "../http/rest-route.ts";
import type { Kept } from "../keeping/keeper.ts";
import { keepRead } from "../keeping/reads.ts";
import { actorOf, type Context, type Session } from "./context.ts";
import { asDomainError } from "./errors.ts";
import { base } from "./init.ts";
import { parsedBefore } from "./input.ts";
import { forbidden, sessionOf } from "./procedures.ts";

type SignedIn = Context & { session: Session };

/** What is said about an act in its event. Everything is made from the input, and from the outcome where there is one. */
type Telling<Code extends EventCode, Input, Outcome> = {
  /** Needed by the caller, besides being signed in. */
  feature: Feature;
  /** Emitted in all three outcomes; of several `choose` names the one that happened, and the first stands for refusals. */
  event: Code | readonly [Code, ...Code[]];
  choose?: (outcome: Outcome) => Code;
  object: (input: Input, outcome: Outcome | null) => Reference<ObjectTypeOf<Code>> | undefined;
  /** The object's name, for events of acts that did not happen. */
  name?: (ctx: Context, object: Reference) => Promise<string | undefined>;
  target?: (input: Input, outcome: Outcome | null) => Reference<TargetTypeOf<Code>> | undefined;
  notes?: (input: Input) => string | undefined;
  metadata?: (input: Input, outcome: Outcome | null) => JsonObject | undefined;
  /** Its plain HTTP address, where it has one. */
  rest?: RestRoute;
};

export type Operation<
  Code extends EventCode,
  Schema extends z.ZodType,
  Outcome extends object,
  Answer extends object,
> = Telling<Code, z.output<Schema>, Outcome> & {
  input: Schema;
  /** The act itself, in the transaction that also keeps its event. Throws a `DomainError` to refuse. */
  run: (act: { tx: Transaction; ctx: SignedIn }, input: z.output<Schema>) => Promise<Outcome>;
  /** What differs; nothing at all means that there is nothing to record. */
  changes: (outcome: Outcome) => Changes;
  answer: (outcome: Outcome) => Answer;
};

export type Done<Answer> = Answer & { outcome: "done" | "no_change" | "suppressed"; receipt: Receipt | null };

const codesOf = <Code>(event: Code | readonly [Code, ...Code[]]): readonly [Code, ...Code[]] =>
  Array.isArray(event) ? (event as unknown as readonly [Code, ...Code[]]) : [event as Code];

const metaOf = (act: {
  feature: Feature;
  event: EventCode | readonly [EventCode, ...EventCode[]];
  rest?: RestRoute;
}) => ({
  access: act.feature,
  events: codesOf(act.event),
  ...(act.rest !== undefined && { rest: act.rest }),
});

const draftOf = <Code extends EventCode, Input, Outcome extends object>(
  telling: Telling<Code, Input, Outcome>,
  ctx: SignedIn,
  input: Input | undefined,
  outcome: Outcome | null,
  status: Status,
): EventDraft<Code> => ({
  code: (outcome !== null && telling.choose?.(outcome)) || codesOf(telling.event)[0],
  status,
  actor: actorOf(ctx.session),
  source: "app",
  request: ctx.request,
  ...(input !== undefined && {
    object: telling.object(input, outcome),
    target: telling.target?.(input, outcome),
    notes: telling.notes?.(input),
    metadata: telling.metadata?.(input, outcome),
  }),
});

/** Records an act that did not happen. If even that cannot be kept, the caller hears of it instead. */
const recordRefusal = async <Code extends EventCode, Input, Outcome extends object>(
  telling: Telling<Code, Input, Outcome>,
  ctx: SignedIn,
  input: Input | undefined,
  status: "failed" | "denied",
  error: unknown,
): Promise<void> => {
  const domain = asDomainError(error);
  if (domain?.kind === "unavailable") return;
  const draft = draftOf(telling, ctx, input, null, status);
  if (draft.object !== undefined && draft.object.label === undefined) {
    draft.object.label = await telling.name?.(ctx, draft.object).catch(() => undefined);
  }
  draft.errorCode = domain?.reason ?? "internal";
  draft.errorMessage = domain?.message ?? "Something went wrong on our side.";
  if (domain?.details.fields !== undefined)
    draft.metadata = { ...draft.metadata, fields: domain.details.fields.map((field) => ({ ...field })) };
  await ctx.services.keeper.keepAlone(draft);
};

/** Refuses who is not signed in, records and refuses who lacks the feature, and records input that is not valid. */
const guarded = <Code extends EventCode, Schema extends z.ZodType, Outcome extends object>(
  telling: Telling<Code, z.output<Schema>, Outcome>,
  schema: Schema,
) =>
  base.meta(metaOf(telling)).use(async ({ ctx, getRawInput, next }) => {
    const session = sessionOf(ctx);
    const signedIn: SignedIn = { ...ctx, session };
    const parsed = schema.safeParse(await getRawInput());
    if (!session.features.has(telling.feature)) {
      const error = forbidden(telling.feature);
      await recordRefusal(telling, signedIn, parsed.data, "denied", error);
      throw error;
    }
    if (!parsed.success) {
      await recordRefusal(telling, signedIn, undefined, "failed", parsed.error);
      throw parsed.error;
    }
    return next({ ctx: { ...signedIn, parsed: parsed.data } });
  });

/**
 * The one way to change anything: authorises, validates, acts and keeps the event in one transaction, and records what was
 * refused or failed. The answer carries the receipt of the event, or says that nothing changed.
 */
export const operation = <
  Code extends EventCode,
  Schema extends z.ZodType,
  Outcome extends object,
  Answer extends object,
>(
  act: Operation<Code, Schema, Outcome, Answer>,
) =>
  guarded(act, act.input)
    .input(parsedBefore(act.input))
    .mutation(async ({ ctx: { parsed: input, ...ctx } }): Promise<Done<Answer>> => {
      const { db, keeper } = ctx.services;
      type Result = { outcome: Outcome; changed: boolean; kept: Kept | null };
      let result: Result;
      try {
        result = await inTransaction(db, async (tx): Promise<Result> => {
          const outcome = await act.run({ tx, ctx }, input);
          const changes = act.changes(outcome);
          if (!hasChanges(changes)) return { outcome, changed: false, kept: null };
          const draft = draftOf(act, ctx, input, outcome, "success");
          return { outcome, changed: true, kept: keeper.keepWith(tx, { ...draft, changes }) };
        });
      } catch (error) {
        await recordRefusal(act, ctx, input, "failed", error);
        throw error;
      }
      keeper.announce(result.kept);
      const answer = act.answer(result.outcome);
      if (!result.changed) return { ...answer, outcome: "no_change", receipt: null };
      return {
        ...answer,
        outcome: result.kept === null ? "suppressed" : "done",
        receipt: result.kept?.receipt ?? null,
      };
    });

export type Reading<
  Code extends EventCode,
  Schema extends z.ZodType,
  Outcome extends object,
  Answer extends object,
> = Telling<Code, z.output<Schema>, Outcome> & {
  input: Schema;
  run: (ctx: SignedIn, input: z.output<Schema>) => Promise<Outcome>;
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
      let outcome: Outcome;
      try {
        outcome = await read.run(ctx, input);
      } catch (error) {
        await recordRefusal(read, ctx, input, "failed", error);
        throw error;
      }
      await keepRead(ctx.services, draftOf(read, ctx, input, outcome, "success"), read.sameAs(input));
      return read.answer(outcome);
    });
