import { expect, test } from "vitest";
import { shippedRules } from "./alerts/shipped-rules.ts";
import { weakensChannel, weakensEventType, weakensRule, weakensSetting } from "./weakening.ts";

test.each([
  ["protected_users", [1, 2], [1], true],
  ["protected_users", [1, 2], [2, 3], true],
  ["protected_users", [1], [2, 1], false],
  ["approval.quorum", 2, 1, true],
  ["approval.quorum", 1, 2, false],
  ["retention.decision", 3653, 3652, true],
  ["retention.change", 1096, 1095, true],
  ["retention.session", 365, 364, true],
  ["retention.read", 365, 364, true],
  ["retention.read", 365, 366, false],
  ["notification.recipients", [1, "a@b.c"], [1], true],
  ["notification.recipients", [1], [1, 2], false],
  ["notification.cooldown_minutes", 10, 11, true],
  ["notification.cooldown_minutes", 10, 9, false],
  ["notification.max_per_hour", 30, 29, true],
  ["notification.quiet_hours", null, { from: "18:00", to: "08:00" }, true],
  ["notification.quiet_hours", { from: "18:00", to: "08:00" }, null, false],
  ["session.idle_minutes", 15, 5, false],
  ["toString", 2, 1, false],
] as const)("%s from %j to %j takes protection away: %s", (key, before, after, expected) => {
  expect(weakensSetting(key, before, after)).toBe(expected);
});

const type = { enabled: true, approval: "required", policy: "decision", severity: "high", notify: true };
test.each([
  [{ enabled: false }, true],
  [{ approval: "optional" }, true],
  [{ policy: "read" }, true],
  [{ severity: "medium" }, true],
  [{ notify: false }, true],
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

const definition = { ...shippedRules.at_once.definition, cooldownMinutes: 10 };
const rule = { shipped: "at_once", enabled: true, definition, channelIds: [1, 2] };
test.each([
  [{ enabled: false }, true],
  [{ definition: { ...definition, cooldownMinutes: 1440 } }, true],
  [{ definition: { ...definition, cooldownMinutes: null } }, true],
  [{ definition: { ...definition, cooldownMinutes: 3 } }, false],
  [{ definition: { ...definition, filter: { codes: ["permit_read"] } } }, true],
  [{ channelIds: [1] }, true],
  [{ channelIds: [1, 3] }, true],
  [{ channelIds: [] }, true],
  [{ channelIds: [1, 2, 3] }, false],
  [{}, false],
])("a shipped rule that becomes %j watches less: %s", (patch, expected) => {
  expect(weakensRule(rule, { ...rule, ...patch }, 20)).toBe(expected);
  expect(weakensRule({ ...rule, shipped: null }, { ...rule, shipped: null, ...patch }, 20)).toBe(false);
});
test("a shipped rule that goes, or leaves the default channels, watches less; a new one does not", () => {
  expect(weakensRule(rule, null, 20)).toBe(true);
  expect(weakensRule({ ...rule, channelIds: [] }, rule, 20)).toBe(true);
  expect(weakensRule(null, rule, 20)).toBe(false);
});

const channel = { kind: "email", enabled: true, isDefault: true, url: null, recipients: [1, 2] };
test.each([
  [{ enabled: false }, true],
  [{ isDefault: false }, true],
  [{ recipients: [1] }, true],
  [{ recipients: [1, 3] }, true],
  [{ recipients: null }, false],
  [{ recipients: [1, 2, 3] }, false],
  [{ url: "https://elsewhere.example" }, true],
  [{}, false],
])("a default channel that becomes %j is heard less: %s", (patch, expected) => {
  expect(weakensChannel(channel, { ...channel, ...patch }, { officeRecipients: [1, 2] })).toBe(expected);
  const silent = { ...channel, isDefault: false };
  expect(weakensChannel(silent, { ...silent, ...patch, isDefault: false })).toBe(false);
});
test("a default channel that goes or whose hidden address is another is heard less, and so is a stream that is switched off", () => {
  expect(weakensChannel(channel, null)).toBe(true);
  const byOffice = { ...channel, recipients: null };
  expect(weakensChannel(byOffice, channel)).toBe(true);
  expect(weakensChannel(channel, byOffice, { officeRecipients: [2] })).toBe(true);
  expect(weakensChannel(byOffice, { ...byOffice, isDefault: true })).toBe(false);
  expect(weakensChannel(channel, channel, { isElsewhere: true })).toBe(true);
  const stream = { ...channel, kind: "stream", isDefault: false };
  expect(weakensChannel(stream, { ...stream, enabled: false })).toBe(true);
  const all = { ...stream, stream: { filter: {} } };
  expect(weakensChannel(all, { ...all, stream: { filter: { codes: ["permit_read"] } } })).toBe(true);
  expect(weakensChannel(all, { ...all, stream: { filter: {} } })).toBe(false);
  const named = { ...channel, isDefault: false, isNamed: true };
  expect(weakensChannel(named, { ...named, enabled: false })).toBe(true);
});
