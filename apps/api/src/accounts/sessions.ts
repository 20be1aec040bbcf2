import { hash, randomBytes } from "node:crypto";
import type { Database } from "@countersign/db/client";
import {
  deleteSession,
  deleteSessionById,
  deleteSessionsOf,
  demandRenewal,
  insertSession,
  type OpenSession,
  readSession,
  reauthenticate,
  renewToken,
} from "@countersign/db/sessions";
import type { Transaction } from "@countersign/db/transaction";

export type { OpenSession } from "@countersign/db/sessions";

export type SessionsOptions = {
  db: Database;
  /** As they are set at this moment. */
  idleMinutes: () => number;
  absoluteHours: () => number;
  /** For how long this process answers from memory; a right taken away elsewhere takes effect that much later. */
  cacheMs?: number;
  now?: () => number;
};

export type Sessions = {
  /** Opens a session in the caller's transaction. The token is 256 random bits and is kept nowhere. */
  create(
    tx: Database,
    of: { userId: number; ip: string | undefined; userAgent: string | undefined },
  ): Promise<{
    id: number;
    token: string;
    expiresAt: string;
    absoluteSeconds: number;
  }>;
  find(token: string): Promise<OpenSession | undefined>;
  /** A new token for a session whose rights have changed, or undefined when another request was given it already. */
  renew(token: string): Promise<{ token: string; absoluteSeconds: number } | undefined>;
  /**
   * A new token for a session whose user has just given the password again, in the caller's transaction; undefined when it
   * has ended meanwhile.
   */
  reauthenticate(tx: Transaction, sessionId: number): Promise<{ token: string; absoluteSeconds: number } | undefined>;
  /** The rights of these users have changed: their sessions get new tokens at their next requests. */
  rightsChanged(tx: Transaction, userIds: readonly number[]): Promise<void>;
  /** Ends a session in the caller's transaction; false when it was over already. */
  end(tx: Database, token: string): Promise<boolean>;
  /** Ends all sessions of a user but one, as when disabled or given a new password; answers how many. */
  endAllOf(tx: Transaction, userId: number, exceptSessionId?: number): Promise<number>;
  /** Ends one session of a user, in the caller's transaction; false when there is none with this id. */
  endOne(tx: Transaction, userId: number, sessionId: number): Promise<boolean>;
  /** Reads everything anew: call it when users, roles or features have changed. */
  forget(): void;
};

/** Sessions of this process, over the `sessions` table. */
export const createSessions = (options: SessionsOptions): Sessions => {
  const { db, idleMinutes, absoluteHours, cacheMs = 1000, now = Date.now } = options;
  const known = new Map<string, { session: OpenSession; until: number }>();
  let cacheAgainAt = 0;

  const forget = (): void => {
    known.clear();
    // What was changed may not be committed yet: until it surely is, nothing that is read may be remembered.
    cacheAgainAt = now() + cacheMs;
  };

  const find = async (token: string): Promise<OpenSession | undefined> => {
    const tokenHash = hashOf(token);
    const key = tokenHash.toString("latin1");
    const startedAt = now();
    const remembered = known.get(key);
    if (remembered !== undefined && startedAt < remembered.until) return remembered.session;
    const session = await readSession(db, tokenHash, idleMinutes() * 60);
    if (session === undefined || session.renewDue || startedAt < cacheAgainAt) return session;
    if (known.size >= 10_000) known.clear();
    known.set(key, { session, until: Math.min(startedAt + cacheMs, Date.parse(session.expiresAt)) });
    return session;
  };

  return {
    find,
    forget,
    create: async (tx, { userId, ip, userAgent }) => {
      const token = newToken();
      const absoluteSeconds = absoluteHours() * 3600;
      const facts = { tokenHash: hashOf(token), userId, absoluteSeconds, ip: ip ?? null, userAgent: userAgent ?? null };
      const { id, expiresAt } = await insertSession(tx, facts);
      return { id, token, expiresAt, absoluteSeconds };
    },
    end: async (tx, token) => {
      forget();
      return deleteSession(tx, hashOf(token));
    },
    renew: async (token) => {
      const next = newToken();
      const renewed = await renewToken(db, hashOf(token), hashOf(next));
      if (renewed === undefined) return undefined;
      forget();
      return { token: next, absoluteSeconds: renewed.secondsLeft };
    },
    reauthenticate: async (tx, sessionId) => {
      const token = newToken();
      const renewed = await reauthenticate(tx, sessionId, hashOf(token));
      if (renewed === undefined) return undefined;
      tx.afterCommit(forget);
      return { token, absoluteSeconds: renewed.secondsLeft };
    },
    rightsChanged: async (tx, userIds) => {
      await demandRenewal(tx, userIds);
      tx.afterCommit(forget);
    },
    endAllOf: async (tx, userId, exceptSessionId) => {
      tx.afterCommit(forget);
      return deleteSessionsOf(tx, userId, exceptSessionId ?? null);
    },
    endOne: async (tx, userId, sessionId) => {
      tx.afterCommit(forget);
      return deleteSessionById(tx, userId, sessionId);
    },
  };
};

const newToken = (): string => randomBytes(32).toString("base64url");
const hashOf = (token: string): Buffer => hash("sha256", token, "buffer");
