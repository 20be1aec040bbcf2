import { expect, test } from "vitest";
import { readRange } from "./typed-range.ts";

// A Wednesday.
const now = Date.parse("2026-11-25T14:20:30Z");
const read = (typed: string) => {
  const span = readRange(typed, "utc", now);
  const iso = (ms: number | undefined) =>
    ms === undefined ? "" : new Date(ms).toISOString().replace(/:00\.000Z$/, "");
  return span && `${iso(span.from)} … ${iso(span.to)}`;
};

test.each([
  ["yesterday 14:00 to 15:00", "2026-11-24T14:00 … 2026-11-24T15:00"],
  ["Yesterday, 2 pm - 3:30 pm", "2026-11-24T14:00 … 2026-11-24T15:30"],
  ["yesterday", "2026-11-24T00:00 … 2026-11-25T00:00"],
  ["yesterday 14:00", "2026-11-24T14:00 … 2026-11-24T15:00"],
  ["yesterday at 14:07", "2026-11-24T14:07 … 2026-11-24T14:08"],
  ["14:00 on 2 Nov", "2026-11-02T14:00 … 2026-11-02T15:00"],
  ["9:00 to noon", "2026-11-25T09:00 … 2026-11-25T12:00"],
  ["9:00-10:30", "2026-11-25T09:00 … 2026-11-25T10:30"],
  ["last 3 hours", "2026-11-25T11:20:30.000Z … "],
  ["past 90 min", "2026-11-25T12:50:30.000Z … "],
  ["last hour", "2026-11-25T13:20:30.000Z … "],
  ["since Monday", "2026-11-23T00:00 … "],
  ["since last Wednesday", "2026-11-18T00:00 … "],
  ["since 3 hours ago", "2026-11-25T11:20:30.000Z … "],
  ["after 2 Nov", "2026-11-03T00:00 … "],
  ["until yesterday", " … 2026-11-25T00:00"],
  ["before 1 Oct 2026", " … 2026-10-01T00:00"],
  ["2 Nov to 5 Nov", "2026-11-02T00:00 … 2026-11-06T00:00"],
  ["2 to 5 November", "2026-11-02T00:00 … 2026-11-06T00:00"],
  ["2 – 5 Nov 2025", "2025-11-02T00:00 … 2025-11-06T00:00"],
  ["from Nov 2nd until now", "2026-11-02T00:00 … 2026-11-25T14:20:30.000Z"],
  ["2 Nov 9 am to 3 Nov 17:00", "2026-11-02T09:00 … 2026-11-03T17:00"],
  ["2026-11-02", "2026-11-02T00:00 … 2026-11-03T00:00"],
  ["2.11. to 5.11.2026", "2026-11-02T00:00 … 2026-11-06T00:00"],
  ["this week", "2026-11-23T00:00 … 2026-11-30T00:00"],
  ["last week", "2026-11-16T00:00 … 2026-11-23T00:00"],
  ["last month", "2026-10-01T00:00 … 2026-11-01T00:00"],
  ["since this month", "2026-11-01T00:00 … "],
  ["this year", "2026-01-01T00:00 … 2027-01-01T00:00"],
  ["November", "2026-11-01T00:00 … 2026-12-01T00:00"],
  ["2025", "2025-01-01T00:00 … 2026-01-01T00:00"],
])("%s", (typed, span) => {
  expect(read(typed)).toBe(span);
});

test("a date without a year is the last one that was", () => {
  expect(read("24 Dec")).toBe("2025-12-24T00:00 … 2025-12-25T00:00");
  expect(read("December")).toBe("2025-12-01T00:00 … 2026-01-01T00:00");
});

test.each([
  "",
  "soon",
  "30 Feb",
  "25:00",
  "yesterday 14:60",
  "last",
  "last 3 moons",
  "5 Nov to 2 Nov",
  "15:00 to 14:00",
  "to",
  "now",
  "14",
  "13 pm",
])("%j is not understood", (typed) => {
  expect(read(typed)).toBeNull();
});

test("days begin at midnight of the zone that is shown, also where the clocks change", () => {
  const zone = process.env.TZ;
  process.env.TZ = "Europe/Berlin";
  try {
    // On 25 October 2026 the clocks go back: the day has 25 hours.
    expect(readRange("25 Oct", "local", now)).toEqual({
      from: Date.parse("2026-10-24T22:00:00Z"),
      to: Date.parse("2026-10-25T23:00:00Z"),
    });
    expect(readRange("yesterday 14:00 to 15:00", "local", now)).toEqual({
      from: Date.parse("2026-11-24T13:00:00Z"),
      to: Date.parse("2026-11-24T14:00:00Z"),
    });
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});
