import { iso } from "./answered-columns.ts";
import type { Database } from "./client.ts";
import { type Account, accountColumns, toAccount } from "./users.ts";

export type NewSession = {
  /** SHA-256 of the token. */
  tokenHash: Uint8Array;
  userId: number;
  absoluteSeconds: number;
  ip: string | null;
  userAgent: string | null;
};

const expiresAt = `${iso("expires_at")} as "expiresAt"`;

/** Opens a session, notes that the user signed in, and clears away sessions of the same user that are over; answers the end at the latest. */
export const insertSession = async (db: Database, session: NewSession): Promise<{ id: number; expiresAt: string }> => {
  const { tokenHash, userId, absoluteSeconds, ip, userAgent } = session;
  const [row] = await db.sql<{ id: number; expiresAt: string }[]>`
    with over as (delete from sessions where user_id = ${userId} and expires_at <= now()),
      noted as (update users set last_sign_in_at = now() where id = ${userId})
    insert into sessions (token_hash, user_id, expires_at, ip, user_agent)
    values (${tokenHash}, ${userId}, now() + make_interval(secs => ${absoluteSeconds}), ${ip}, ${userAgent})
    returning id::int as id, ${db.sql.unsafe(expiresAt)}`;
  if (row === undefined) throw new Error("the session was not inserted");
  return row;
};

export type OpenSession = {
  sessionId: number;
  createdAt: string;
  expiresAt: string;
  authenticatedAt: string;
  /** The rights of the user have changed since the token was given out. */
  renewDue: boolean;
  account: Account;
};

type SessionRow = Parameters<typeof toAccount>[0] & Omit<OpenSession, "account">;

/** For how long the token before a renewal still opens the session, so that requests under way are not cut off. */
const graceSeconds = 60;

/**
 * The open session of a token hash with its user, roles and features in one query: not past its end, not idle for
 * longer than `idleSeconds`, of an active user. Notes that it was seen, at most every `touchSeconds`.
 */
export const readSession = async (
  db: Database,
  tokenHash: Uint8Array,
  idleSeconds: number,
  touchSeconds = 30,
): Promise<OpenSession | undefined> => {
  const { sql } = db;
  const [row] = await sql<SessionRow[]>`
    with touched as (
      update sessions set last_seen_at = now()
      where token_hash = ${tokenHash} and expires_at > now() and last_seen_at > now() - make_interval(secs => ${idleSeconds})
        and last_seen_at <= now() - make_interval(secs => ${touchSeconds})
    )
    select s.id::int as "sessionId", ${sql.unsafe(iso("s.created_at"))} as "createdAt",
      ${sql.unsafe(iso("s.expires_at"))} as "expiresAt", ${sql.unsafe(iso("s.authenticated_at"))} as "authenticatedAt",
      s.renew_due and s.token_hash = ${tokenHash} as "renewDue", ${sql.unsafe(accountColumns)}
    from sessions s join users u on u.id = s.user_id
    where (s.token_hash = ${tokenHash}
        or (s.previous_token_hash = ${tokenHash} and s.renewed_at > now() - make_interval(secs => ${graceSeconds})))
      and s.expires_at > now() and s.last_seen_at > now() - make_interval(secs => ${idleSeconds}) and u.status = 'active'`;
  if (row === undefined) return undefined;
  const { sessionId, createdAt, expiresAt, authenticatedAt, renewDue } = row;
  return { sessionId, createdAt, expiresAt, authenticatedAt, renewDue, account: toAccount(row) };
};

/** Whether open sessions still hold a feature, by their ids; one that has ended is missing. Does not count as being seen. */
export const sessionsHolding = async (
  db: Database,
  sessionIds: readonly number[],
  feature: string,
  idleSeconds: number,
): Promise<Map<number, boolean>> => {
  const rows = await db.sql<{ id: number; holds: boolean }[]>`
    select s.id::int as id, not u.must_change_password and exists (select from user_roles ur
      join role_features rf on rf.role_id = ur.role_id where ur.user_id = u.id and rf.feature = ${feature}) as holds
    from sessions s join users u on u.id = s.user_id
    where s.id = any(${`{${sessionIds.join(",")}}`}::text::bigint[]) and s.expires_at > now()
      and s.last_seen_at > now() - make_interval(secs => ${idleSeconds}) and u.status = 'active'`;
  return new Map(rows.map(({ id, holds }) => [id, holds]));
};

/** Asks for a new token at the next request of each session of these users. */
export const demandRenewal = async (db: Database, userIds: readonly number[]): Promise<void> => {
  await db.sql`update sessions set renew_due = true where user_id = any(${`{${userIds.join(",")}}`}::text::bigint[])`;
};

/** Replaces the token of a session that is due; undefined when another request was first. */
export const renewToken = async (
  db: Database,
  from: Uint8Array,
  to: Uint8Array,
): Promise<{ secondsLeft: number } | undefined> =>
  (
    await db.sql<{ secondsLeft: number }[]>`
      update sessions set token_hash = ${to}, previous_token_hash = ${from}, renewed_at = now(), renew_due = false
      where token_hash = ${from} and renew_due and expires_at > now()
      returning greatest(1, extract(epoch from expires_at - now()))::int as "secondsLeft"`
  )[0];

/** Notes that the password was given again, under a new token; the old one is void at once. */
export const reauthenticate = async (
  db: Database,
  sessionId: number,
  tokenHash: Uint8Array,
): Promise<{ expiresAt: string; secondsLeft: number } | undefined> =>
  (
    await db.sql<{ expiresAt: string; secondsLeft: number }[]>`
      update sessions set token_hash = ${tokenHash}, previous_token_hash = null, renew_due = false, authenticated_at = clock_timestamp()
      where id = ${sessionId} returning ${db.sql.unsafe(expiresAt)}, greatest(1, extract(epoch from expires_at - now()))::int as "secondsLeft"`
  )[0];

export type ListedSession = {
  id: number;
  createdAt: string;
  lastSeenAt: string;
  expiresAt: string;
  ip: string | null;
  userAgent: string | null;
};

/** The open sessions of a user, the one used last first; at most `limit`. */
export const listSessions = async (
  db: Database,
  userId: number,
  idleSeconds: number,
  limit: number,
): Promise<ListedSession[]> => [
  ...(await db.sql<ListedSession[]>`
    select id::int as id, ${db.sql.unsafe(iso("created_at"))} as "createdAt", ${db.sql.unsafe(iso("last_seen_at"))} as "lastSeenAt",
      ${db.sql.unsafe(expiresAt)}, ip, user_agent as "userAgent"
    from sessions where user_id = ${userId} and expires_at > now() and last_seen_at > now() - make_interval(secs => ${idleSeconds})
    order by last_seen_at desc, id desc limit ${limit}`),
];

/** Ends one session; false when it was over already. */
export const deleteSession = async (db: Database, tokenHash: Uint8Array): Promise<boolean> =>
  (
    await db.sql`delete from sessions where token_hash = ${tokenHash} or previous_token_hash = ${tokenHash} returning id`
  ).length > 0;

export const deleteSessionById = async (db: Database, userId: number, sessionId: number): Promise<boolean> =>
  (await db.sql`delete from sessions where id = ${sessionId} and user_id = ${userId} returning id`).length > 0;

/** Ends all sessions of a user but `exceptId`; answers how many ended. */
export const deleteSessionsOf = async (db: Database, userId: number, exceptId: number | null = null): Promise<number> =>
  (await db.sql`delete from sessions where user_id = ${userId} and id is distinct from ${exceptId} returning id`)
    .length;
