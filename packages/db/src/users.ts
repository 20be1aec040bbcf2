import { type Feature, isFeature } from "@countersign/audit/features";
import { iso } from "./answered-columns.ts";
import type { Database } from "./client.ts";
import { containing } from "./like.ts";
import { type Order, type Place, readingOrder, type SortKey, sortedBy } from "./sorted-pages.ts";
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

/**
 * The same, if the password is still the one with this hash, and held until the transaction ends: whoever changes the
 * password or the status, and ends all sessions, comes wholly before or wholly after.
 */
export const holdAccount = async (
  tx: Transaction,
  userId: number,
  passwordHash: string,
): Promise<Account | undefined> => {
  const [row] = await tx.sql<AccountRow[]>`
    select ${tx.sql.unsafe(accountColumns)} from users u
    where u.id = ${userId} and u.status = 'active' and u.password_hash = ${passwordHash} for no key update of u`;
  return row === undefined ? undefined : toAccount(row);
};

/** Who a folded name belongs to, in whatever state; for sign-in and nothing else. */
export type SignInUser = { id: number; username: string; name: string; active: boolean; passwordHash: string | null };

const signInColumns = `id::int as id, username, name, status = 'active' as active, password_hash as "passwordHash"`;

export const findSignInUser = async (db: Database, usernameFolded: string): Promise<SignInUser | undefined> =>
  (
    await db.sql<SignInUser[]>`
      select ${db.sql.unsafe(signInColumns)} from users where username_folded = ${usernameFolded}`
  )[0];

/** What the password of somebody who is signed in is held against. */
export const findPasswordHash = async (db: Database, userId: number): Promise<string | null> =>
  (await db.sql<{ hash: string | null }[]>`select password_hash as hash from users where id = ${userId}`)[0]?.hash ??
  null;

/** Replaces a hash by one of the same password with newer parameters, unless the password was changed meanwhile. */
export const renewPasswordHash = async (db: Database, userId: number, from: string, to: string): Promise<void> => {
  await db.sql`update users set password_hash = ${to} where id = ${userId} and password_hash = ${from}`;
};

export const findUserName = async (db: Database, userId: number): Promise<string | undefined> =>
  (await db.sql<{ name: string }[]>`select name from users where id = ${userId}`)[0]?.name;

export type UserStatus = "active" | "inactive";

/** A user as others see it. Times are ISO 8601 UTC; roles by name. */
export type User = {
  id: number;
  username: string;
  name: string;
  email: string | null;
  status: UserStatus;
  isProtected: boolean;
  mustChangePassword: boolean;
  roles: { id: number; name: string }[];
  lastSeenAt: string | null;
  lastSignInAt: string | null;
  createdAt: string;
  updatedAt: string;
  version: number;
};

const userColumns = `u.id::int as id, username, u.name, email, u.status, is_protected_user(u.id) as "isProtected",
  must_change_password as "mustChangePassword",
  coalesce((select json_agg(json_build_object('id', r.id, 'name', r.name) order by r.name)
    from user_roles ur join roles r on r.id = ur.role_id where ur.user_id = u.id), '[]') as roles,
  (select ${iso("max(last_seen_at)")} from sessions s where s.user_id = u.id) as "lastSeenAt",
  ${iso("u.last_sign_in_at")} as "lastSignInAt",
  ${iso("u.created_at")} as "createdAt", ${iso("u.updated_at")} as "updatedAt", u.version`;

export const findUser = async (db: Database, id: number): Promise<User | undefined> =>
  (await db.sql<User[]>`select ${db.sql.unsafe(userColumns)} from users u where u.id = ${id}`)[0];

/** A user, the row locked until the transaction ends. */
export const lockUser = async (tx: Transaction, id: number): Promise<User | undefined> =>
  (await tx.sql<User[]>`select ${tx.sql.unsafe(userColumns)} from users u where u.id = ${id} for update of u`)[0];

export type UserFilter = {
  /** In names, usernames and addresses. */
  search?: string | undefined;
  status?: UserStatus | undefined;
  roleId?: number | undefined;
};

/** What users can be sorted by; who never signed in comes before all others. */
const sortKeys = {
  name: { sql: readingOrder("u.name"), type: "text" },
  username: { sql: readingOrder("u.username"), type: "text" },
  lastSignIn: {
    sql: `to_char(coalesce(u.last_sign_in_at, 'epoch') at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')`,
    type: "text",
  },
} as const satisfies Record<string, SortKey>;

export type UserSort = keyof typeof sortKeys;
export const userSorts = Object.keys(sortKeys) as [UserSort, ...UserSort[]];

/** At most `limit`, strictly after a place; in the order of their ids unless another is given. */
export const listUsers = async (
  db: Database,
  filter: UserFilter,
  { order, after, limit }: { order: Order<UserSort> | null; after: Place | null; limit: number },
): Promise<(User & { sortKey: string })[]> => {
  const { sql } = db;
  const parts = [sql`true`];
  if (filter.status !== undefined) parts.push(sql`u.status = ${filter.status}`);
  if (filter.roleId !== undefined)
    parts.push(sql`exists (select from user_roles where user_id = u.id and role_id = ${filter.roleId})`);
  if (filter.search !== undefined) {
    const pattern = containing(filter.search);
    parts.push(
      sql`(normalize(u.name) ilike ${pattern} or normalize(username) ilike ${pattern} or normalize(email) ilike ${pattern})`,
    );
  }
  const where = parts.reduce((all, part) => sql`${all} and ${part}`);
  const sorting = sortedBy(sql, order === null ? null : sortKeys[order.by], {
    id: "u.id",
    isDescending: order?.isDescending ?? false,
    after,
  });
  return [
    ...(await sql<(User & { sortKey: string })[]>`
      select ${sql.unsafe(userColumns)}, ${sorting.key} from users u
      where ${where} and ${sorting.from} order by ${sorting.order} limit ${limit}`),
  ];
};

export type NewUser = {
  username: string;
  usernameFolded: string;
  name: string;
  email: string | null;
  passwordHash: string | null;
  mustChangePassword: boolean;
};

/** Inserts an active user; undefined when the name is taken. */
export const insertUser = async (tx: Transaction, user: NewUser, at: string): Promise<User | undefined> => {
  const [row] = await tx.sql<{ id: number }[]>`
    insert into users (username, username_folded, name, email, password_hash, must_change_password, created_at, updated_at)
    values (${user.username}, ${user.usernameFolded}, ${user.name}, ${user.email}, ${user.passwordHash}, ${user.mustChangePassword}, ${at}, ${at})
    on conflict (username_folded) do nothing returning id::int as id`;
  return row === undefined ? undefined : findUser(tx, row.id);
};

export type UserPatch = Partial<Omit<NewUser, "usernameFolded">> & { usernameFolded?: string; status?: UserStatus };

const columnOf = {
  username: "username",
  usernameFolded: "username_folded",
  name: "name",
  email: "email",
  passwordHash: "password_hash",
  mustChangePassword: "must_change_password",
  status: "status",
} as const satisfies Record<keyof UserPatch, string>;

/** Changes a locked user and raises the version; the name must be free. */
export const updateUser = async (tx: Transaction, id: number, patch: UserPatch, at: string): Promise<User> => {
  const columns: { [column: string]: string | boolean | null } = { updated_at: at };
  for (const [field, value] of Object.entries(patch)) columns[columnOf[field as keyof UserPatch]] = value;
  await tx.sql`update users set ${tx.sql(columns)}, version = version + 1 where id = ${id}`;
  const user = await findUser(tx, id);
  if (user === undefined) throw new Error(`user ${id} is gone although its row was locked`);
  return user;
};

export const deleteUser = async (tx: Transaction, id: number): Promise<void> => {
  await tx.sql`delete from users where id = ${id}`;
};

export const isUsernameTaken = async (db: Database, folded: string, exceptId: number): Promise<boolean> =>
  (await db.sql`select from users where username_folded = ${folded} and id <> ${exceptId}`).length > 0;

/** How many permits somebody works on. */
export const countAssigned = async (db: Database, userId: number): Promise<number> =>
  Number((await db.sql`select count(*)::int as count from permits where assigned_to = ${userId}`)[0]?.count);

/** Every feature that the roles of a user hold, whether the user is active or not. */
export const featuresOfUser = async (db: Database, userId: number): Promise<string[]> =>
  (
    await db.sql<{ feature: string }[]>`
      select distinct feature from user_roles join role_features using (role_id) where user_id = ${userId} order by 1`
  ).map(({ feature }) => feature);
