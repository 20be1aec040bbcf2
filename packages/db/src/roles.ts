import { type Feature, isFeature } from "@countersign/audit/features";
import { iso } from "./answered-columns.ts";
import { arrayTypes } from "./array-types.ts";
import type { Database } from "./client.ts";
import { containing } from "./like.ts";
import type { Transaction } from "./transaction.ts";

/** A role with its features in the order of their names. Times are ISO 8601 UTC. */
export type Role = {
  id: number;
  name: string;
  description: string;
  /** One of the six that come with the product, by its key; null for the office's own. */
  shipped: string | null;
  features: Feature[];
  userCount: number;
  createdAt: string;
  updatedAt: string;
  version: number;
};

const selection = `r.id::int as id, name, description, shipped,
  array(select feature from role_features where role_id = r.id order by 1) as features,
  (select count(*)::int from user_roles where role_id = r.id) as "userCount",
  ${iso("r.created_at")} as "createdAt", ${iso("r.updated_at")} as "updatedAt", r.version`;

const known = (role: Role): Role => ({ ...role, features: role.features.filter(isFeature) });

export const findRole = async (db: Database, id: number): Promise<Role | undefined> =>
  (await db.sql<Role[]>`select ${db.sql.unsafe(selection)} from roles r where id = ${id}`).map(known)[0];

export const lockRole = async (tx: Transaction, id: number): Promise<Role | undefined> =>
  (await tx.sql<Role[]>`select ${tx.sql.unsafe(selection)} from roles r where id = ${id} for update of r`).map(
    known,
  )[0];

/** By id, strictly after `cursor`, at most `limit`. */
export const listRoles = async (
  db: Database,
  search: string | undefined,
  cursor: number | null,
  limit: number,
): Promise<Role[]> =>
  (
    await db.sql<Role[]>`
      select ${db.sql.unsafe(selection)} from roles r
      where normalize(name) ilike ${containing(search ?? "")} and (${cursor}::bigint is null or r.id > ${cursor}::bigint)
      order by r.id limit ${limit}`
  ).map(known);

export type NewRole = {
  name: string;
  nameFolded: string;
  description: string;
  shipped?: string | null;
  features: readonly string[];
};

/** Inserts a role; undefined when the name is taken. */
export const insertRole = async (tx: Transaction, role: NewRole, at: string): Promise<Role | undefined> => {
  const [row] = await tx.sql<{ id: number }[]>`
    insert into roles (name, name_folded, description, shipped, created_at, updated_at)
    values (${role.name}, ${role.nameFolded}, ${role.description}, ${role.shipped ?? null}, ${at}, ${at})
    on conflict (name_folded) do nothing returning id::int as id`;
  if (row === undefined) return undefined;
  await addFeatures(tx, row.id, role.features);
  return findRole(tx, row.id);
};

/** Adds what is missing. */
export const addFeatures = async (tx: Transaction, roleId: number, features: readonly string[]): Promise<void> => {
  await tx.sql`insert into role_features (role_id, feature)
    select ${roleId}, feature from unnest(${arrayTypes.texts.serialize(features)}::text::text[]) as feature on conflict do nothing`;
};

export const removeFeature = async (tx: Transaction, roleId: number, feature: string): Promise<void> => {
  await tx.sql`delete from role_features where role_id = ${roleId} and feature = ${feature}`;
};

/** Changes name or description of a locked role, whose new name must be free, and raises its version. */
export const updateRole = async (
  tx: Transaction,
  id: number,
  { name, nameFolded, description }: { name: string; nameFolded: string; description: string },
  at: string,
): Promise<void> => {
  await tx.sql`update roles set name = ${name}, name_folded = ${nameFolded}, description = ${description}, updated_at = ${at},
    version = version + 1 where id = ${id}`;
};

/** Notes that the features of a locked role changed. */
export const touchRole = async (tx: Transaction, id: number, at: string): Promise<void> => {
  await tx.sql`update roles set updated_at = ${at}, version = version + 1 where id = ${id}`;
};

export const deleteRole = async (tx: Transaction, id: number): Promise<void> => {
  await tx.sql`delete from roles where id = ${id}`;
};

export const isRoleNameTaken = async (db: Database, folded: string, exceptId: number): Promise<boolean> =>
  (await db.sql`select from roles where name_folded = ${folded} and id <> ${exceptId}`).length > 0;

/** Who holds a role, by name; at most `limit`. */
export const listHolders = async (
  db: Database,
  roleId: number,
  limit: number,
): Promise<{ id: number; name: string }[]> => [
  ...(await db.sql<{ id: number; name: string }[]>`
    select u.id::int as id, u.name from user_roles ur join users u on u.id = ur.user_id where ur.role_id = ${roleId}
    order by u.name, u.id limit ${limit}`),
];

export const holdsRole = async (db: Database, userId: number, roleId: number): Promise<boolean> =>
  (await db.sql`select from user_roles where user_id = ${userId} and role_id = ${roleId}`).length > 0;

export const giveRole = async (tx: Transaction, userId: number, roleId: number): Promise<void> => {
  await tx.sql`insert into user_roles (user_id, role_id) values (${userId}, ${roleId}) on conflict do nothing`;
};

export const takeRole = async (tx: Transaction, userId: number, roleId: number): Promise<void> => {
  await tx.sql`delete from user_roles where user_id = ${userId} and role_id = ${roleId}`;
};
