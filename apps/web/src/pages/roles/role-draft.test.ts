import { features } from "@countersign/audit/features";
import { expect, test } from "vitest";
import {
  changesIn,
  draftOf,
  emptyDraft,
  featureGroups,
  lackedOf,
  peopleOf,
  type Role,
  summaryOf,
  turned,
  whyOff,
  willHold,
} from "./role-draft.ts";

const role = (id: number, name: string, held: Role["features"], shipped: string | null = null): Role => ({
  id,
  name,
  description: "",
  shipped,
  features: held,
  userCount: 0,
  createdAt: "2026-11-01T00:00:00.000Z",
  updatedAt: "2026-11-01T00:00:00.000Z",
  version: 1,
});
const clerk = role(5, "Clerk", ["permits.read"]);
const officer = role(4, "Officer", ["permits.read", "permits.approve"]);
const all = Object.keys(features) as Role["features"];

test("every feature stands in one group, under its area", () => {
  expect(featureGroups.flatMap((group) => group.features)).toEqual(Object.keys(features));
  expect(featureGroups.every(({ area, features }) => features.every((name) => name.startsWith(`${area}.`)))).toBe(true);
});

test("a cell that is turned is a change, and turned again it is none", () => {
  const given = turned(emptyDraft, clerk, "permits.approve");
  expect(willHold(given, clerk, "permits.approve")).toBe(true);
  expect(willHold(given, officer, "permits.read")).toBe(true);
  const both = turned(given, officer, "permits.approve");
  expect(changesIn(both, [clerk, officer])).toEqual([
    { role: clerk, feature: "permits.approve", isGiven: true },
    { role: officer, feature: "permits.approve", isGiven: false },
  ]);
  expect(changesIn(turned(given, clerk, "permits.approve"), [clerk, officer])).toEqual([]);
});

test("what somebody else did meanwhile is no longer a change, and what was refused stays one", () => {
  const draft = turned(turned(emptyDraft, clerk, "permits.approve"), clerk, "permits.read");
  const now = role(5, "Clerk", ["permits.read", "permits.approve"]);
  expect(changesIn(draft, [now])).toEqual([{ role: now, feature: "permits.read", isGiven: false }]);
  const [left] = changesIn(draft, [clerk]).slice(1);
  expect(changesIn(draftOf(left ? [left] : []), [clerk])).toEqual([left]);
});

test("a cell is off with the reason that the server would give", () => {
  const me = {
    features: ["roles.features", "permits.read", "permits.approve"] as Role["features"],
    roles: ["Officer"],
  };
  expect(whyOff(me, clerk, "permits.approve")).toBeNull();
  expect(whyOff({ ...me, features: ["permits.approve"] }, clerk, "permits.approve")).toContain("roles.features");
  expect(whyOff(me, clerk, "permits.cancel")).toContain("(permits.cancel)");
  expect(whyOff(me, role(4, "Officer", []), "permits.approve")).toContain("You hold this role");
  expect(whyOff(me, officer, "permits.approve")).toBeNull();
  expect(whyOff({ ...me, features: all }, role(1, "Administrator", all, "administrator"), "permits.read")).toContain(
    "protected",
  );
});

test("what of a role one lacks is named", () => {
  expect(lackedOf({ features: ["permits.read"] }, officer)).toBe("permits.approve");
  expect(lackedOf({ features: all }, officer)).toBeNull();
});

test("a change that waits for a second person is not called kept", () => {
  const change = { role: clerk, feature: "permits.approve", isGiven: true } as const;
  const ended = (outcome: "done" | "pending") =>
    ({ kind: "kept", change, done: { outcome, receipt: null } }) satisfies Parameters<typeof summaryOf>[0][number];
  expect(summaryOf([ended("done"), ended("done")])).toBe("All 2 changes are kept.");
  expect(summaryOf([ended("done"), ended("pending")])).toBe("1 of 2 changes is kept, 1 waits for a second person.");
  expect(summaryOf([ended("pending"), { kind: "untried", change }])).toBe(
    "0 of 2 changes are kept, 1 waits for a second person.",
  );
});

test("who holds two roles is one person, and what could not be read makes it at least so many", () => {
  const ann = { id: 1 };
  const bob = { id: 2 };
  const both = { userCount: 2, users: [ann, bob] };
  expect(peopleOf([both, { userCount: 1, users: [ann] }])).toEqual({ people: 2, isAtLeast: false });
  expect(peopleOf([both, { userCount: 3, users: undefined }])).toEqual({ people: 3, isAtLeast: true });
  expect(peopleOf([{ userCount: 900, users: undefined }])).toEqual({ people: 900, isAtLeast: false });
  expect(peopleOf([])).toEqual({ people: 0, isAtLeast: false });
});
