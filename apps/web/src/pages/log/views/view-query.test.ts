import { expect, test } from "vitest";
import type { LogSearch } from "../log-search.ts";
import { isBare, isEdited, queryOf, searchOf } from "./view-query.ts";

const search: LogSearch = { q: "café & bar", status: ["denied", "failed"], range: "30d", zone: "utc" };
const drawn = { zone: "local", density: "regular" } as const;
const view = { id: 7, query: queryOf(search) };

test("a view holds the question, and nothing of the moment", () => {
  const now: LogSearch = {
    ...search,
    event: "0192f5b2-7c1e-7b3a-9d7e-1234567890ab",
    live: "on",
    view: 7,
    ignored: "x=1",
  };
  expect(queryOf(now)).toBe(queryOf(search));
  expect(queryOf({ live: "on" })).toBe("");
});

test("opened again it asks the same", () => {
  expect(searchOf(view)).toEqual({ ...search, view: 7 });
  expect(isEdited(searchOf(view), view, drawn)).toBe(false);
  expect(isEdited({ ...searchOf(view), live: "on" }, view, drawn)).toBe(false);
});

test("the order in which an address is written is no change; another value is one", () => {
  expect(
    isEdited({ view: 7, zone: "utc", range: "30d", status: ["denied", "failed"], q: "café & bar" }, view, drawn),
  ).toBe(false);
  expect(isEdited({ ...searchOf(view), range: "90d" }, view, drawn)).toBe(true);
  expect(isEdited({ view: 7 }, view, drawn)).toBe(true);
});

test("what a view of another version asks for and this page does not know is told, not dropped in silence", () => {
  expect(searchOf({ id: 7, query: "status=denied&colour=red" })).toMatchObject({ status: ["denied"] });
  expect(searchOf({ id: 7, query: "status=purple" }).ignored).toBe("status=purple");
});

test("only an address without anything is bare; one that says no view is not", () => {
  expect(isBare({})).toBe(true);
  expect(isBare({ view: 0 })).toBe(false);
  expect(isBare({ live: "on" })).toBe(false);
});

test("a view keeps how it is drawn, and is not edited by what its reader chose for every page", () => {
  const kept = { id: 8, query: queryOf({ status: ["denied"] }, drawn) };
  expect(searchOf(kept)).toMatchObject({ zone: "local", density: "regular" });
  expect(isEdited({ view: 8, status: ["denied"] }, kept, drawn)).toBe(false);
  expect(isEdited({ view: 8, status: ["denied"] }, kept, { ...drawn, zone: "utc" })).toBe(true);
  const older = { id: 9, query: "status=denied" };
  expect(isEdited({ view: 9, status: ["denied"], density: "regular" }, older, drawn)).toBe(false);
});
