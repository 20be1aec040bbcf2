import { expect, test } from "vitest";
import { retryAfterMs, waitMs } from "./backoff.ts";

const limits = { firstMs: 200, mostMs: 30_000 };
const longest = (attempts: number, more = {}) =>
  waitMs(limits, { attempts, isLasting: false, retryAfterMs: 0, ...more }, () => 1);
const shortest = (attempts: number, more = {}) =>
  waitMs(limits, { attempts, isLasting: false, retryAfterMs: 0, ...more }, () => 0);

test("the limit of the wait doubles with each try up to its most, and the wait is anything below", () => {
  expect([1, 2, 3, 8, 9, 5000].map((attempts) => longest(attempts))).toEqual([200, 400, 800, 25_600, 30_000, 30_000]);
  expect([1, 9].map((attempts) => shortest(attempts))).toEqual([0, 0]);
});

test("nobody comes earlier than the server asked, and not all at once after it", () => {
  expect(shortest(1, { retryAfterMs: 7000 })).toBe(7000);
  expect(longest(2, { retryAfterMs: 7000 })).toBe(7400);
});

test("what does not mend by itself is tried slowly from the first time", () => {
  expect([shortest(1, { isLasting: true }), longest(1, { isLasting: true })]).toEqual([15_000, 30_000]);
});

test.each([
  [null, 0],
  ["3", 3000],
  ["Sun, 01 Nov 2026 00:00:05 GMT", 5000],
  ["Sat, 31 Oct 2026 00:00:00 GMT", 0],
  ["soon", 0],
  ["-3", 0],
  ["86400", 300_000],
])("Retry-After %s is %i ms", (header, ms) => {
  expect(retryAfterMs(header, Date.UTC(2026, 10, 1))).toBe(ms);
});
