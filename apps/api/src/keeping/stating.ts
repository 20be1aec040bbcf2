import type { Receipt } from "@countersign/audit/recorder";
import { DomainError, type ErrorKind } from "../domain/domain-error.ts";
import type { EventInput } from "../domain/event-input.ts";
import { actorOf } from "../trpc/context.ts";
import type { Called } from "../trpc/telling.ts";
import { type ItemAnswer, keepStated, refusal, type Stated } from "./ingest.ts";
import type { SignedReceipt } from "./receipts.ts";

const statedBy = ({ caller, request }: Called): Stated => ({
  actor: actorOf(caller),
  source: caller.type === "user" ? `user:${caller.userId}` : `key:${caller.id}`,
  sourceLabel: caller.name,
  request,
  mayState: (code) => caller.type === "user" || caller.codes.has(code),
});

const kinds: Record<string, ErrorKind> = { id_conflict: "conflict", code_not_allowed: "forbidden" };

export type Recorded = {
  outcome: "kept" | "suppressed";
  receipt: Receipt | null;
  /** Our signature under the receipt; evidence, if the event is ever missing. */
  signed: SignedReceipt | null;
};
export type RecordedMany = { results: ItemAnswer[]; signed: SignedReceipt | null };

/** Keeps one event that the caller states; a refusal is an error of the call. */
export const recordOne = async (ctx: Called, event: EventInput): Promise<Recorded> => {
  const [answer] = await keepStated(ctx.services, [event], statedBy(ctx));
  if (answer === undefined) throw new Error("an event had no answer");
  if (answer.outcome !== "refused") return { ...answer, signed: ctx.services.receipts(keptOf([answer])) };
  const kind = kinds[answer.reason] ?? "invalid";
  throw new DomainError(
    kind,
    answer.reason,
    answer.message,
    answer.fields === undefined ? {} : { fields: answer.fields },
  );
};

/** Keeps many that the caller states. One that has not even the right shape does not cost the others their place. */
export const recordEach = async (
  ctx: Called,
  given: readonly unknown[],
  parse: (item: unknown) => EventInput | DomainError,
): Promise<RecordedMany> => {
  const parsed = given.map(parse);
  const good = parsed.flatMap((event) => (event instanceof DomainError ? [] : [event]));
  const answers = good.length === 0 ? [] : await keepStated(ctx.services, good, statedBy(ctx));
  let next = 0;
  const results = parsed.map((event) => {
    if (event instanceof DomainError) return refusal(event);
    const answer = answers[next++];
    if (answer === undefined) throw new Error("an event had no answer");
    return answer;
  });
  return { results, signed: ctx.services.receipts(keptOf(results)) };
};

const keptOf = (answers: readonly ItemAnswer[]): Receipt[] =>
  answers.flatMap(({ outcome, receipt }) => (outcome === "kept" ? [receipt] : []));
