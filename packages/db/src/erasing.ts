import type { Database } from "./client.ts";
import type { Erasure } from "./erasures.ts";
import type { Transaction } from "./transaction.ts";

/** Before the first id of all. */
const beginning = "00000000-0000-0000-0000-000000000000";
const eventsAtOnce = 500;

/**
 * Finds the event that tells of an erasure once it is stored, and answers whether a signed checkpoint covers it. It is
 * known by its object, which is the erasure.
 */
export const isSigned = async (db: Database, { id, eventId }: Pick<Erasure, "id" | "eventId">): Promise<boolean> => {
  if (eventId === null) {
    const told = await db.sql`
      update erasure set event_id = told.id, leaf = told.leaf from event_log told
      where erasure.id = ${id} and event_id is null and state <> 'done' and told.object_type = 'subject' and told.object_id = ${id}
        and told.code = 'sys_details_erased' and told.status = 'success' returning event_id`;
    if (told.length === 0) return false;
  }
  return (await db.sql`select is_erasure_signed(${id}) as signed`)[0]?.signed === true;
};

/** Says what keeps an erasure from going on, until it does. */
export const noteProblem = async (db: Database, id: string, problem: string | null): Promise<void> => {
  await db.sql`update erasure set problem = ${problem} where id = ${id} and state <> 'done'`;
};

/** Lets an erasure go on, or wait for a hold to be released; `by` names the hold. */
export const setErasing = async (db: Database, id: string, at: string, by: string | null): Promise<void> => {
  await db.sql`
    update erasure set state = ${by === null ? "erasing" : "held"}, held_by = ${by}, started_at = coalesce(started_at, ${at})
    where id = ${id} and state <> 'done'`;
};

export type Batch = { last: string | null; ended: number; waiting: number };

/** Empties details and salt of at most 500 events after an id, in one statement; `last` is null at the end of the list. */
export const eraseBatch = async (db: Database, id: string, after = beginning): Promise<Batch> => {
  const [batch] = await db.sql<
    Batch[]
  >`select last, ended, waiting from erase_details(${id}, ${after}, ${eventsAtOnce})`;
  return batch ?? { last: null, ended: 0, waiting: 0 };
};

/** The events that `eraseBatch` would empty next. */
export const nextBatch = async (db: Database, id: string, after = beginning): Promise<string[]> =>
  (
    await db.sql<{ id: string }[]>`
      select event_id as id from erasure_event where erasure_id = ${id} and outcome is null and event_id > ${after}
      order by event_id limit ${eventsAtOnce}`
  ).map((row) => row.id);

/** Lets the next vacuum come at once in the months that an erasure touched. */
export const vacuumErased = async (db: Database, id: string): Promise<number> =>
  Number((await db.sql`select vacuum_erased(${id}) as parts`)[0]?.parts);

/**
 * Removes the account and the names in reads that still wait to be told, and ends the erasure; `accountRemoved`, or null
 * when it is not to be ended now. To be called with the event of it in the same transaction.
 */
export const finishErasure = async (
  tx: Transaction,
  id: string,
  { eventId, at, archives }: { eventId: string; at: string; archives: number },
): Promise<{ accountRemoved: boolean } | null> => {
  const [row] = await tx.sql<{ removed: boolean | null }[]>`
    select finish_erasure(${id}, ${eventId}, ${at}, ${archives}) as removed`;
  return typeof row?.removed === "boolean" ? { accountRemoved: row.removed } : null;
};

/** The manifests with an archive of a month in which one of the events of an erasure was recorded. */
export const manifestsOver = async (db: Database, id: string): Promise<string[]> =>
  (
    await db.sql<{ id: string }[]>`
      select m.id from retention_manifest m where m.leaves_file is not null and m.state <> 'skipped' and exists (
        select from erasure_event x where x.erasure_id = ${id}
          and x.event_id >= uuid7_floor(m.month::timestamp at time zone 'UTC')
          and x.event_id < uuid7_floor((m.month + interval '1 month') at time zone 'UTC'))
      order by m.id`
  ).map((row) => row.id);

/** Notes the hash that an archive's file of details has after an erasure. */
export const noteDetailsHash = async (db: Database, manifestId: string, sha256: Uint8Array): Promise<void> => {
  await db.sql`update retention_manifest set details_sha256 = ${sha256} where id = ${manifestId}`;
};

/** All manifests with an archive, oldest first. */
export const manifestsWithArchive = async (db: Database): Promise<string[]> =>
  (
    await db.sql<{ id: string }[]>`
      select id from retention_manifest where leaves_file is not null and state <> 'skipped' order by id`
  ).map((row) => row.id);
