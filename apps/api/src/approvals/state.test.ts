import { expect, test } from "vitest";
import { DomainError } from "../domain/domain-error.ts";
import { type Step, stepTo, type Waiting } from "./state.ts";

/** The same numbers at each run. */
const numbers = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

const requester = 1;
const begin = (quorum: number): Waiting => ({
  state: "pending",
  requesterId: requester,
  quorum,
  expiresAt: 1000,
  approvedBy: [],
});
const reasonOf = (run: () => unknown): string | null => {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error.reason;
    throw error;
  }
};
const kinds = ["approve", "approve", "approve", "refuse", "withdraw", "expire", "fail"] as const;
const stepBy = (next: () => number): Step => {
  const kind = kinds[Math.floor(next() * kinds.length)] ?? "approve";
  return kind === "expire" || kind === "fail" ? { kind } : { kind, by: 1 + Math.floor(next() * 5) };
};

/** Random ways of 40 steps each; what holds after every step of every way. */
const ways = Array.from({ length: 500 }, (_, seed) => seed);
const walk = (seed: number, look: (before: Waiting, step: Step, after: Waiting | null, now: number) => void): void => {
  const next = numbers(seed);
  let request = begin(1 + (seed % 3));
  for (let count = 0; count < 40; count += 1) {
    const step = stepBy(next);
    const now = Math.floor(next() * 1100);
    let after: Waiting | null = null;
    try {
      after = stepTo(request, step, now);
    } catch (error) {
      expect(error).toBeInstanceOf(DomainError);
    }
    look(request, step, after, now);
    request = after ?? request;
  }
};

test("a closed request never moves again", () => {
  for (const seed of ways)
    walk(seed, ({ state }, _, after) => expect(state === "pending" || after === null).toBe(true));
});

test("it is approved exactly when as many different people approved in time as are needed, never the one who asked", () => {
  for (const seed of ways) {
    walk(seed, (_, step, after, now) => {
      if (after === null) return;
      expect(new Set(after.approvedBy).size).toBe(after.approvedBy.length);
      expect(after.approvedBy).not.toContain(requester);
      expect(after.state === "approved").toBe(after.approvedBy.length >= after.quorum && step.kind === "approve");
      if (step.kind === "approve" || step.kind === "refuse") expect(now).toBeLessThan(after.expiresAt);
    });
  }
});

test("only the one who asked withdraws, and only the clock expires", () => {
  for (const seed of ways) {
    walk(seed, (_, step, after, now) => {
      if (after?.state === "withdrawn") expect(step).toEqual({ kind: "withdraw", by: requester });
      if (after?.state === "expired") expect([step.kind, now >= after.expiresAt]).toEqual(["expire", true]);
      if (after?.state === "failed") expect(step.kind).toBe("fail");
    });
  }
});

test.each([
  [{ kind: "approve", by: requester }, 0, "own_request"],
  [{ kind: "refuse", by: requester }, 0, "own_request"],
  [{ kind: "withdraw", by: 2 }, 0, "not_own_request"],
  [{ kind: "approve", by: 2 }, 1000, "expired_request"],
  [{ kind: "refuse", by: 2 }, 1000, "expired_request"],
  [{ kind: "expire" }, 999, "not_expired"],
] as [Step, number, string][])("%j at %i is refused as %s", (step, now, reason) => {
  expect(reasonOf(() => stepTo(begin(1), step, now))).toBe(reason);
});

test("the same person counts once", () => {
  const once = stepTo(begin(2), { kind: "approve", by: 2 }, 0);
  expect(reasonOf(() => stepTo(once, { kind: "approve", by: 2 }, 0))).toBe("already_decided");
  expect(stepTo(once, { kind: "approve", by: 3 }, 0).state).toBe("approved");
});
