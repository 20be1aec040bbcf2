import { expect, test } from "vitest";
import { backoffMs } from "./backoff.ts";

test("the wait doubles and stops at 30 s, however often a job failed", () => {
  const waits = [1, 2, 3, 4, 8, 9, 1000].map((tries) => backoffMs(250, tries, () => 0));
  expect(waits).toEqual([250, 500, 1000, 2000, 30_000, 30_000, 30_000]);
});

test("chance takes up to half of the wait, so that jobs that failed together do not return together", () => {
  expect([0, 0.5, 1].map((chance) => backoffMs(1000, 1, () => chance))).toEqual([1000, 750, 500]);
});
