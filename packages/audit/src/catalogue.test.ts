import { expect, test } from "vitest";
import {
  categories,
  customerEventCodes,
  type EventType,
  eventCodes,
  eventType,
  eventTypes,
  isEventCode,
  type ObjectTypeOf,
  objectTypes,
  platformEventCodes,
  policies,
  severities,
  type TargetTypeOf,
} from "./catalogue.ts";
import { features, isFeature } from "./features.ts";

const all: [string, EventType][] = eventCodes.map((code) => [code, eventType(code)]);

test("the permit office has 39 events: 13, 4, 8, 7, 3, 2 and 2", () => {
  const counts = Object.keys(categories).map((category) => [
    category,
    customerEventCodes.filter((code) => eventTypes[code].category === category).length,
  ]);
  expect(customerEventCodes).toHaveLength(39);
  expect(counts).toEqual([
    ["permit", 13],
    ["document", 4],
    ["user", 8],
    ["role", 7],
    ["system", 3],
    ["report", 2],
    ["audit", 2],
    ["platform", 0],
  ]);
});
test("the platform records 50 of its own, all in their own category", () => {
  expect(platformEventCodes).toHaveLength(50);
  expect(platformEventCodes.every((code) => eventTypes[code].category === "platform" && code.startsWith("sys_"))).toBe(
    true,
  );
});
test("ids and codes are unique and the customer's ids are 1 to 39 in order", () => {
  expect(new Set(all.map(([, type]) => type.id)).size).toBe(all.length);
  expect(customerEventCodes.map((code) => eventTypes[code].id)).toEqual(
    Array.from({ length: 39 }, (_, index) => index + 1),
  );
});
test("every critical event is locked", () => {
  expect(all.filter(([, type]) => type.severity === "critical" && !type.locked)).toEqual([]);
});
test("retention at first is 10, 7, 2 and 1 years", () => {
  expect(policies).toEqual({ decision: 3653, change: 2557, session: 730, read: 365 });
  expect(severities).toEqual(["info", "low", "medium", "high", "critical"]);
});
test.each(all)("%s names known types and features, and its templates known placeholders", (_, type) => {
  const placeholders =
    "actor object target made changes reason repeats count format filter ip request decision result held duration position anchor version headline right".split(
      " ",
    );
  expect(type.objectType === "any" || type.objectType in objectTypes).toBe(true);
  expect(type.feature === null || isFeature(type.feature)).toBe(true);
  const used = [...`${type.sentence} ${type.attempt}`.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  expect(used.filter((name) => !placeholders.includes(name ?? ""))).toEqual([]);
  expect(`${type.sentence}${type.attempt}`).not.toMatch(/\[[^\]]*\[/);
});
test("there are 47 features in twelve groups", () => {
  expect(Object.keys(features)).toHaveLength(47);
  expect(new Set(Object.keys(features).map((feature) => feature.split(".")[0])).size).toBe(12);
});
test.each(["permit_approve", "sys_heartbeat"])("%s is a code", (code) => {
  expect(isEventCode(code)).toBe(true);
});
test.each(["", "permit_stamp", "toString", "__proto__", "PERMIT_APPROVE"])("%j is no code", (code) => {
  expect(isEventCode(code)).toBe(false);
});
test("an unknown code and a wrong object type do not compile", () => {
  const permit: ObjectTypeOf<"permit_approve"> = "permit";
  // @ts-expect-error: an approval acts on a permit
  const user: ObjectTypeOf<"permit_approve"> = "user";
  // @ts-expect-error: an approval has no target
  const target: TargetTypeOf<"permit_approve"> = "user";
  // @ts-expect-error: no such event
  const code: keyof typeof eventTypes = "permit_stamp";
  expect([permit, user, target, code]).toHaveLength(4);
});
