import { expect, test } from "vitest";
import { isUrgent, timeLeft } from "./time-left.ts";

const now = Date.parse("2026-11-23T10:00:00Z");
test.each([
  ["2026-11-26T10:00:00Z", "3 days left"],
  ["2026-11-25T14:20:00Z", "2 days 4 hours left"],
  ["2026-11-23T11:01:30Z", "1 hour 1 minute left"],
  ["2026-11-24T10:05:00Z", "1 day left"],
  ["2026-11-23T10:00:30Z", "Less than a minute left"],
  ["2026-11-23T10:00:00Z", "Time is up"],
])("until %s it says: %s", (expiresAt, words) => {
  expect(timeLeft(expiresAt, now)).toBe(words);
});

test("the last four hours are urgent", () => {
  expect(isUrgent("2026-11-23T14:00:00Z", now)).toBe(false);
  expect(isUrgent("2026-11-23T13:59:59Z", now)).toBe(true);
});
