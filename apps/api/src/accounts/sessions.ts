import { hash, randomBytes } from "node:crypto";
import type { Database } from "@countersign/db/client";
import {
  deleteSession,
  deleteSessionsOf,
  insertSession,
  type OpenSession,
  readSession,
} from "@countersign/db/sessions";

export type { OpenSession } from "@countersign/db/sessions";

export type SessionsOptions = {
  db: Database;
  idleMinutes: number;
  absoluteHours: number;
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
    token: string;
    expiresAt: string;
    absoluteSeconds: number;
  }>;
  find(token: string): Promise<OpenSession | undefined>;
  /** Ends a session in the caller's transaction; false when it was over already. */
  end(tx: Database, token: string): Promise<boolean>;
  /** Ends all sessions of a user but one, as when disabled or given a new password; answers how many. */
  endAllOf(tx: Database, userId: number, exceptSessionId?: number): Promise<number>;
  /** Reads everything anew: call it when users, roles or features have changed. */
  forget(): void;
};

/** Sessions of this process, over the `sessions` table. */
export const createSessions = (options: SessionsOptions): Sessions => {
  const { db, idleMinutes, absoluteHours, cacheMs = 1000, now = Date.now } = options;
  const absoluteSeconds = absoluteHours * 3600;
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
    const session = await readSession(db, tokenHash, idleMinutes * 60);
    if (session === undefined || startedAt < cacheAgainAt) return session;
    if (known.size >= 10_000) known.clear();
    known.set(key, { session, until: Math.min(startedAt + cacheMs, Date.parse(session.expiresAt)) });
    return session;
  };

  return {
    find,
    forget,
    create: async (tx, { userId, ip, userAgent }) => {
      const token = randomBytes(32).toString("base64url");
      const facts = { tokenHash: hashOf(token), userId, absoluteSeconds, ip: ip ?? null, userAgent: userAgent ?? null };
      const { expiresAt } = await insertSession(tx, facts);
      return { token, expiresAt, absoluteSeconds };
    },
    end: async (tx, token) => {
      forget();
      return deleteSession(tx, hashOf(token));
    },
    endAllOf: async (tx, userId, exceptSessionId) => {
      forget();
      return deleteSessionsOf(tx, userId, exceptSessionId ?? null);
    },
  };
};

const hashOf = (token: string): Buffer => hash("sha256", token, "buffer");
