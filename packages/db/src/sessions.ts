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

const iso = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Opens a session and clears away those of the same user that are over; answers the end at the latest. */
export const insertSession = async (db: Database, session: NewSession): Promise<{ id: number; expiresAt: string }> => {
  const { tokenHash, userId, absoluteSeconds, ip, userAgent } = session;
  const [row] = await db.sql<{ id: number; expiresAt: string }[]>`
    with over as (delete from sessions where user_id = ${userId} and expires_at <= now())
    insert into sessions (token_hash, user_id, expires_at, ip, user_agent)
    values (${tokenHash}, ${userId}, now() + make_interval(secs => ${absoluteSeconds}), ${ip}, ${userAgent})
    returning id::int as id, ${db.sql.unsafe(iso("expires_at"))} as "expiresAt"`;
  if (row === undefined) throw new Error("the session was not inserted");
  return row;
};

export type OpenSession = { sessionId: number; createdAt: string; expiresAt: string; account: Account };

type SessionRow = Parameters<typeof toAccount>[0] & Omit<OpenSession, "account">;

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
      ${sql.unsafe(iso("s.expires_at"))} as "expiresAt", ${sql.unsafe(accountColumns)}
    from sessions s join users u on u.id = s.user_id
    where s.token_hash = ${tokenHash} and s.expires_at > now()
      and s.last_seen_at > now() - make_interval(secs => ${idleSeconds}) and u.status = 'active'`;
  if (row === undefined) return undefined;
  const { sessionId, createdAt, expiresAt } = row;
  return { sessionId, createdAt, expiresAt, account: toAccount(row) };
};

/** Ends one session; false when it was over already. */
export const deleteSession = async (db: Database, tokenHash: Uint8Array): Promise<boolean> =>
  (await db.sql`delete from sessions where token_hash = ${tokenHash} returning id`).length > 0;

/** Ends all sessions of a user but `exceptId`; answers how many ended. */
export const deleteSessionsOf = async (db: Database, userId: number, exceptId: number | null = null): Promise<number> =>
  (await db.sql`delete from sessions where user_id = ${userId} and id is distinct from ${exceptId} returning id`)
    .length;
