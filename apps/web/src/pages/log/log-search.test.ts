import { expect, test } from "vitest";
import {
  activeFilters,
  addressOf,
  firstRangeOf,
  type LogAddress,
  listInput,
  parseLogSearch,
  ranged,
  without,
} from "./log-search.ts";

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

test("every list may be wanted and left out, and is asked for as the server names it", () => {
  const search = parseLogSearch({
    status: "denied,failed",
    "not.actor": "user:3,anonymous",
    role: "Clerk",
    network: "10.20.4.1/16",
    source: "app",
    "not.code": "user_login",
    request: "r-1",
  });
  expect(search).toMatchObject({ network: ["10.20.0.0/16"], "not.code": ["user_login"] });
  expect(listInput(search, 0)).toEqual({
    statuses: ["denied", "failed"],
    notActors: ["user:3", "anonymous"],
    roles: ["Clerk"],
    networks: ["10.20.0.0/16"],
    sources: ["app"],
    notCodes: ["user_login"],
    requestId: "r-1",
    days: 7,
  });
});

test("an address of before lists still says the same", () => {
  const old: LogAddress = { actor: "user:a:b", object: "permit" };
  expect(listInput(parseLogSearch(old), 0)).toEqual({ actors: ["user:a:b"], objects: ["permit"], days: 7 });
});

test("what the page does not know is kept aside, not dropped in silence", () => {
  const search = parseLogSearch({
    severity: "high,dire",
    code: "permit_aprove",
    "not.network": "10.20",
    object: "permit:",
    range: "2y",
    event: "41",
    stats: "denied",
    constructor: "x",
  });
  expect(search).toEqual({
    severity: ["high"],
    ignored:
      "severity=dire code=permit_aprove not.network=10.20 object=permit: range=2y event=41 stats=denied constructor=x",
  });
});

test("more values than the server takes are said, not sent", () => {
  const roles = Array.from({ length: 101 }, (_, index) => `Role ${index}`);
  const search = parseLogSearch({ role: roles });
  expect(search.role).toHaveLength(100);
  expect(search.ignored).toBe("role=Role 100");
});

test("reading twice gives the same, so Back and reload do too", () => {
  const search = parseLogSearch({
    q: "harbour",
    code: "permit_approve",
    actor: "user:3",
    "not.object": "permit:41",
    role: ["Clerk, senior"],
    range: "30d",
    zone: "utc",
    event: "01936F2E-0000-7000-8000-000000000001",
    severity: "dire",
  });
  expect(parseLogSearch(search)).toEqual(search);
});

test("the first range is the shortest offered that holds the days of the office", () => {
  expect([1, 2, 7, 8, 14, 30, 31, 90].map(firstRangeOf)).toEqual([
    "24h",
    "7d",
    "7d",
    "30d",
    "30d",
    "30d",
    "90d",
    "90d",
  ]);
});

test("an address without a range means the first of the office, which needs no word; own bounds replace a range", () => {
  expect(ranged({ q: "x" }, "30d")).toEqual({ q: "x", range: "30d" });
  expect(ranged({ range: "7d" }, "30d")).toEqual({ range: "7d" });
  expect(ranged({ to: "2026-11-01T09:00:00.000Z" }, "30d")).toEqual({ to: "2026-11-01T09:00:00.000Z" });
  expect(addressOf({ q: "x", range: "30d" }, "30d")).toEqual({ q: "x" });
  expect(addressOf({ range: "7d" }, "30d")).toEqual({ range: "7d" });
  expect(parseLogSearch({ range: "7d" })).toEqual({ range: "7d" });
  expect(parseLogSearch({ range: "24h", from: "2026-11-01T10:00:00+01:00" })).toEqual({
    from: "2026-11-01T09:00:00.000Z",
  });
  expect(parseLogSearch({ from: "yesterday" })).toEqual({ ignored: "from=yesterday" });
});

test("short ranges start at a time, long ones are days", () => {
  const now = Date.parse("2026-11-23T14:00:00Z");
  expect(listInput({ range: "1h" }, now)).toEqual({ from: "2026-11-23T13:00:00.000Z" });
  expect(listInput({ range: "all" }, now)).toEqual({ days: 3660 });
  expect(listInput({ to: "2026-11-01T00:00:00.000Z" }, now)).toEqual({ to: "2026-11-01T00:00:00.000Z" });
});

test("only filters count as filters, in the order of the address", () => {
  const search = parseLogSearch({ range: "1h", status: "denied", zone: "utc", q: "x", "not.role": "Clerk" });
  expect(activeFilters(search)).toEqual(["status", "q", "not.role"]);
  expect(without(search, "q", "status", "not.role")).toEqual({ range: "1h", zone: "utc" });
});
