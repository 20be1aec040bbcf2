import { expect, test } from "vitest";
import type { LogSearch } from "./log-search.ts";
import { smallerRanges } from "./smaller-ranges.ts";

const now = Date.parse("2026-11-23T14:00:00Z");
const offered = (search: LogSearch) => smallerRanges({ q: "pier", ...search }, now);

test("only ranges smaller than the one asked for are offered, largest first", () => {
  expect(offered({ range: "all" }).map(({ search }) => search.range)).toEqual(["90d", "30d", "7d"]);
  expect(offered({ range: "7d" }).map(({ search }) => search)).toEqual([
    { q: "pier", range: "24h" },
    { q: "pier", range: "1h" },
    { q: "pier", range: "15m" },
  ]);
  expect(offered({ range: "15m" })).toEqual([]);
});

test("of a past range its newest half, quarter and day are offered, and none of today", () => {
  const past: LogSearch = { from: "2020-01-01T00:00:00.000Z", to: "2020-01-11T00:00:00.000Z" };
  expect(offered(past).map(({ name, search }) => [name, search.from, search.to])).toEqual([
    ["Its newest half", "2020-01-06T00:00:00.000Z", past.to],
    ["Its newest quarter", "2020-01-08T12:00:00.000Z", past.to],
    ["Its newest day", "2020-01-10T00:00:00.000Z", past.to],
  ]);
  expect(offered({ from: "2026-11-23T10:00:00.000Z" }).map(({ search }) => search.from)).toEqual([
    "2026-11-23T12:00:00.000Z",
    "2026-11-23T13:00:00.000Z",
  ]);
  expect(offered({ to: "2020-03-31T00:00:00.000Z" }).map(({ search }) => search.from)).toEqual([
    "2020-03-01T00:00:00.000Z",
    "2020-03-30T00:00:00.000Z",
  ]);
  expect(offered({ from: "2020-01-01T00:00:00.000Z", to: "2020-01-01T00:01:00.000Z" })).toEqual([]);
});
