import type { EventDraft } from "@countersign/audit/draft";
import type { SealedEvent } from "@countersign/audit/event";
import type { Receipt } from "@countersign/audit/recorder";
import { AlreadyClaimed, type Claim, countSuppressed, findClaims, type KeptClaim } from "@countersign/db/outbox";
import { DomainError } from "../domain/domain-error.ts";
import { asDraft, contentOf, type EventInput, eventProblems } from "../domain/event-input.ts";
import type { Services } from "../services.ts";
import { receiptOf } from "./keeper.ts";

export type ItemAnswer =
  | { outcome: "kept"; receipt: Receipt }
  /** The event type is switched off: counted, not kept. */
  | { outcome: "suppressed"; receipt: null }
  | { outcome: "refused"; receipt: null; reason: string; message: string; fields?: { path: string; rule: string }[] };

export type Stated = Pick<EventDraft, "actor" | "source" | "sourceLabel" | "request"> & {
  /** Whether the caller may state events of this code; a key is limited to its own. */
  mayState: (code: string) => boolean;
};

export const refusal = (error: DomainError): ItemAnswer => ({
  outcome: "refused",
  receipt: null,
  reason: error.reason,
  message: error.message,
  ...(error.details.fields !== undefined && { fields: [...error.details.fields] }),
});

const conflict = () =>
  new DomainError(
    "conflict",
    "id_conflict",
    "Nothing was kept: this id was used before for an event with other content.",
  );

const outOfScope = (code: string) =>
  new DomainError("forbidden", "code_not_allowed", `Nothing was kept: this key may not state ${code}.`, {
    fields: [{ path: "code", rule: "not_allowed" }],
  });

const invalid = (fields: { path: string; rule: string }[]) => {
  const where = fields.map(({ path, rule }) => `${path} (${rule})`).join(", ");
  return new DomainError("invalid", "invalid_input", `Nothing was kept: the event is not valid at ${where}.`, {
    fields,
  });
};

type Item = { event: EventInput; hash: Uint8Array; answer: ItemAnswer | null; sealed: SealedEvent | null };

const encoder = new TextEncoder();

/**
 * Keeps what another front end or service states, as one envelope: durable when it resolves, one answer an event, in their
 * order. Good ones are kept although others are refused. An id sent again gets its first answer, or a conflict.
 */
export const keepStated = async (
  services: Services,
  events: readonly EventInput[],
  stated: Stated,
): Promise<ItemAnswer[]> => {
  const { now, recorder, sha256, keeper, db } = services;
  const items: Item[] = events.map((event) => ({
    event,
    hash: event.id === undefined ? new Uint8Array() : sha256(encoder.encode(contentOf(event))),
    answer: null,
    sealed: null,
  }));
  const suppressed = new Map<string, number>();
  const denied = new Map<string, number>();
  for (const item of items) {
    const problems = eventProblems(item.event, now());
    if (problems.length > 0) {
      item.answer = refusal(invalid(problems));
      continue;
    }
    if (!stated.mayState(item.event.code)) {
      item.answer = refusal(outOfScope(item.event.code));
      denied.set(item.event.code, (denied.get(item.event.code) ?? 0) + 1);
      continue;
    }
    item.sealed = recorder.seal(asDraft(item.event, stated), item.event.id);
    if (item.sealed !== null) continue;
    item.answer = { outcome: "suppressed", receipt: null };
    suppressed.set(item.event.code, (suppressed.get(item.event.code) ?? 0) + 1);
  }
  for (const [code, count] of suppressed) await countSuppressed(db, code, count);
  for (const [code, count] of denied) await recordOutOfScope(services, code, count, stated);

  const repeated = repeatedIds(items);
  for (;;) {
    const open = items.filter((item) => item.answer === null && !repeated.has(item));
    if (open.length === 0) break;
    const claims = open.flatMap((item) => claimOf(item, stated.source));
    const sealed = open.flatMap((item) => (item.sealed === null ? [] : [item.sealed]));
    const [only] = sealed;
    try {
      if (sealed.length === 1 && only !== undefined) await keeper.keepOne(only, claims[0]);
      else await keeper.keepSealed(sealed, claims);
      for (const item of open)
        if (item.sealed !== null) item.answer = { outcome: "kept", receipt: receiptOf(item.sealed) };
    } catch (error) {
      if (!(error instanceof AlreadyClaimed)) throw error;
      const standing = await findClaims(
        db,
        claims.map(({ id }) => id),
      );
      for (const item of open) {
        const claim = item.event.id === undefined ? undefined : standing.get(item.event.id);
        if (claim !== undefined) item.answer = await answerAgain(services, item, claim, stated);
      }
    }
  }
  for (const [item, first] of repeated) {
    item.answer = equal(item.hash, first.hash)
      ? first.answer
      : await refuseConflict(services, item, first.hash, stated);
  }
  return items.map(({ answer }) => {
    if (answer === null) throw new Error("an event had no answer");
    return answer;
  });
};

/** Items whose id stands earlier in the same batch, each with that earlier one. */
const repeatedIds = (items: readonly Item[]): Map<Item, Item> => {
  const first = new Map<string, Item>();
  const repeated = new Map<Item, Item>();
  for (const item of items) {
    if (item.event.id === undefined || item.answer !== null) continue;
    const earlier = first.get(item.event.id);
    if (earlier === undefined) first.set(item.event.id, item);
    else repeated.set(item, earlier);
  }
  return repeated;
};

const claimOf = ({ event, hash, sealed }: Item, source: string): Claim[] =>
  event.id === undefined || sealed === null
    ? []
    : [{ id: event.id, source, contentHash: hash, receivedAt: sealed.receivedAt, answer: sealed.leafHash }];

const answerAgain = async (services: Services, item: Item, claim: KeptClaim, stated: Stated): Promise<ItemAnswer> =>
  claim.source === stated.source && equal(claim.contentHash, item.hash)
    ? {
        outcome: "kept",
        receipt: { id: claim.id, receivedAt: claim.receivedAt, leafHash: Buffer.from(claim.answer).toString("base64") },
      }
    : refuseConflict(services, item, claim.contentHash, stated);

const recordOutOfScope = (
  { keeper }: Services,
  code: string,
  count: number,
  { actor, source, sourceLabel, request }: Stated,
) =>
  keeper.keepAlone({
    code: "sys_access_denied",
    status: "denied",
    actor,
    source,
    sourceLabel,
    object: { type: "procedure", id: `events.record ${code}`, label: `events.record ${code}` },
    errorCode: "code_not_allowed",
    errorMessage: outOfScope(code).message,
    metadata: { code, count },
    request,
  });

const refuseConflict = async (
  { keeper }: Services,
  { event, hash }: Item,
  firstHash: Uint8Array,
  { actor, source, sourceLabel, request }: Stated,
): Promise<ItemAnswer> => {
  const id = event.id ?? "";
  await keeper.keepAlone({
    actor,
    source,
    sourceLabel,
    request,
    code: "sys_id_conflict",
    status: "success",
    object: { type: "event", id, label: `event ${id}` },
    metadata: {
      first: Buffer.from(firstHash).toString("hex"),
      second: Buffer.from(hash).toString("hex"),
      code: event.code,
    },
  });
  return refusal(conflict());
};

const equal = (left: Uint8Array, right: Uint8Array): boolean => Buffer.compare(left, right) === 0;
