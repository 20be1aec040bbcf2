import type { EventFilter } from "@countersign/audit/event-filter";
import { iso, person } from "./answered-columns.ts";
import { arrayTypes } from "./array-types.ts";
import type { Database, Sql } from "./client.ts";
import { type Condition, conditions } from "./event-conditions.ts";
import type { Transaction } from "./transaction.ts";

/** What a hold is on: all about an object, all that an actor did, what a query to the log finds, or a span of time. */
export type HoldScope =
  | { kind: "object"; type: string; id: string }
  | { kind: "actor"; type: string; id: string }
  | { kind: "query"; filter: EventFilter }
  | { kind: "time"; fromMs: number; toMs: number };

export type Hold = {
  id: number;
  name: string;
  reason: string;
  scope: HoldScope;
  placedAt: string;
  placedBy: { id: number; name: string } | null;
  releasedAt: string | null;
  releasedBy: { id: number; name: string } | null;
  releaseReason: string | null;
  version: number;
};

export type ActiveHold = Pick<Hold, "id" | "scope">;

const columns = `id::float8 as id, name, reason, scope, ${iso("placed_at")} as "placedAt", ${person("placed_by")} as "placedBy",
  ${iso("released_at")} as "releasedAt", ${person("released_by")} as "releasedBy", release_reason as "releaseReason", version`;

const scopeCondition = (sql: Sql, scope: HoldScope): Condition => {
  if (scope.kind === "query") return conditions(sql, scope.filter);
  if (scope.kind === "time") return conditions(sql, { fromMs: scope.fromMs, toMs: scope.toMs });
  const { type, id } = scope;
  if (scope.kind === "actor") return sql`actor_type = ${type} and actor_id = ${id}`;
  return sql`((object_type = ${type} and object_id = ${id}) or (target_type = ${type} and target_id = ${id}))`;
};

/** The rows of the log that any of these holds is on; never null, so that it can be turned round. */
export const heldBy = (sql: Sql, holds: readonly Pick<Hold, "scope">[]): Condition =>
  sql`((${holds.reduce((any, { scope }) => sql`${any} or (${scopeCondition(sql, scope)})`, sql`false`)}) is true)`;

/** Holds that stand, oldest first, of at most `limit`. */
export const activeHolds = async (db: Database, limit = 1000): Promise<ActiveHold[]> => [
  ...(await db.sql<ActiveHold[]>`
    select id::float8 as id, scope from legal_hold where released_at is null order by id limit ${limit}`),
];

/** Notes in each hold the event that tells of it, once that is stored: a hold may stand for longer than its event is kept. */
export const noteHoldEvents = async (db: Database): Promise<void> => {
  await db.sql`
    update legal_hold set event_id = told.id, leaf = told.leaf from event_log told
    where legal_hold.event_id is null and told.object_type = 'legal_hold' and told.object_id = legal_hold.id::text
      and told.code = 'sys_hold_placed' and told.status = 'success'`;
};

/** The number of the newest hold, whether it stands or not; 0 before the first. */
export const newestHold = async (db: Database): Promise<number> =>
  Number((await db.sql`select coalesce(max(id), 0)::float8 as id from legal_hold`)[0]?.id);

/** All holds, those that stand first and the newest of them first, at most `limit`. */
export const listHolds = async (db: Database, limit: number): Promise<Hold[]> => [
  ...(await db.sql<Hold[]>`
    select ${db.sql.unsafe(columns)} from legal_hold order by released_at desc nulls first, id desc limit ${limit}`),
];

export const findHoldName = async (db: Database, id: number): Promise<string | undefined> =>
  (await db.sql<{ name: string }[]>`select name from legal_hold where id = ${id}`)[0]?.name;

/** A hold as it stands, kept from being changed until the transaction ends. */
export const lockHold = async (tx: Transaction, id: number): Promise<Hold | undefined> =>
  (await tx.sql<Hold[]>`select ${tx.sql.unsafe(columns)} from legal_hold where id = ${id} for update`)[0];

/** Lets no month be removed until the transaction ends; whoever removes one waits, or is waited for, for some milliseconds. */
export const lockPlacing = async (tx: Transaction): Promise<void> => {
  await tx.sql`select pg_advisory_xact_lock_shared(hashtext('countersign.holds'))`;
};

/** Lets nobody place a hold until the transaction ends. */
export const lockHolds = async (tx: Transaction): Promise<void> => {
  await tx.sql`select pg_advisory_xact_lock(hashtext('countersign.holds'))`;
};

export const insertHold = async (
  tx: Transaction,
  { name, reason, scope, at, by }: Pick<Hold, "name" | "reason" | "scope"> & { at: string; by: number },
): Promise<Hold> => {
  const [hold] = await tx.sql<Hold[]>`
    insert into legal_hold (name, reason, scope, placed_at, placed_by)
    values (${name}, ${reason}, ${JSON.stringify(scope)}::text::jsonb, ${at}, ${by}) returning ${tx.sql.unsafe(columns)}`;
  if (hold === undefined) throw new Error("the hold was not placed");
  return hold;
};

export const endHold = async (
  tx: Transaction,
  { id, reason, at, by }: { id: number; reason: string; at: string; by: number },
): Promise<Hold | undefined> =>
  (
    await tx.sql<Hold[]>`
      update legal_hold set released_at = ${at}, released_by = ${by}, release_reason = ${reason}, version = version + 1
      where id = ${id} and released_at is null returning ${tx.sql.unsafe(columns)}`
  )[0];

/** How many events a scope is on, counted up to `most`; one more than that stands for more. */
export const countInScope = async (db: Database, scope: HoldScope, most: number): Promise<number> =>
  Number(
    (
      await db.sql`select count(*)::int as count from
        (select from event_log where ${scopeCondition(db.sql, scope)} limit ${most + 1}) as found`
    )[0]?.count,
  );

/** Those of these events that a standing hold is on. */
export const heldAmong = async (db: Database, ids: readonly string[]): Promise<Set<string>> => {
  const holds = ids.length === 0 ? [] : await activeHolds(db);
  if (holds.length === 0) return new Set();
  const rows = await db.sql<{ id: string }[]>`
    select id from event_log where id = any(${arrayTypes.uuids.serialize(ids)}::text::uuid[]) and ${heldBy(db.sql, holds)}`;
  return new Set(rows.map(({ id }) => id));
};
