import { expect, test } from "vitest";
import { weakensEventType, weakensSetting } from "./weakening.ts";

test.each([
  ["protected_users", [1, 2], [1], true],
  ["protected_users", [1, 2], [2, 3], true],
  ["protected_users", [1], [2, 1], false],
  ["approval.quorum", 2, 1, true],
  ["approval.quorum", 1, 2, false],
  ["retention.decision", 3653, 3652, true],
  ["retention.read", 365, 366, false],
  ["session.idle_minutes", 15, 5, false],
  ["toString", 2, 1, false],
] as const)("%s from %j to %j takes protection away: %s", (key, before, after, expected) => {
  expect(weakensSetting(key, before, after)).toBe(expected);
});

const type = { enabled: true, approval: "required", policy: "decision" };
test.each([
  [{ enabled: false }, true],
  [{ approval: "optional" }, true],
  [{ policy: "read" }, true],
  [{}, false],
])("an event type that becomes %j loses protection: %s", (patch, expected) => {
  expect(weakensEventType(type, { ...type, ...patch })).toBe(expected);
  expect(weakensEventType({ ...type, ...patch }, type)).toBe(false);
});

test("periods count as they are set: one policy is shorter than another only while its days are fewer", () => {
  const days = { decision: 100, change: 100, session: 50, read: 50 };
  expect(weakensEventType(type, { ...type, policy: "change" }, (policy) => days[policy])).toBe(false);
  expect(weakensEventType(type, { ...type, policy: "read" }, (policy) => days[policy])).toBe(true);
});
