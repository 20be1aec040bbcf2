import type { Receipt } from "@countersign/audit/recorder";
import { z } from "zod";
import { DomainError } from "../domain/domain-error.ts";
import { eventInput } from "../domain/event-input.ts";
import { type ItemAnswer, keepStated, refusal, type Stated } from "../keeping/ingest.ts";
import { actorOf, type Context, type Session } from "../trpc/context.ts";
import { invalidInput } from "../trpc/errors.ts";
import { router } from "../trpc/init.ts";
import { may } from "../trpc/procedures.ts";

const statedBy = ({ session, request }: Context & { session: Session }): Stated => ({
  actor: actorOf(session),
  source: `user:${session.userId}`,
  sourceLabel: session.name,
  request,
});

/** The first refusal of a single event as an error of the call. */
const orRefuse = (answer: ItemAnswer | undefined): { outcome: "kept" | "suppressed"; receipt: Receipt | null } => {
  if (answer === undefined) throw new Error("an event had no answer");
  if (answer.outcome !== "refused") return answer;
  const kind = answer.reason === "id_conflict" ? "conflict" : "invalid";
  throw new DomainError(
    kind,
    answer.reason,
    answer.message,
    answer.fields === undefined ? {} : { fields: answer.fields },
  );
};

/** Events that other front ends and services state; `audit.write` is needed. Durable when answered. */
export const events = router({
  record: may("audit.write")
    .input(eventInput)
    .mutation(async ({ ctx, input }) => orRefuse((await keepStated(ctx.services, [input], statedBy(ctx)))[0])),

  /** 1 to 500 at once, an answer for each in their order; good ones are kept although others are refused. */
  recordMany: may("audit.write")
    .input(z.strictObject({ events: z.array(z.unknown()).min(1).max(500) }))
    .mutation(async ({ ctx, input }) => ({ results: await keepEach(ctx, input.events) })),
});

/** One event that has not even the right shape does not cost the others their place. */
const keepEach = async (ctx: Context & { session: Session }, given: readonly unknown[]): Promise<ItemAnswer[]> => {
  const parsed = given.map((event) => eventInput.safeParse(event));
  const good = parsed.flatMap((result) => (result.success ? [result.data] : []));
  const answers = good.length === 0 ? [] : await keepStated(ctx.services, good, statedBy(ctx));
  let next = 0;
  return parsed.map((result) => {
    if (!result.success) return refusal(invalidInput(result.error));
    const answer = answers[next++];
    if (answer === undefined) throw new Error("an event had no answer");
    return answer;
  });
};
