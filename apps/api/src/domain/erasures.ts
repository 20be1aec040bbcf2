import type { Feature } from "@countersign/audit/features";
import { uuid7Time } from "@countersign/audit/uuid7";
import type { Database } from "@countersign/db/client";
import {
  countEventsAbout,
  eventsAbout,
  eventsMatching,
  eventsRepeating,
  idsHashOf,
  insertErasure,
  lastLabelOf,
} from "@countersign/db/erasures";
import { failureCode, uniqueViolation } from "@countersign/db/failures";
import type { Transaction } from "@countersign/db/transaction";
import { findUser, lockUser, type User } from "@countersign/db/users";
import { DomainError, notFound } from "./domain-error.ts";
import { type Block, blocked, blocksOf, type Chosen, type FindHold, mostEvents, underWay } from "./erasure-blocks.ts";
import { personsByQuery } from "./erasure-persons.ts";
import { refuseMorePowerful } from "./users.ts";

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

/** Refuses what stands against an erasure as far as it can be known without looking for its events. */
export const refuseBlocked = async (db: Database, chosen: Chosen, findHold: FindHold): Promise<void> => {
  const user = chosen.userId === null ? undefined : await findUser(db, chosen.userId);
  const blocks = await blocksOf(db, chosen, user, { ids: [], persons: [] }, { findHold, nameOf: ({ name }) => name });
  const block = blocks.find(({ reason }) => reason !== "nothing_to_erase");
  if (block !== undefined) throw blocked(block);
};

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
