import { expect, test } from "vitest";
import { activeFilters, listInput, parseLogSearch, without } from "./log-search.ts";

test("an empty address asks for the last 7 days and filters nothing", () => {
  expect(parseLogSearch({})).toEqual({});
  expect(listInput({}, 0)).toEqual({ days: 7 });
});

test("lists are read from commas and from arrays alike, without repeats", () => {
  expect(parseLogSearch({ severity: "high,critical,high", status: ["denied"] })).toEqual({
    severity: ["high", "critical"],
    status: ["denied"],
  });
});

test("what the page does not know is kept aside, not dropped in silence", () => {
  const search = parseLogSearch({ severity: "high,dire", code: "permit_aprove", range: "2y", event: "41" });
  expect(search).toEqual({
    severity: ["high"],
    ignored: "code=permit_aprove severity=dire range=2y event=41",
  });
});

test("reading twice gives the same, so Back and reload do too", () => {
  const search = parseLogSearch({
    q: "harbour",
    code: "permit_approve",
    actor: "user:3",
    object: "permit:41",
    range: "30d",
    zone: "utc",
    event: "01936F2E-0000-7000-8000-000000000001",
    severity: "dire",
  });
  expect(parseLogSearch(search)).toEqual(search);
});

test("the first range needs no word in the address, and own bounds replace a range", () => {
  expect(parseLogSearch({ range: "7d" })).toEqual({});
  expect(parseLogSearch({ range: "24h", from: "2026-11-01T10:00:00+01:00" })).toEqual({
    from: "2026-11-01T09:00:00.000Z",
  });
  expect(parseLogSearch({ from: "yesterday" })).toEqual({ ignored: "from=yesterday" });
});

test("a reference is split at its first colon only", () => {
  expect(listInput(parseLogSearch({ actor: "user:a:b", object: "permit" }), 0)).toEqual({
    actorType: "user",
    actorId: "a:b",
    objectType: "permit",
    days: 7,
  });
});

test("short ranges start at a time, long ones are days", () => {
  const now = Date.parse("2026-11-23T14:00:00Z");
  expect(listInput({ range: "1h" }, now)).toEqual({ from: "2026-11-23T13:00:00.000Z" });
  expect(listInput({ range: "all" }, now)).toEqual({ days: 3660 });
  expect(listInput({ to: "2026-11-01T00:00:00.000Z" }, now)).toEqual({ to: "2026-11-01T00:00:00.000Z" });
});

test("only filters count as filters, not the range, the zone or the open event", () => {
  const search = parseLogSearch({ q: "x", range: "1h", zone: "utc", status: "denied" });
  expect(activeFilters(search)).toEqual(["q", "status"]);
  expect(without(search, "q", "status")).toEqual({ range: "1h", zone: "utc" });
});
