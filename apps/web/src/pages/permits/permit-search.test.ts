import { expect, test } from "vitest";
import { isFiltered, parsePermitSearch, permitInput, unfiltered, withChosen } from "./permit-search.ts";

test("an empty address filters nothing", () => {
  expect(parsePermitSearch({})).toEqual({});
  expect(isFiltered({})).toBe(false);
});

test("what is no status or no user is not asked for", () => {
  expect(parsePermitSearch({ status: "approved", assigned: "-1", q: "", ends: "0", sort: "notes" })).toEqual({});
});

test("reading twice gives the same", () => {
  const search = parsePermitSearch({
    q: "harbour",
    status: "pending",
    type: "Event",
    assigned: "3",
    ends: "30",
    sort: "-validTo",
  });
  expect(parsePermitSearch(search)).toEqual(search);
});

test("the assignee is asked for by number, nobody by name", () => {
  expect(permitInput({ assigned: "3" })).toEqual({ assignedTo: 3 });
  expect(permitInput({ assigned: "nobody", q: "x" })).toEqual({ assignedTo: "nobody", search: "x" });
});

test("an order filters nothing, and stays when the filters go", () => {
  const search = parsePermitSearch({ sort: "holder", ends: "30" });
  expect(isFiltered(search)).toBe(true);
  expect(unfiltered(search)).toEqual({ sort: "holder" });
  expect(isFiltered(unfiltered(search))).toBe(false);
  expect(permitInput(search)).toEqual({ endsWithinDays: 30 });
});

test("a filter offers what is chosen, though nothing can be given it any more", () => {
  const options = [{ value: "", label: "Any" }];
  const labelOf = (id: string) => `User ${id}`;
  expect(withChosen(options, "7", labelOf)).toEqual([...options, { value: "7", label: "User 7" }]);
  expect(withChosen(options, undefined, labelOf)).toEqual(options);
  expect(withChosen([...options, { value: "7", label: "Ann" }], "7", labelOf).at(-1)?.label).toBe("Ann");
});
