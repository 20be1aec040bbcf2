import { expect, test } from "vitest";
import type { LogSearch } from "./log-search.ts";
import { conflictsOf, exclude, forget, include, only, resolved, stanceOn } from "./query-edit.ts";

const base: LogSearch = { q: "pier", status: ["denied"], "not.status": ["failed"] };

test("a value is included, excluded and forgotten; it is never both", () => {
  const failedToo = include(base, "status", "failed");
  expect(failedToo).toEqual({ q: "pier", status: ["denied", "failed"] });
  expect(exclude(failedToo, "status", "denied")).toEqual({ q: "pier", status: ["failed"], "not.status": ["denied"] });
  expect(forget(base, "status", "failed")).toEqual({ q: "pier", status: ["denied"] });
  expect(include(base, "status", "denied")).toEqual(base);
  expect(stanceOn(base, "status", "denied")).toBe("included");
  expect(stanceOn(base, "status", "failed")).toBe("excluded");
  expect(stanceOn(base, "role", "failed")).toBeNull();
});

test("only this value is all that its list says then", () => {
  expect(only(base, "status", "success")).toEqual({ q: "pier", status: ["success"] });
});

test("what can match is not complained of", () => {
  expect(conflictsOf({ category: ["permit"], code: ["permit_approve"], object: ["permit:3"] })).toEqual([]);
  expect(conflictsOf({ actor: ["user:3"], "not.actor": ["user:4"], "not.object": ["user"] })).toEqual([]);
});

test("an event outside the chosen categories is named, and dropping it resolves the conflict", () => {
  const search: LogSearch = { category: ["user"], code: ["permit_approve", "user_login"] };
  const [conflict] = conflictsOf(search);
  expect(conflict).toEqual({ kind: "category", key: "code", values: ["permit_approve"], beside: "category" });
  const mended = conflict && resolved(search, conflict);
  expect(mended).toEqual({ category: ["user"], code: ["user_login"] });
  expect(conflictsOf(mended ?? {})).toEqual([]);
});

test("a value that is wanted and left out is named, also when its whole kind is left out", () => {
  expect(conflictsOf({ role: ["Clerk"], "not.role": ["Clerk"] })).toMatchObject([{ key: "role", values: ["Clerk"] }]);
  expect(conflictsOf({ actor: ["user:3", "anonymous"], "not.actor": ["user"] })).toMatchObject([
    { kind: "excluded", key: "actor", values: ["user:3"], beside: "not.actor" },
  ]);
  expect(conflictsOf({ code: ["permit_approve"], "not.category": ["permit"] })).toMatchObject([
    { kind: "category", beside: "not.category" },
  ]);
});

test("an event that is never about the chosen objects is named", () => {
  expect(conflictsOf({ code: ["permit_approve"], object: ["user:3"] })).toMatchObject([
    { kind: "objectType", key: "code", values: ["permit_approve"], beside: "object" },
  ]);
});

test("an event that never has the chosen target is named, one that has is not", () => {
  expect(conflictsOf({ code: ["permit_approve", "permit_assign"], target: ["user:3"] })).toEqual([
    { kind: "targetType", key: "code", values: ["permit_approve"], beside: "target" },
  ]);
  expect(conflictsOf({ target: ["user:3"], "not.target": ["user"] })).toMatchObject([
    { kind: "excluded", key: "target", values: ["user:3"] },
  ]);
});
