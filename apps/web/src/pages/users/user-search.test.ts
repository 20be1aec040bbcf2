import { expect, test } from "vitest";
import { isFiltered, parseUserPageSearch, parseUserSearch, userInput } from "./user-search.ts";

test("what is no status, role or order is not asked for, and names come first", () => {
  expect(parseUserSearch({ status: "gone", role: "-3", sort: "email", q: "" })).toEqual({});
  expect(userInput({})).toEqual({ sort: "name" });
});

test("reading twice gives the same, and an order filters nothing", () => {
  const search = parseUserSearch({ q: 7, status: "inactive", role: "3", sort: "-lastSignIn" });
  expect(parseUserSearch(search)).toEqual(search);
  expect(userInput(search)).toEqual({ search: "7", status: "inactive", roleId: 3, sort: "-lastSignIn" });
  expect(isFiltered(search)).toBe(true);
  expect(isFiltered({ sort: "name" })).toBe(false);
});

test("a page of a user opens at a tab and a view that exist", () => {
  expect(parseUserPageSearch({ tab: "activity", show: "sign-ins" })).toEqual({ tab: "activity", show: "sign-ins" });
  expect(parseUserPageSearch({ tab: "secrets", show: "all" })).toEqual({});
});
