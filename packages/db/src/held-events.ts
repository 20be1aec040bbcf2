import { monthBounds } from "@countersign/audit/retention";
import { uuid7Floor } from "@countersign/audit/uuid7";
import { arrayTypes } from "./array-types.ts";
import type { Database } from "./client.ts";
import { type ActiveHold, heldBy } from "./legal-holds.ts";
import { lockRemoving } from "./retention-manifests.ts";
import { inTransaction, type Transaction } from "./transaction.ts";

const rowsAtOnce = 1000;
type Month = { policy: string; month: string };

/** Ids after `after` of the rows of a month that the holds are on, or, the other way round, are not on. */
const readIds = async (
  db: Database,
  { policy, month }: Month,
  { holds, held, after }: { holds: readonly Pick<ActiveHold, "scope">[]; held: boolean; after: string },
): Promise<string[]> => {
  const { fromMs, toMs } = monthBounds(month);
  const on = heldBy(db.sql, holds);
  const rows = await db.sql<{ id: string }[]>`
    select id from event_log where policy = ${policy} and id >= ${uuid7Floor(fromMs)} and id < ${uuid7Floor(toMs)} and id > ${after}
      and ${held ? on : db.sql`not ${on}`} order by id limit ${rowsAtOnce}`;
  return rows.map(({ id }) => id);
};

/** For what looks at every row of a month, a text in it for example. */
export const atLength = <Result>(db: Database, read: (tx: Transaction) => Promise<Result>): Promise<Result> =>
  inTransaction(db, async (tx) => {
    await tx.sql`set local statement_timeout = '5min'`;
    return read(tx);
  });

const beforeAll = "00000000-0000-0000-0000-000000000000";
const list = (ids: readonly string[]) => arrayTypes.uuids.serialize(ids);

/** Puts what the holds are on in a month under the policy `held`, a thousand events a statement; answers how many that were. */
export const holdMonth = async (db: Database, where: Month, holds: readonly ActiveHold[]): Promise<number> => {
  let moved = 0;
  for (const hold of holds) {
    for (let after = beforeAll; ; ) {
      const ids = await atLength(db, (tx) => readIds(tx, where, { holds: [hold], held: true, after }));
      const last = ids.at(-1);
      if (last === undefined) break;
      const [row] = await db.sql`select hold_events(${hold.id}, ${list(ids)}::text::uuid[]) as moved`;
      moved += Number(row?.moved);
      after = last;
    }
  }
  return moved;
};

/**
 * Puts what no hold is on any more in a month of `held` back where it came from, but into no month that is being removed.
 * False when somebody reads the log at length: they would see an event under `held` and then nothing that explains it.
 */
export const unholdMonth = async (db: Database, month: string, holds: readonly ActiveHold[]): Promise<boolean> => {
  for (let after = beforeAll; ; ) {
    const from = after;
    const ids = await atLength(db, (tx) => readIds(tx, { policy: "held", month }, { holds, held: false, after: from }));
    const last = ids.at(-1);
    if (last === undefined) return true;
    const isFree = await inTransaction(db, async (tx) => {
      if (!(await lockRemoving(tx))) return false;
      await tx.sql`select unhold_events(${list(ids)}::text::uuid[])`;
      return true;
    });
    if (!isFree) return false;
    after = last;
  }
};

/** Whether any of the holds is on something in a month, which may have been taken out of the log already. */
export const isAnythingHeld = async (
  db: Database,
  { policy, month, partition }: Month & { partition: string },
  holds: readonly ActiveHold[],
  isDetached: boolean,
): Promise<boolean> => {
  if (holds.length === 0) return false;
  if (isDetached)
    return (await db.sql`select from ${db.sql(partition)} where ${heldBy(db.sql, holds)} limit 1`).length > 0;
  return (await readIds(db, { policy, month }, { holds, held: true, after: beforeAll })).length > 0;
};

/** How many rows of a month the holds are on, by type, counted up to `most` in all; one more than that stands for more. */
export const countHeldByCode = async (
  db: Database,
  { policy, month }: Month,
  holds: readonly ActiveHold[],
  most: number,
): Promise<Map<string, number>> => {
  if (holds.length === 0) return new Map();
  const { fromMs, toMs } = monthBounds(month);
  const rows = await db.sql<{ code: string; count: number }[]>`
    select code, count(*)::int as count from (select code from event_log where policy = ${policy} and id >= ${uuid7Floor(fromMs)}
      and id < ${uuid7Floor(toMs)} and ${heldBy(db.sql, holds)} limit ${most + 1}) as found group by code`;
  return new Map(rows.map(({ code, count }) => [code, count]));
};

const mostHeld = 1_000_000;

/** How many events stand under `held`, counted up to a million, and the month of the oldest. */
export const heldState = async (db: Database): Promise<{ rows: number; oldestMonth: string | null }> => {
  const [row] = await db.sql<{ rows: number; oldestMonth: string | null }[]>`
    select (select count(*)::float8 from (select from held_event limit ${mostHeld}) as counted) as rows,
      (select to_char(uuid7_time(id) at time zone 'UTC', 'YYYY-MM') from held_event order by id limit 1) as "oldestMonth"`;
  return row ?? { rows: 0, oldestMonth: null };
};
