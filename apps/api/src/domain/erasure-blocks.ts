import type { EventFilter } from "@countersign/audit/event-filter";
import type { Database } from "@countersign/db/client";
import { hasOpenRequests, isBeingErased } from "@countersign/db/erasures";
import { countAssigned, type User } from "@countersign/db/users";
import { DomainError } from "./domain-error.ts";
import { blocksByQuery, isLastAdministrator } from "./erasure-persons.ts";

/** Whose personal parts, and which further events, are to go. */
export type Chosen = { userId: number | null; filter: EventFilter | null };

/** Why an erasure cannot be, in the order in which one is told. */
export const erasureBlocks = [
  "protected",
  "last_administrator",
  "protected_in_query",
  "active_in_query",
  "still_active",
  "has_permits",
  "has_requests",
  "under_way",
  "held",
  "nothing_to_erase",
  "too_many",
] as const;
export type ErasureBlock = (typeof erasureBlocks)[number];

export type Block = { reason: ErasureBlock; sentence: string };

/** An erasure has a list of its own size; more is erased in parts, by a query with a time range. */
export const mostEvents = 200_000;

/** Looks for a hold over the person or one of the events; null when none is in force. */
export type FindHold = (db: Database, userId: string | null, ids: readonly string[]) => Promise<string | null>;

const holdSentence = (hold: string): string =>
  `The hold “${hold}” covers some of these events. Holds win: release it first, or wait for its end.`;

/** Everything that stands against it, the first one first. `nameOf` says how a person may be named. */
export const blocksOf = async (
  db: Database,
  { userId }: Chosen,
  user: User | undefined,
  { ids, persons }: { ids: readonly string[]; persons: readonly User[] },
  { findHold, nameOf }: { findHold: FindHold; nameOf: (person: User) => string },
): Promise<Block[]> => {
  const blocks: Block[] = [];
  const add = (reason: ErasureBlock, sentence: string) => blocks.push({ reason, sentence });
  if (user?.isProtected) add("protected", "This account is protected.");
  if (user?.status === "active") {
    if (await isLastAdministrator(db, user.id)) {
      add("last_administrator", "This is the account of the last active administrator.");
    }
    add("still_active", "The account is active. Deactivate or delete it first.");
  }
  blocks.push(...blocksByQuery(persons, nameOf));
  const permits = user === undefined ? 0 : await countAssigned(db, user.id);
  if (user !== undefined && permits > 0) {
    add(
      "has_permits",
      `${permits} ${permits === 1 ? "permit is" : "permits are"} assigned to this person. Give them to somebody else first.`,
    );
  }
  if (userId !== null && (await hasOpenRequests(db, String(userId)))) {
    add("has_requests", "A request by this person, or about them, waits for approval. Let it be decided first.");
  }
  if (userId !== null && (await isBeingErased(db, userId))) {
    add("under_way", "An erasure of this person is recorded and not finished yet.");
  }
  const hold = await findHold(db, userId === null ? null : String(userId), ids);
  if (hold !== null) add("held", holdSentence(hold));
  if (ids.length === 0 && user === undefined) {
    add("nothing_to_erase", "No event with personal parts is left, and there is no account.");
  }
  if (ids.length > mostEvents) {
    add(
      "too_many",
      `More than ${mostEvents.toLocaleString("en")} events: erase them in parts, by a query with a time range.`,
    );
  }
  return blocks;
};

const kindOf = (reason: ErasureBlock) =>
  ["protected", "last_administrator", "protected_in_query", "active_in_query"].includes(reason)
    ? ("forbidden" as const)
    : ("conflict" as const);

/** The refusal that a block becomes when the act is tried all the same. */
export const blocked = ({ reason, sentence }: Block): DomainError =>
  new DomainError(
    kindOf(reason),
    reason,
    `Nothing was erased: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`,
  );

/** Somebody else recorded one of the same person meanwhile. */
export const underWay = () =>
  new DomainError(
    "conflict",
    "under_way",
    "Nothing was erased: an erasure of this person is recorded and not finished yet.",
  );
