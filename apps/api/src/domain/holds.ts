import { objectTypes } from "@countersign/audit/catalogue";
import { type Changes, changesBetween } from "@countersign/audit/changes";
import type { EventFilter } from "@countersign/audit/event-filter";
import type { Database } from "@countersign/db/client";
import {
  activeHolds,
  countInScope,
  endHold,
  type Hold,
  type HoldScope,
  heldAmong,
  insertHold,
  listHolds,
  lockHold,
  lockPlacing,
} from "@countersign/db/legal-holds";
import type { Transaction } from "@countersign/db/transaction";
import { z } from "zod";
import { DomainError, notFound } from "./domain-error.ts";
import { eventQueryWith, toFilter } from "./event-query.ts";
import { instant, msOf, text } from "./fields.ts";
import { unlessSlow } from "./unless-slow.ts";

/** Events are counted up to here; one more stands for more. */
export const mostCounted = 10_000;
const mostHolds = 500;
/** All that stand, and some that do not any more. */
const mostListed = mostHolds + 200;
/** Of so many it is counted what they are on. */
const mostDescribed = 200;
const actorTypes = ["user", "api_key", "platform", "anonymous"] as const;
const rule = (name: string) => ({ params: { rule: name } });

/** What a hold can be on, as callers write it. */
export const scopeInput = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("object"),
    type: z.enum(Object.keys(objectTypes) as [string, ...string[]]),
    id: text(256),
  }),
  z.strictObject({ kind: z.literal("actor"), type: z.enum(actorTypes), id: text(256) }),
  z.strictObject({ kind: z.literal("query"), query: eventQueryWith({}) }),
  z
    .strictObject({ kind: z.literal("time"), from: instant, to: instant })
    .refine(({ from, to }) => msOf(from) < msOf(to), { ...rule("before_from"), path: ["to"] }),
]);
export type ScopeInput = z.output<typeof scopeInput>;

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(isNothing));

/** A filter with nothing in it that narrows nothing; null when nothing is left. */
const narrowing = (filter: EventFilter): EventFilter | null => {
  const kept = Object.fromEntries(Object.entries(filter).filter(([, value]) => !isNothing(value)));
  return Object.keys(kept).length === 0 ? null : (kept as EventFilter);
};

/** The scope as it is kept: times as milliseconds, a query without what narrows nothing. One on everything is refused. */
export const toScope = (input: ScopeInput, now: number): HoldScope => {
  if (input.kind === "time") return { kind: "time", fromMs: msOf(input.from), toMs: msOf(input.to) };
  if (input.kind !== "query") return input;
  const filter = narrowing(toFilter(input.query, now));
  if (filter !== null) return { kind: "query", filter };
  throw new DomainError("invalid", "invalid_input", "Nothing was placed: a hold must be on something.", {
    fields: [{ path: "scope.query", rule: "narrows_nothing" }],
  });
};

/** Counted up to `mostCounted`; `count` is null when that would take too long. */
export type HoldCount = { count: number | null; isMore: boolean };
export const countScope = async (db: Database, scope: HoldScope): Promise<HoldCount> => {
  const count = await unlessSlow(countInScope(db, scope, mostCounted));
  return { count: count === null ? null : Math.min(count, mostCounted), isMore: (count ?? 0) > mostCounted };
};

export type ListedHold = Hold & HoldCount;

/** All holds, those that stand first, with how many events each of these is on. */
export const describeHolds = async (db: Database): Promise<ListedHold[]> => {
  const listed: ListedHold[] = [];
  for (const hold of await listHolds(db, mostListed)) {
    const isCounted = hold.releasedAt === null && listed.length < mostDescribed;
    const found = isCounted ? await countScope(db, hold.scope) : { count: null, isMore: false };
    listed.push({ ...hold, ...found });
  }
  return listed;
};

export type HoldChange = { before: Hold | null; after: Hold };
type By = { by: number; at: string };

/** Keeps what a scope is on, now and later, whatever its age. A month that is being removed at this moment goes or stays as a whole. */
export const placeHold = async (
  tx: Transaction,
  { name, reason, scope }: { name: string; reason: string; scope: HoldScope },
  act: By,
): Promise<HoldChange> => {
  await lockPlacing(tx);
  if ((await activeHolds(tx, mostHolds)).length >= mostHolds) {
    throw new DomainError(
      "conflict",
      "too_many_holds",
      `Nothing was placed: there are ${mostHolds} holds already. Release one that is over first.`,
    );
  }
  return { before: null, after: await insertHold(tx, { name, reason, scope, ...act }) };
};

/** What was held falls back under its own period, and goes with the next run if that is over. */
export const releaseHold = async (
  tx: Transaction,
  { holdId, version, reason }: { holdId: number; version: number; reason: string },
  act: By,
): Promise<HoldChange> => {
  const before = await lockHold(tx, holdId);
  if (before === undefined) throw notFound("hold");
  if (before.releasedAt !== null) {
    const who = before.releasedBy?.name ?? "somebody";
    throw new DomainError("conflict", "released", `Nothing was changed: ${who} released ${before.name} already.`);
  }
  if (before.version !== version) {
    throw new DomainError("conflict", "stale_version", "Nothing was changed: the hold was changed meanwhile.");
  }
  const after = await endHold(tx, { id: holdId, reason, ...act });
  if (after === undefined) throw notFound("hold");
  return { before, after };
};

const facts = ({ name, scope, releasedAt }: Hold) => ({
  name,
  scope,
  state: releasedAt === null ? "in force" : "released",
});
export const holdChanges = ({ before, after }: HoldChange): Changes =>
  changesBetween(before === null ? null : facts(before), facts(after));

/** Marks those of the entries that a standing hold is on. */
export const markHeld = async <Entry extends { id: string; held: boolean }>(
  db: Database,
  entries: readonly Entry[],
): Promise<Entry[]> => {
  const held = await heldAmong(
    db,
    entries.map(({ id }) => id),
  );
  return entries.map((entry) => (held.has(entry.id) ? { ...entry, held: true } : entry));
};
