import { expect, test } from "vitest";
import type { User } from "../../api.ts";
import { actsFor, reasonAgainst } from "./user-rules.ts";

const user = { id: 3, status: "active", isProtected: false } as User;
const may = { id: 1, features: ["users.update", "users.activate", "users.delete"] };

test("what is on can be switched off, and the other way round", () => {
  expect(actsFor(user)).toEqual(["edit", "deactivate", "resetPassword", "delete"]);
  expect(actsFor({ ...user, status: "inactive" })).toContain("activate");
});

test("whoever lacks the right is told which; whoever holds it may try", () => {
  expect(reasonAgainst("delete", user, { id: 1, features: [] })).toContain("users.delete");
  expect(actsFor(user).map((act) => reasonAgainst(act, user, may))).toEqual([null, null, null, null]);
});

test("a protected account can be edited and nothing else", () => {
  const reasons = actsFor(user).map((act) => reasonAgainst(act, { ...user, isProtected: true }, may));
  expect(reasons.map((reason) => reason === null)).toEqual([true, false, false, false]);
});

test("nobody resets their own password here, or deletes themselves", () => {
  const own = { ...may, id: 3 };
  expect(reasonAgainst("resetPassword", user, own)).toContain("account menu");
  expect(reasonAgainst("delete", user, own)).toContain("own account");
  expect(reasonAgainst("edit", user, own)).toBeNull();
});
