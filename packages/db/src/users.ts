import { type Feature, isFeature } from "@countersign/audit/features";
import type { Database } from "./client.ts";
import type { Transaction } from "./transaction.ts";

/** A user with what the roles of this moment allow. Role names sorted, features without repeats. */
export type Account = {
  id: number;
  username: string;
  name: string;
  mustChangePassword: boolean;
  roles: string[];
  features: Feature[];
};

type AccountRow = Omit<Account, "features"> & { features: string[] };

/** The columns of an `AccountRow`, read from `users u`. */
export const accountColumns = `u.id::int as id, u.username, u.name, u.must_change_password as "mustChangePassword",
  array(select r.name from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = u.id order by r.name) as roles,
  array(select distinct rf.feature from user_roles ur join role_features rf on rf.role_id = ur.role_id
    where ur.user_id = u.id order by 1) as features`;

/** A feature that this version does not know grants nothing. */
export const toAccount = ({ id, username, name, mustChangePassword, roles, features }: AccountRow): Account => ({
  id,
  username,
  name,
  mustChangePassword,
  roles: [...roles],
  features: features.filter(isFeature),
});

/** An active user with roles and features, or nothing. */
export const findAccount = async (db: Database, userId: number): Promise<Account | undefined> => {
  const [row] = await db.sql<AccountRow[]>`
    select ${db.sql.unsafe(accountColumns)} from users u where u.id = ${userId} and u.status = 'active'`;
  return row === undefined ? undefined : toAccount(row);
};

/** Who a folded name belongs to, in whatever state; for sign-in and nothing else. */
export type SignInUser = { id: number; username: string; name: string; active: boolean; passwordHash: string | null };

export const findSignInUser = async (db: Database, usernameFolded: string): Promise<SignInUser | undefined> =>
  (
    await db.sql<SignInUser[]>`
      select id::int as id, username, name, status = 'active' as active, password_hash as "passwordHash"
      from users where username_folded = ${usernameFolded}`
  )[0];

/** Replaces a hash by one of the same password with newer parameters, unless the password was changed meanwhile. */
export const renewPasswordHash = async (db: Database, userId: number, from: string, to: string): Promise<void> => {
  await db.sql`update users set password_hash = ${to} where id = ${userId} and password_hash = ${from}`;
};

export const findUserName = async (db: Database, userId: number): Promise<string | undefined> =>
  (await db.sql<{ name: string }[]>`select name from users where id = ${userId}`)[0]?.name;

export type FirstUser = {
  username: string;
  name: string;
  passwordHash: string;
  mustChangePassword: boolean;
  role: { name: string; description: string; features: readonly string[] };
};

/** Creates the first user with a role that is made if it is missing; null when there is a user already. */
export const createFirstUser = async (tx: Transaction, user: FirstUser): Promise<number | null> => {
  const { role } = user;
  await tx.sql`select pg_advisory_xact_lock(hashtext('countersign.first-user'))`;
  if ((await tx.sql`select from users limit 1`).length > 0) return null;
  const [made] = await tx.sql<{ id: number }[]>`
    insert into roles (name, name_folded, description) values (${role.name}, ${role.name.toLowerCase()}, ${role.description})
    on conflict (name_folded) do update set description = excluded.description returning id::int as id`;
  const [admin] = await tx.sql<{ id: number }[]>`
    insert into users (username, username_folded, name, password_hash, must_change_password)
    values (${user.username}, ${user.username.toLowerCase()}, ${user.name}, ${user.passwordHash}, ${user.mustChangePassword})
    returning id::int as id`;
  if (made === undefined || admin === undefined) throw new Error("the first user was not inserted");
  for (const feature of role.features) {
    await tx.sql`insert into role_features (role_id, feature) values (${made.id}, ${feature}) on conflict do nothing`;
  }
  await tx.sql`insert into user_roles (user_id, role_id) values (${admin.id}, ${made.id})`;
  return admin.id;
};
