import { expect, test } from "vitest";
import { byCategory, byNetwork, lastDays, worstOf } from "./overview.ts";

test("the last days end with today in UTC, whatever the hour", () => {
  const span = { from: "2026-02-26", to: "2026-03-01" };
  expect(lastDays(Date.parse("2026-03-01T00:00:00Z"), 4)).toEqual(span);
  expect(lastDays(Date.parse("2026-03-01T23:59:59.999Z"), 4)).toEqual(span);
});

const counts = [
  { code: "permit_read", status: "success", events: 9 },
  { code: "permit_delete", status: "denied", events: 4 },
  { code: "user_login", status: "failed", events: 3 },
  { code: "permit_update", status: "pending", events: 2 },
  { code: "long_gone", status: "failed", events: 1 },
];

test("categories are added up over event types and outcomes, and types that are gone belong to none", () => {
  expect(byCategory(counts)).toEqual([
    { category: "permit", events: 15 },
    { category: "user", events: 3 },
  ]);
});

test("only what failed or was denied is bad, and a type that is gone keeps its code as its name", () => {
  expect(worstOf(counts, 8).map(({ name, events }) => [name, events])).toEqual([
    [expect.stringContaining("elete"), 4],
    [expect.any(String), 3],
    ["long_gone", 1],
  ]);
  expect(worstOf(counts, 1)).toHaveLength(1);
});

test("addresses of one IPv6 network are counted together, with the latest of their times", () => {
  const at = (hour: number) => `2026-03-01T0${hour}:00:00.000Z`;
  expect(
    byNetwork(
      [
        { ip: "198.51.100.7", events: 5, last: at(1) },
        { ip: "2001:db8:0:7::1", events: 4, last: at(3) },
        { ip: "2001:db8:0:7::2", events: 3, last: at(2) },
      ],
      8,
    ),
  ).toEqual([
    { network: "2001:db8:0:7::/64", events: 7, last: at(3) },
    { network: "198.51.100.7", events: 5, last: at(1) },
  ]);
});
