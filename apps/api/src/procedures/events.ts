import { checkJson } from "@countersign/audit/json-limits";
import type { Receipt } from "@countersign/audit/recorder";
import { z } from "zod";
import { DomainError, type ErrorKind } from "../domain/domain-error.ts";
import { type EventInput, eventInput } from "../domain/event-input.ts";
import { type ItemAnswer, keepStated, refusal, type Stated } from "../keeping/ingest.ts";
import { actorOf } from "../trpc/context.ts";
import { invalidInput } from "../trpc/errors.ts";
import { router } from "../trpc/init.ts";
import { atOnce } from "../trpc/input.ts";
import { may } from "../trpc/procedures.ts";
import type { Called } from "../trpc/telling.ts";

const statedBy = ({ caller, request }: Called): Stated => ({
  actor: actorOf(caller),
  source: caller.type === "user" ? `user:${caller.userId}` : `key:${caller.id}`,
  sourceLabel: caller.name,
  request,
  mayState: (code) => caller.type === "user" || caller.codes.has(code),
});

const kinds: Record<string, ErrorKind> = { id_conflict: "conflict", code_not_allowed: "forbidden" };

/** The first refusal of a single event as an error of the call. */
const orRefuse = (answer: ItemAnswer | undefined): { outcome: "kept" | "suppressed"; receipt: Receipt | null } => {
  if (answer === undefined) throw new Error("an event had no answer");
  if (answer.outcome !== "refused") return answer;
  const kind = kinds[answer.reason] ?? "invalid";
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
    .input(atOnce(eventInput))
    .mutation(async ({ ctx, input }) => orRefuse((await keepStated(ctx.services, [input], statedBy(ctx)))[0])),

  /** 1 to 500 at once, an answer for each in their order; good ones are kept although others are refused. */
  recordMany: may("audit.write")
    .input(atOnce(z.strictObject({ events: z.array(z.unknown()).min(1).max(500) })))
    .mutation(async ({ ctx, input }) => ({ results: await keepEach(ctx, input.events) })),
});

/** What of one item cannot be an event at all: text that cannot be stored, too much of it, or the wrong shape. */
const parse = (event: unknown): EventInput | DomainError => {
  const problem = checkJson(event);
  if (problem !== null) {
    const fields = [{ path: problem.path, rule: problem.rule }];
    return new DomainError("invalid", "invalid_input", `Nothing was kept: the event breaks the rule ${problem.rule}.`, {
      fields,
    });
  }
  const result = eventInput.safeParse(event);
  return result.success ? result.data : invalidInput(result.error);
};

/** One event that has not even the right shape does not cost the others their place. */
const keepEach = async (ctx: Called, given: readonly unknown[]): Promise<ItemAnswer[]> => {
  const parsed = given.map(parse);
  const good = parsed.flatMap((event) => (event instanceof DomainError ? [] : [event]));
  const answers = good.length === 0 ? [] : await keepStated(ctx.services, good, statedBy(ctx));
  let next = 0;
  return parsed.map((event) => {
    if (event instanceof DomainError) return refusal(event);
    const answer = answers[next++];
    if (answer === undefined) throw new Error("an event had no answer");
    return answer;
  });
};
