import { expect, test } from "vitest";
import { facetGroups, rowsOf } from "./facets.ts";
import type { LogSearch } from "./log-search.ts";

const group = (field: string) => facetGroups.find((one) => one.field === field) ?? facetGroups[0];
const rows = (
  field: string,
  values: { value: string; label: string | null; count: number }[] | null,
  search: LogSearch = {},
) => rowsOf(group(field), values, search, () => undefined);

test("severities and outcomes are all shown, the worst first, however few events have them", () => {
  expect(rows("severity", [{ value: "low", label: null, count: 4 }])).toMatchObject([
    { value: "critical", count: 0 },
    { value: "high", count: 0 },
    { value: "medium", count: 0 },
    { value: "low", count: 4 },
    { value: "info", count: 0 },
  ]);
});

test("what the query names stays visible when no event has it", () => {
  const counted = [{ value: "user:3", label: "Ana Ruiz", count: 9 }];
  expect(rows("actor", counted, { actor: ["user:3"], "not.actor": ["anonymous"] })).toEqual([
    { value: "user:3", name: "Ana Ruiz", count: 9, stance: "included" },
    { value: "anonymous", name: "Not signed in", count: 0, stance: "excluded" },
  ]);
});

test("where nothing could be counted, what can be chosen stands without a number", () => {
  expect(rows("status", null, { status: ["denied"] }).map(({ value, count }) => [value, count])).toEqual([
    ["success", null],
    ["failed", null],
    ["denied", null],
    ["pending", null],
  ]);
  expect(rows("actor", null)).toEqual([]);
});

test("a type alone stands among the types of objects, one object among the objects", () => {
  const search: LogSearch = { object: ["permit", "permit:41"] };
  expect(rows("objectType", [], search).map(({ value }) => value)).toEqual(["permit"]);
  expect(rows("object", [], search).map(({ value }) => value)).toEqual(["permit:41"]);
});
