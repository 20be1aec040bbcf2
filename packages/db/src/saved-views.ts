import { iso } from "./answered-columns.ts";
import type { Database } from "./client.ts";
import type { Transaction } from "./transaction.ts";

/** A view as one user sees it: `starred` and `isDefault` are that user's own. */
export type SavedView = {
  id: number;
  owner: { id: number; name: string };
  name: string;
  /** The search of the log's page, without the question mark. */
  query: string;
  shared: boolean;
  starred: boolean;
  isDefault: boolean;
  updatedAt: string;
  version: number;
};

const columns = `v.id::int as id, json_build_object('id', u.id, 'name', u.name) as owner, v.name, v.query, v.shared,
  coalesce(m.starred, false) as starred, coalesce(m.is_default, false) as "isDefault", ${iso("v.updated_at")} as "updatedAt", v.version`;
const seenBy = (userId: number): string => `saved_views v join users u on u.id = v.owner_id
  left join view_marks m on m.view_id = v.id and m.user_id = ${Number(userId)}`;

/** A user's own views and those that others share, by name, at most `limit`; own and starred ones before the rest. */
export const listViews = async (db: Database, userId: number, limit: number): Promise<SavedView[]> => [
  ...(await db.sql<SavedView[]>`
    select ${db.sql.unsafe(columns)} from ${db.sql.unsafe(seenBy(userId))} where v.owner_id = ${userId} or v.shared
    order by v.owner_id = ${userId} desc, coalesce(m.starred, false) desc, v.name_folded, v.id limit ${limit}`),
];

export const findViewName = async (db: Database, id: number): Promise<string | undefined> =>
  (await db.sql<{ name: string }[]>`select name from saved_views where id = ${id}`)[0]?.name;

/** One that the user may see, held until the transaction ends. */
export const lockView = async (tx: Transaction, id: number, userId: number): Promise<SavedView | undefined> =>
  (
    await tx.sql<SavedView[]>`
      select ${tx.sql.unsafe(columns)} from ${tx.sql.unsafe(seenBy(userId))}
      where v.id = ${id} and (v.owner_id = ${userId} or v.shared) for update of v`
  )[0];

/** Holds back, until the transaction ends, whoever else changes what this user has. */
const holdViewsOf = (tx: Transaction, userId: number) =>
  tx.sql`select pg_advisory_xact_lock(hashtext('countersign.saved-views'), hashtext(${String(userId)}))`;

/** How many views a user has; who adds one waits for whoever else does so for the same user. */
export const countViews = async (tx: Transaction, ownerId: number): Promise<number> => {
  await holdViewsOf(tx, ownerId);
  return Number((await tx.sql`select count(*)::int as count from saved_views where owner_id = ${ownerId}`)[0]?.count);
};

export type ViewFields = Pick<SavedView, "name" | "query" | "shared"> & { nameFolded: string };

export const insertView = async (tx: Transaction, ownerId: number, view: ViewFields, at: string): Promise<number> => {
  const [row] = await tx.sql<{ id: number }[]>`
    insert into saved_views (owner_id, name, name_folded, query, shared, created_at, updated_at)
    values (${ownerId}, ${view.name}, ${view.nameFolded}, ${view.query}, ${view.shared}, ${at}, ${at}) returning id::int as id`;
  if (row === undefined) throw new Error("the view was not inserted");
  return row.id;
};

/** Writes a locked view. One that is no longer shared is nobody else's star or default any more. */
export const updateView = async (tx: Transaction, id: number, view: ViewFields, at: string): Promise<void> => {
  await tx.sql`
    update saved_views set name = ${view.name}, name_folded = ${view.nameFolded}, query = ${view.query}, shared = ${view.shared},
      updated_at = ${at}, version = version + 1 where id = ${id}`;
  if (view.shared) return;
  await tx.sql`delete from view_marks m using saved_views v where v.id = m.view_id and v.id = ${id} and m.user_id <> v.owner_id`;
};

export const deleteView = async (tx: Transaction, id: number): Promise<void> => {
  await tx.sql`delete from saved_views where id = ${id}`;
};

/** Sets what a locked view is to a user; whatever was the default before is it no longer. */
export const markView = async (
  tx: Transaction,
  userId: number,
  viewId: number,
  { starred, isDefault }: Pick<SavedView, "starred" | "isDefault">,
): Promise<void> => {
  if (isDefault) {
    await holdViewsOf(tx, userId);
    await tx.sql`update view_marks set is_default = false where user_id = ${userId} and is_default and view_id <> ${viewId}`;
  }
  await tx.sql`insert into view_marks (user_id, view_id, starred, is_default) values (${userId}, ${viewId}, ${starred}, ${isDefault})
    on conflict (user_id, view_id) do update set starred = excluded.starred, is_default = excluded.is_default`;
};
