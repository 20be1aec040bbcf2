import { expect, test } from "vitest";
import type { LogState } from "./live-client.ts";
import { storedLight } from "./stored-light.ts";

const told = (waitingEvents: number, oldestKeptSeconds: number | null) => ({
  state: { waitingEvents, oldestKeptSeconds } as LogState,
  atMs: 100_000,
});
const says = (state: ReturnType<typeof told>, nowMs: number, isLive: boolean) => {
  const { tone, title } = storedLight(state, nowMs, isLive);
  return [tone, title];
};

test("all is stored, now while it is live, else as of the last look, which grows old", () => {
  expect(says(told(0, null), 400_000, true)).toEqual(["good", "All stored, now"]);
  expect(says(told(0, null), 112_000, false)).toEqual(["good", "All stored, 12 s ago"]);
  expect(says(told(0, null), 220_000, false)).toEqual(["open", "All stored, 2 min ago"]);
});

test("what waits for a moment is on the way; what waits for longer is late", () => {
  expect(says(told(3, 0.4), 100_000, true)).toEqual(["open", "3 on the way"]);
  expect(says(told(3, 0.4), 130_000, true)).toEqual(["bad", "3 not stored, oldest 30 s"]);
  expect(says(told(12, 34), 100_000, false)).toEqual(["bad", "12 not stored, oldest 34 s"]);
});

test("a wait that was short when it was looked at is not called long for having been looked at long ago", () => {
  expect(says(told(3, 0.4), 500_000, false)).toEqual(["open", "3 on the way"]);
});
