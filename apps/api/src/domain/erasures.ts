import type { EventFilter } from "@countersign/audit/event-filter";
import type { Feature } from "@countersign/audit/features";
import { uuid7Time } from "@countersign/audit/uuid7";
import type { Database } from "@countersign/db/client";
import {
  countEventsAbout,
  eventsAbout,
  eventsMatching,
  eventsRepeating,
  hasOpenRequests,
  idsHashOf,
  insertErasure,
  isBeingErased,
  lastLabelOf,
} from "@countersign/db/erasures";
import { failureCode, uniqueViolation } from "@countersign/db/failures";
import type { Transaction } from "@countersign/db/transaction";
import { countAssigned, findUser, lockUser, type User } from "@countersign/db/users";
import { DomainError, notFound } from "./domain-error.ts";
import { blocksByQuery, isLastAdministrator, personsByQuery } from "./erasure-persons.ts";
import { refuseMorePowerful } from "./users.ts";

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
const mostEvents = 200_000;

export type ErasurePreview = {
  /** What has to be typed: the name, or for events chosen by a query alone how many they are. */
  confirm: string;
  name: string | null;
  account: "active" | "inactive" | "gone" | null;
  /** Events in which the person stands, by role; one event may count in two. */
  counts: { actor: number; object: number; target: number; query: number };
  /** Events whose details would go. */
  total: number;
  oldest: string | null;
  newest: string | null;
  blocks: Block[];
};

/** Looks for a hold over the person or one of the events; null when none is in force. */
export type FindHold = (db: Database, userId: string | null, ids: readonly string[]) => Promise<string | null>;

const merged = (left: readonly string[], right: readonly string[]): string[] =>
  [...new Set([...left, ...right])].sort();

type ChosenIds = {
  ids: string[];
  /** What the query alone chose. */
  matching: readonly string[];
  /** Accounts that stand in what the query alone chose. */
  persons: User[];
};

const chosenIds = async (db: Database, { userId, filter }: Chosen): Promise<ChosenIds> => {
  const about = userId === null ? [] : await eventsAbout(db, String(userId), mostEvents + 1);
  const matching = filter === null ? [] : await eventsMatching(db, filter, mostEvents + 1);
  const chosen = merged(about, matching);
  const theirs = new Set(about);
  const others = matching.filter((id) => !theirs.has(id));
  return {
    ids: merged(chosen, await eventsRepeating(db, chosen, userId === null ? null : String(userId), mostEvents + 1)),
    matching,
    persons: filter === null ? [] : await personsByQuery(db, filter, others),
  };
};

const holdSentence = (hold: string): string =>
  `The hold “${hold}” covers some of these events. Holds win: release it first, or wait for its end.`;

/** Everything that stands against it, the first one first. `nameOf` says how a person may be named. */
const blocksOf = async (
  db: Database,
  { userId }: Chosen,
  user: User | undefined,
  { ids, persons }: Pick<ChosenIds, "ids" | "persons">,
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

const timeOf = (id: string | undefined): string | null =>
  id === undefined ? null : new Date(uuid7Time(id)).toISOString();

const confirmOf = ({ userId }: Chosen, name: string | null, total: number): string =>
  userId === null ? String(total) : (name ?? `user ${userId}`);

/** What an erasure would do, and what stands against it. Nothing is changed. */
export const previewErasure = async (db: Database, chosen: Chosen, findHold: FindHold): Promise<ErasurePreview> => {
  const { userId } = chosen;
  const user = userId === null ? undefined : await findUser(db, userId);
  const { ids, matching, persons } = await chosenIds(db, chosen);
  const name = userId === null ? null : (user?.name ?? (await lastLabelOf(db, String(userId))));
  if (userId !== null && user === undefined && name === null && ids.length === 0) throw notFound("person");
  const counts =
    userId === null ? { actor: 0, object: 0, target: 0 } : await countEventsAbout(db, String(userId), mostEvents + 1);
  return {
    confirm: confirmOf(chosen, name, ids.length),
    name,
    account: userId === null ? null : (user?.status ?? "gone"),
    counts: { ...counts, query: matching.length },
    total: ids.length,
    oldest: timeOf(ids[0]),
    newest: timeOf(ids.at(-1)),
    blocks: await blocksOf(db, chosen, user, { ids, persons }, { findHold, nameOf: ({ name: of }) => of }),
  };
};

const kindOf = (reason: ErasureBlock) =>
  ["protected", "last_administrator", "protected_in_query", "active_in_query"].includes(reason)
    ? ("forbidden" as const)
    : ("conflict" as const);

const blocked = ({ reason, sentence }: Block): DomainError =>
  new DomainError(
    kindOf(reason),
    reason,
    `Nothing was erased: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`,
  );

/** Refuses what stands against an erasure as far as it can be known without looking for its events. */
export const refuseBlocked = async (db: Database, chosen: Chosen, findHold: FindHold): Promise<void> => {
  const user = chosen.userId === null ? undefined : await findUser(db, chosen.userId);
  const blocks = await blocksOf(db, chosen, user, { ids: [], persons: [] }, { findHold, nameOf: ({ name }) => name });
  const block = blocks.find(({ reason }) => reason !== "nothing_to_erase");
  if (block !== undefined) throw blocked(block);
};

const underWay = () =>
  new DomainError(
    "conflict",
    "under_way",
    "Nothing was erased: an erasure of this person is recorded and not finished yet.",
  );

export type RecordedErasure = {
  id: string;
  subjectId: string | null;
  count: number;
  idsHash: Uint8Array;
  basis: string;
  /** Hash over the events that the query finds: a second person agrees to these and no others. Null without a query. */
  bound: string | null;
};

export type ErasureOrder = Chosen & {
  basis: string;
  reason: string;
  /** What was typed. */
  confirm: string;
};

/**
 * Records an erasure with its list. Nothing goes yet: a worker does it once the event of this act is under a signed
 * checkpoint. The account stays locked until this transaction ends.
 */
export const recordErasure = async (
  tx: Transaction,
  order: ErasureOrder,
  by: {
    id: string;
    at: string;
    requestedBy: string;
    features: ReadonlySet<Feature>;
    sha256: (bytes: Uint8Array) => Uint8Array;
    findHold: FindHold;
  },
): Promise<RecordedErasure> => {
  await tx.sql`set local statement_timeout = '25s'`;
  const { userId, filter, basis, reason } = order;
  const user = userId === null ? undefined : await lockUser(tx, userId);
  const { ids, matching, persons } = await chosenIds(tx, order);
  const name = userId === null ? null : (user?.name ?? (await lastLabelOf(tx, String(userId))));
  if (userId !== null && user === undefined && name === null && ids.length === 0) throw notFound("person");
  // By id alone: the sentences of refused acts are kept.
  const [block] = await blocksOf(
    tx,
    order,
    user,
    { ids, persons },
    { findHold: by.findHold, nameOf: ({ id }) => `user ${id}` },
  );
  if (block !== undefined) throw blocked(block);
  for (const person of user === undefined ? persons : [user, ...persons]) {
    await refuseMorePowerful(tx, person, by.features);
  }
  if (order.confirm.trim().normalize() !== confirmOf(order, name, ids.length).trim().normalize()) {
    const what = userId === null ? "the number of events" : "the name of the person";
    throw new DomainError("invalid", "not_confirmed", `Nothing was erased: what was typed is not ${what}.`, {
      fields: [{ path: "confirm", rule: "same" }],
    });
  }
  const idsHash = idsHashOf(ids, by.sha256);
  const subjectId = userId === null ? null : String(userId);
  try {
    const { id, at: requestedAt, requestedBy } = by;
    await insertErasure(tx, {
      id,
      subjectId,
      byQuery: filter !== null,
      basis,
      reason,
      requestedAt,
      requestedBy,
      ids,
      idsHash,
    });
  } catch (error) {
    throw failureCode(error) === uniqueViolation ? underWay() : error;
  }
  const bound = filter === null ? null : Buffer.from(idsHashOf(matching, by.sha256)).toString("hex");
  return { id: by.id, subjectId, count: ids.length, idsHash, basis, bound };
};
