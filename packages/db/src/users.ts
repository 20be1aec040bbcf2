import { type Feature, isFeature } from "@countersign/audit/features";
import type { Database } from "./client.ts";

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
