import { type EventFilter, splitReference } from "@countersign/audit/event-filter";
import type { Database } from "@countersign/db/client";
import { personsIn } from "@countersign/db/erasures";
import { findUser, type User } from "@countersign/db/users";

/** What the office keeps files on: their events may go whoever acted, when a query names them and nobody. */
const filed = new Set(["permit", "document"]);

const namesOnlyFiles = ({
  objects = [],
  objectType,
  objectId,
  actors = [],
  actorType,
  actorId,
  roles = [],
}: EventFilter) => {
  const named = objects.map(splitReference);
  if (objectType !== undefined) named.push({ type: objectType, id: objectId ?? null });
  const namesActors = actors.length > 0 || roles.length > 0 || actorType !== undefined || actorId !== undefined;
  return !namesActors && named.length > 0 && named.every(({ type, id }) => filed.has(type) && id !== null);
};

/** Persons are told of up to here. */
const most = 50;

/**
 * The accounts that stand as actor or object in events that a query alone chose: whom an erasure of the person would be
 * refused must not lose details through a query. None when it names permits and documents and nothing else.
 */
export const personsByQuery = async (db: Database, filter: EventFilter, ids: readonly string[]): Promise<User[]> => {
  if (namesOnlyFiles(filter)) return [];
  const users: User[] = [];
  for (const id of await personsIn(db, ids, most)) {
    const user = await findUser(db, id);
    if (user !== undefined) users.push(user);
  }
  return users.sort((one, other) => Number(other.isProtected) - Number(one.isProtected));
};

/** Why a query may not be erased by; nothing when all whom it finds have left. */
export const blocksByQuery = (persons: readonly User[], nameOf: (person: User) => string) => {
  const keeps = persons.find(({ isProtected, status }) => isProtected || status === "active");
  if (keeps === undefined) return [];
  const [reason, what] = keeps.isProtected
    ? (["protected_in_query", "protected"] as const)
    : (["active_in_query", "active"] as const);
  const sentence = `The query finds acts of, or events about, ${nameOf(keeps)}, whose account is ${what}. Name the permits or documents that it is about, and nobody who acted.`;
  return [{ reason, sentence }];
};

export const isLastAdministrator = async ({ sql }: Database, userId: number): Promise<boolean> => {
  const rows = await sql<{ id: number }[]>`select active_administrators()::float8 as id limit 2`;
  return rows.length === 1 && rows[0]?.id === userId;
};
