import type { Database } from "@countersign/db/client";
import type { SystemSettings } from "@countersign/db/system-settings";
import { findSignInUser, renewPasswordHash, type SignInUser } from "@countersign/db/users";
import { type ApiKeys, createApiKeys } from "./api-keys.ts";
import { foldName } from "./names.ts";
import { createPasswords, HashingBusy, type Passwords } from "./passwords.ts";
import { type SessionCookie, sessionCookie } from "./session-cookie.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { createSignInLimits, type SignInLimits } from "./sign-in-limits.ts";

export type SignInCheck =
  | { outcome: "right"; user: SignInUser & { passwordHash: string } }
  /** Wrong, unknown or inactive: the caller must not learn which. `user` is whose name was given, if anybody's. */
  | { outcome: "wrong"; user: SignInUser | undefined }
  | { outcome: "limited"; retryAfterS: number; limit: "account" | "network" | "all" }
  /** Too many passwords are being checked; nothing was tried. */
  | { outcome: "busy" };

export type Accounts = {
  sessions: Sessions;
  keys: ApiKeys;
  passwords: Passwords;
  signInLimits: SignInLimits;
  cookie: SessionCookie;
  /** Whether this password is the one of this name's active user; the same work whoever it is. */
  checkSignIn(username: string, password: string, ip: string | undefined): Promise<SignInCheck>;
};

export type AccountsOptions = {
  db: Database;
  /** Whether browsers reach us by https. */
  https: boolean;
  /** As they are at this moment. */
  settings: () => SystemSettings;
  now: () => number;
  /** For how long sessions and keys are answered from memory. */
  cacheMs?: number;
  /** All sign-ins together. */
  signInsPerMinute?: number;
};

export const createAccounts = async (options: AccountsOptions): Promise<Accounts> => {
  const { db, https, settings, now, cacheMs, signInsPerMinute } = options;
  const sessions = createSessions({
    db,
    idleMinutes: () => settings()["session.idle_minutes"],
    absoluteHours: () => settings()["session.absolute_hours"],
    ...(cacheMs !== undefined && { cacheMs }),
    now,
  });
  const keys = createApiKeys({ db, now, cacheMs });
  const passwords = await createPasswords();
  const signInLimits = createSignInLimits({
    db,
    maxFailures: () => settings()["signin.max_failures"],
    perNetworkPerMinute: () => settings()["signin.per_minute_per_network"],
    ...(signInsPerMinute !== undefined && { perMinute: signInsPerMinute }),
  });

  const checkSignIn: Accounts["checkSignIn"] = async (username, password, ip) => {
    const verdict = await signInLimits.ask(username, ip);
    if (!verdict.allowed) return { outcome: "limited", retryAfterS: verdict.retryAfterS, limit: verdict.limit };
    const user = await findSignInUser(db, foldName(username));
    const stored = user?.active === true ? user.passwordHash : null;
    try {
      const { right, rehashed } = await passwords.verify(stored, password);
      if (!right || user === undefined || stored === null) return { outcome: "wrong", user };
      await signInLimits.succeeded(db, username);
      if (rehashed !== null) await renewPasswordHash(db, user.id, stored, rehashed);
      return { outcome: "right", user: { ...user, passwordHash: rehashed ?? stored } };
    } catch (error) {
      if (error instanceof HashingBusy) return { outcome: "busy" };
      throw error;
    }
  };

  return { sessions, keys, passwords, signInLimits, cookie: sessionCookie({ https }), checkSignIn };
};
