import { expect, test } from "vitest";
import {
  ago,
  bytes,
  clockTime,
  dateDistance,
  dateIn,
  dateTime,
  dayKey,
  isInstant,
  isPlainDate,
  plainDate,
  whenWords,
} from "./format.ts";

test("a time in UTC is shown to the second with the date before it", () => {
  expect(clockTime("2026-11-23T14:02:07.900Z", "utc")).toBe("14:02:07");
  expect(dateTime("2026-11-23T00:02:07Z", "utc")).toBe("23 Nov 2026, 00:02:07");
});

test("events either side of midnight in the zone shown fall on different days", () => {
  expect(dayKey("2026-11-23T23:59:59Z", "utc")).not.toBe(dayKey("2026-11-24T00:00:00Z", "utc"));
});

test("a calendar date is the same in every zone", () => {
  expect(plainDate("2026-01-01")).toBe("1 Jan 2026");
});

test("how long ago is counted in the largest unit that fits", () => {
  const now = Date.parse("2026-11-23T14:00:00Z");
  expect(ago("2026-11-23T13:59:30Z", now)).toBe("30 seconds ago");
  expect(ago(new Date(now + 400).toISOString(), now)).toBe("now");
  expect(ago("2026-11-23T11:00:00Z", now)).toBe("3 hours ago");
  expect(ago("2026-11-14T13:00:00Z", now)).toBe("9 days ago");
});

test.each([
  ["2026-11-30", "2027-11-30", "+ 1 year"],
  ["2026-11-30", "2028-11-30", "+ 2 years"],
  ["2026-11-30", "2027-02-30", null],
  ["2026-01-31", "2026-03-31", "+ 2 months"],
  ["2026-11-30", "2026-11-27", "− 3 days"],
  ["2026-11-30", "2026-11-30", null],
  [null, "2026-11-30", null],
])("from %s to %s is %s", (from, to, distance) => expect(dateDistance(from, to)).toBe(distance));

test("only whole dates and instants with an offset are taken for dates", () => {
  expect([isPlainDate("2026-11-30"), isPlainDate("2026-1-3"), isPlainDate(20261130)]).toEqual([true, false, false]);
  expect([isInstant("2026-11-30T10:00:00Z"), isInstant("2026-11-30T10:00:00"), isInstant("P-2026")]).toEqual([
    true,
    false,
    false,
  ]);
});

test("today is the office's day, not the reader's", () => {
  const now = Date.parse("2026-11-23T23:30:00Z");
  expect(dateIn("Europe/Madrid", now)).toBe("2026-11-24");
  expect(dateIn("UTC", now, 365)).toBe("2027-11-23");
});

test("sizes are counted as the office's limits are, 1024 to the next unit", () => {
  expect([0, 1, 812, 1024, 4_404_019].map(bytes)).toEqual(["0 bytes", "1 byte", "812 bytes", "1.0 kB", "4.2 MB"]);
});

test("a time that is not of today has its date, and the zone shown says which day it is", () => {
  const nowMs = Date.parse("2026-11-23T10:00:00Z");
  expect(whenWords("2026-11-23T00:00:01Z", "utc", nowMs)).toBe("00:00:01");
  expect(whenWords("2026-11-22T23:59:59Z", "utc", nowMs)).toBe("22 Nov 2026, 23:59:59");
  expect(whenWords("2026-11-14T10:00:00Z", "utc", nowMs)).toBe("14 Nov 2026, 10:00:00");
});
