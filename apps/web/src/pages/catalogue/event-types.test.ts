import { expect, test } from "vitest";
import { differing, type EventTypeEntry, effectsOf, isEdited, matches, valuesOf } from "./event-types.ts";

const type: EventTypeEntry = {
  id: 1,
  code: "permit_create",
  name: "Permit created",
  category: "permit",
  severity: "low",
  policy: "decision",
  enabled: true,
  approval: "none",
  notify: false,
  locked: false,
  retired: false,
  version: 1,
  updatedAt: "2026-11-01T00:00:00.000Z",
  catalogue: {
    description: "An application was entered.",
    objectType: "permit",
    targetType: null,
    feature: "permits.create",
    reason: "none",
    collapseSeconds: 0,
    sentence: "{actor} created {object}",
    approvalOffered: false,
    defaults: { severity: "low", policy: "decision", approval: "none", notify: false },
  },
};

test("a type is found by every word that stands in it, whatever the case", () => {
  expect(matches(type, { q: "PERMIT application" })).toBe(true);
  expect(matches(type, { q: "permits.create" })).toBe(true);
  expect(matches(type, { q: "permit deleted" })).toBe(false);
  expect(matches(type, { severity: "high" })).toBe(false);
  expect(matches(type, { show: "edited" })).toBe(false);
  expect(matches({ ...type, severity: "high" }, { show: "edited", severity: "high" })).toBe(true);
  expect(matches({ ...type, enabled: false }, { show: "off" })).toBe(true);
  expect(matches(type, { show: "locked" })).toBe(false);
});

test("a type without an entry in the catalogue has no default to differ from", () => {
  expect(isEdited({ ...type, severity: "high" })).toBe(true);
  expect(isEdited({ ...type, severity: "high", catalogue: null })).toBe(false);
});

test("each field that differs has its sentence, and what stays has none", () => {
  const before = valuesOf(type);
  expect(effectsOf(before, before)).toEqual([]);
  const after = { ...before, severity: "high", policy: "session", enabled: false };
  expect(differing(before, after)).toEqual(["enabled", "severity", "policy"]);
  expect(effectsOf(before, after)).toEqual([
    expect.stringContaining("leaves no event"),
    "New events are high; earlier ones keep low.",
    "New events are kept as session; earlier ones stay kept as decision.",
  ]);
  expect(effectsOf(before, { ...before, severity: "high" }, 1_041)).toEqual([
    "New events are high; earlier ones, 1,041 in 30 days, keep low.",
  ]);
});
