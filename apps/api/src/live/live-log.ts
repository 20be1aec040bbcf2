import type { Feature } from "@countersign/audit/features";
import { usableKeys } from "@countersign/db/api-keys";
import type { Database } from "@countersign/db/client";
import { onLogSignal } from "@countersign/db/log-signal";
import { sessionsHolding } from "@countersign/db/sessions";
import { DomainError } from "../domain/domain-error.ts";
import { forbidden, unauthenticated } from "../trpc/access.ts";
import type { Caller } from "../trpc/context.ts";
import { type LogState, readLogState } from "./log-state.ts";

/** Somebody who watches the log grow. */
export type Follower = {
  /** The state of the log as soon as there is one that this follower has not seen; null when the watching is over. Throws why it was ended. */
  next: () => Promise<LogState | null>;
  isOver: () => boolean;
  leave: () => void;
};

export type LiveLog = {
  /**
   * Throws `too_many_streams`, or `unavailable` while this process ends. Until `signal` aborts or `leave` is called, and for
   * as long as the caller holds the feature.
   */
  join: (caller: Caller, signal: AbortSignal | undefined, feature?: Feature) => Follower;
  /** How many watch at this moment. */
  followers: () => number;
  /** Ends all watching, as when this process is about to end. */
  stop: () => void;
};

export type LiveLogOptions = {
  db: Database;
  now: () => number;
  idleMinutes: () => number;
  onError: (error: unknown) => void;
  /** How often rights are looked at again, and the log without being told. */
  tickMs?: number;
  /** How long at least between two looks at the log. */
  pauseMs?: number;
  perCaller?: number;
  perProcess?: number;
};

const tooMany = (message: string) => new DomainError("too-many", "too_many_streams", message, { retryAfterS: 30 });
const ending = () =>
  new DomainError("unavailable", "unavailable", "This server is about to end. Connect again.", { retryAfterS: 1 });

type Joined = {
  caller: Caller;
  feature: Feature;
  seen: number;
  refusal: DomainError | null;
  isOver: boolean;
  wake: () => void;
};

/**
 * One ear for the whole process: what the sealer tells, and a look of its own every other second in case nothing was told,
 * wakes whoever watches. Followers hold nothing but their place, so a slow one costs no memory. Nothing is read while
 * nobody watches.
 */
export const createLiveLog = (options: LiveLogOptions): LiveLog => {
  const { db, now, idleMinutes, onError, tickMs = 2000, pauseMs = 200, perCaller = 4, perProcess = 200 } = options;
  const joined = new Set<Joined>();
  let state: LogState | null = null;
  let version = 0;
  let isReading = false;
  let isDue = false;
  let isListening = false;
  let isStopped = false;
  let timer: ReturnType<typeof setInterval> | undefined;

  const look = async (): Promise<void> => {
    if (joined.size === 0) return;
    isDue = true;
    if (isReading) return;
    isReading = true;
    try {
      while (isDue && joined.size > 0) {
        isDue = false;
        const found = await readLogState(db, now());
        if (state === null || differs(state, found)) version += 1;
        state = found;
        for (const follower of joined) follower.wake();
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    } catch (error) {
      onError(error);
    } finally {
      isReading = false;
    }
  };

  const listen = async (): Promise<void> => {
    if (isListening) return;
    isListening = true;
    try {
      await onLogSignal(db, () => void look());
    } catch (error) {
      isListening = false;
      onError(error);
    }
  };

  const end = (follower: Joined, refusal: DomainError | null): void => {
    joined.delete(follower);
    follower.refusal = refusal;
    follower.isOver = true;
    follower.wake();
    if (joined.size > 0) return;
    clearInterval(timer);
    timer = undefined;
    state = null;
  };

  /** Ends the watching of whoever may not any more. */
  const askRights = async (): Promise<void> => {
    for (const feature of new Set([...joined].map((one) => one.feature))) await askRightsOf(feature);
  };

  const askRightsOf = async (feature: Feature): Promise<void> => {
    const asked = [...joined].filter((one) => one.feature === feature);
    const idsOf = (type: Caller["type"]) => asked.flatMap(({ caller }) => (caller.type === type ? [caller.id] : []));
    const holding = await sessionsHolding(db, idsOf("user"), feature, idleMinutes() * 60);
    const keys = await usableKeys(db, idsOf("api_key"), new Date(now()).toISOString());
    for (const follower of asked) {
      if (follower.isOver) continue;
      const { type, id } = follower.caller;
      if (type === "api_key" ? !keys.has(id) : !holding.has(id)) end(follower, unauthenticated());
      else if (type === "user" && holding.get(id) === false) end(follower, forbidden(feature));
    }
  };

  const tick = (): void => {
    askRights().catch(onError);
    void listen();
    void look();
  };

  const join: LiveLog["join"] = (caller, signal, feature = "audit.read") => {
    if (isStopped) throw ending();
    const own = [...joined].filter((other) => other.caller.type === caller.type && other.caller.id === caller.id);
    if (own.length >= perCaller) throw tooMany(`${perCaller} live views are open already in this session. Close one.`);
    if (joined.size >= perProcess) throw tooMany("Too many live views are open. Try again later.");
    const follower: Joined = { caller, feature, seen: -1, refusal: null, isOver: false, wake: () => undefined };
    const leave = (): void => {
      if (joined.has(follower)) end(follower, null);
    };
    joined.add(follower);
    signal?.addEventListener("abort", leave, { once: true });
    if (signal?.aborted) leave();
    timer ??= setInterval(tick, tickMs).unref();
    void listen();
    void look();
    const next = async (): Promise<LogState | null> => {
      while (!follower.isOver && (state === null || follower.seen === version)) {
        await new Promise<void>((resolve) => {
          follower.wake = resolve;
        });
      }
      if (follower.refusal !== null) throw follower.refusal;
      if (follower.isOver) return null;
      follower.seen = version;
      return state;
    };
    return { next, isOver: () => follower.isOver, leave };
  };

  return {
    join,
    followers: () => joined.size,
    stop: () => {
      isStopped = true;
      for (const follower of [...joined]) end(follower, null);
    },
  };
};

const differs = (
  { at: _a, oldestKeptSeconds: _b, ...one }: LogState,
  { at: _c, oldestKeptSeconds: _d, ...other }: LogState,
) => JSON.stringify(one) !== JSON.stringify(other);
