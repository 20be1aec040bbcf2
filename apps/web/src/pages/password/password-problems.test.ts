import { expect, test } from "vitest";
import type { Failure } from "../../api.ts";
import { placeOf, problemsOf } from "./password-problems.ts";

const failure = (over: Partial<Failure>): Failure => ({
  reason: "weak_password",
  message: "Choose another password.",
  requestId: null,
  retryAfterS: null,
  fields: [],
  ...over,
});

test("nothing is asked of the server while a field is empty or the two new passwords differ", () => {
  expect(Object.keys(problemsOf({ current: "", next: "", again: "" }))).toEqual(["current", "next"]);
  expect(Object.keys(problemsOf({ current: "a", next: "b", again: "c" }))).toEqual(["again"]);
  expect(problemsOf({ current: "a", next: "b", again: "b" })).toEqual({});
});

test("each refusal stands at its field, and what is about no field stands below", () => {
  expect(placeOf(failure({ fields: [{ path: "newPassword", rule: "too_short" }] }))).toBe("next");
  expect(placeOf(failure({ reason: "wrong_password", fields: [{ path: "currentPassword", rule: "wrong" }] }))).toBe(
    "current",
  );
  expect(placeOf(failure({ reason: "too_many_attempts", retryAfterS: 4 }))).toBe("current");
  expect(placeOf(failure({ reason: "unavailable" }))).toBeNull();
});
