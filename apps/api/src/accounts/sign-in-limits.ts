import { createHmac } from "node:crypto";
import type { Database } from "@countersign/db/client";
import {
  clearSignInFailures,
  type SignInPolicy,
  serverIdentity,
  takeSignInTry,
} from "@countersign/db/sign-in-failures";
import { RateLimiterMemory, type RateLimiterRes } from "rate-limiter-flexible";
import { networkOf } from "../http/client-ip.ts";
import { foldName } from "./names.ts";

export type SignInVerdict =
  | { allowed: true }
  | { allowed: false; retryAfterS: number; limit: "account" | "network" | "all" };

export type SignInLimits = {
  /**
   * Asks for one try and counts it as failed beforehand. Ask before any hashing; after a success call `succeeded`.
   * Known and unknown names are treated alike.
   */
  ask(name: string, ip: string | undefined): Promise<SignInVerdict>;
  /** Forgets the failures of a name; also for a password that an administrator has set anew. */
  succeeded(db: Database, name: string): Promise<void>;
};

export type SignInLimitsOptions = {
  db: Database;
  /** As they are set at this moment. */
  maxFailures: () => number;
  perNetworkPerMinute: () => number;
  perMinute?: number;
};

/**
 * Per account, kept in the database: five failures in a row are free, then the wait doubles from 2 s up to 15 min, and
 * after a hundred only one try a day is looked at, so that nobody can be locked out for good by a stranger.
 * Per IPv4 address or /64 and in all: tries a minute, in this process's memory.
 */
export const createSignInLimits = (options: SignInLimitsOptions): SignInLimits => {
  const { db, maxFailures, perNetworkPerMinute, perMinute = 200 } = options;
  const policy = (): SignInPolicy => ({
    maxFailures: maxFailures(),
    maxDelaySeconds: 900,
    stopAfter: 100,
    stopSeconds: 86_400,
  });
  let networks = new RateLimiterMemory({ points: perNetworkPerMinute(), duration: 60 });
  const all = new RateLimiterMemory({ points: perMinute, duration: 60 });
  return {
    ask: async (name, ip) => {
      const points = perNetworkPerMinute();
      if (networks.points !== points) networks = new RateLimiterMemory({ points, duration: 60 });
      // The narrow limit first: tries that it stops may not use up what all others share.
      const network = await secondsOver(networks, ip === undefined ? "unknown" : networkOf(ip));
      if (network > 0) return { allowed: false, retryAfterS: network, limit: "network" };
      const total = await secondsOver(all, "all");
      if (total > 0) return { allowed: false, retryAfterS: total, limit: "all" };
      const account = await takeSignInTry(db, await signInBucket(db, name), policy());
      return account === 0 ? { allowed: true } : { allowed: false, retryAfterS: account, limit: "account" };
    },
    succeeded: async (tx, name) => clearSignInFailures(tx, await signInBucket(tx, name)),
  };
};

/**
 * Where the failures of a name are counted: 24 bits of its hash, enough to tell the accounts of an office apart, too few
 * to find out what was typed, which is often a password in the wrong field. The hash is keyed, or somebody could make up a
 * name that shares the bucket of another, to lock that one out, or to empty it between two guesses by signing in.
 */
export const signInBucket = async (db: Database, name: string): Promise<Uint8Array> =>
  createHmac("sha256", await serverIdentity(db))
    .update(foldName(name))
    .digest()
    .subarray(0, 3);

const secondsOver = async (limiter: RateLimiterMemory, key: string): Promise<number> => {
  try {
    await limiter.consume(key);
    return 0;
  } catch (refusal) {
    if (refusal instanceof Error) throw refusal;
    return Math.max(1, Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1000));
  }
};
