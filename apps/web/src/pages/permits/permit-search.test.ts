import { expect, test } from "vitest";
import { isFiltered, parsePermitSearch, permitInput } from "./permit-search.ts";

test("an empty address filters nothing", () => {
  expect(parsePermitSearch({})).toEqual({});
  expect(isFiltered({})).toBe(false);
});

test("what is no status or no user is not asked for", () => {
  expect(parsePermitSearch({ status: "approved", assigned: "-1", q: "" })).toEqual({});
});

test("reading twice gives the same", () => {
  const search = parsePermitSearch({ q: "harbour", status: "pending", type: "Event", assigned: "3" });
  expect(parsePermitSearch(search)).toEqual(search);
});

test("the assignee is asked for by number, nobody by name", () => {
  expect(permitInput({ assigned: "3" })).toEqual({ assignedTo: 3 });
  expect(permitInput({ assigned: "nobody", q: "x" })).toEqual({ assignedTo: "nobody", search: "x" });
});
