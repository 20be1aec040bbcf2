import type { RuleDefinition } from "@countersign/audit/alerts/rule";
import { shippedRules } from "@countersign/audit/alerts/shipped-rules";
import { expect, test } from "vitest";
import { definitionOf, draftOf } from "./rule-draft.ts";

const ruleWith = (definition: RuleDefinition) => ({
  id: 1,
  name: "A rule",
  shipped: null,
  definition,
  channelIds: [3],
  enabled: false,
  updatedAt: "",
  failingSince: null,
  failure: null,
  version: 1,
});

/** What the first one looks for is fixed, and no form sends it. */
const { at_once: _fixed, ...formed } = shippedRules;

const all: Record<string, RuleDefinition> = {
  ...Object.fromEntries(Object.entries(formed).map(([name, { definition }]) => [name, definition])),
  everything: {
    filter: {
      codes: ["permit_read"],
      severities: ["high"],
      actors: ["user:3", "anonymous"],
      objects: ["permit:41"],
      roles: ["Clerk"],
      networks: ["10.0.0.0/8"],
      sources: ["key:4"],
      not: { statuses: ["denied"], categories: ["role"] },
      text: "Mill Road",
      requestId: "r_1",
    },
    atLeast: 7,
    outside: { from: "08:00", to: "16:30", days: [1, 3] },
    trigger: { kind: "first_seen", days: 14 },
    cooldownMinutes: 0,
  },
};

test.each(Object.entries(all))("the rule %s goes through the form unchanged", (_, definition) => {
  const draft = draftOf(ruleWith(definition));
  expect(definitionOf(draft)).toEqual(definition);
  expect([draft.channelIds, draft.enabled, draft.name]).toEqual([[3], false, "A rule"]);
});

test("numbers that the field does not take make no rule, those of another kind of trigger do not matter", () => {
  const draft = { ...draftOf(null), kind: "threshold" as const };
  for (const count of ["", "1", "10001", "2.5", "x", "-3"]) expect(definitionOf({ ...draft, count })).toBe(null);
  expect(definitionOf({ ...draft, count: "2" })).not.toBe(null);
  expect(definitionOf({ ...draft, kind: "each", count: "x", minutes: "" })).not.toBe(null);
  expect(definitionOf({ ...draft, cooldown: "1441" })).toBe(null);
});

test("office hours need a beginning, another end and a day", () => {
  const draft = { ...draftOf(null), isOutside: true };
  expect(definitionOf(draft)).not.toBe(null);
  for (const wrong of [{ from: "" }, { to: "" }, { from: "09:00", to: "09:00" }, { days: [] }]) {
    expect(definitionOf({ ...draft, ...wrong })).toBe(null);
  }
});
