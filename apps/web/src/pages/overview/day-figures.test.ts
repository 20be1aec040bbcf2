import { expect, test } from "vitest";
import {
  calendarOf,
  type Days,
  figureOf,
  searchOfDay,
  searchOfDays,
  weekBySeverity,
  weekStart,
} from "./day-figures.ts";

const row = (day: string, events: number, severity = "info", more = {}) => ({
  day,
  severity,
  events,
  notSuccess: 0,
  signInFailures: 0,
  ...more,
});
const span = (days: Days["days"]): Days => ({ from: "2026-10-27", to: "2026-11-30", days });

test("today is held against the same weekday of the four weeks before, days without events counting as none", () => {
  const days = span([
    row("2026-11-30", 12),
    row("2026-11-30", 3, "critical", { notSuccess: 2, signInFailures: 1 }),
    row("2026-11-29", 900),
    row("2026-11-23", 40),
    row("2026-11-09", 31),
    row("2026-10-27", 1),
  ]);
  expect(figureOf("events", days)).toEqual({ today: 15, usual: { weeks: 4, least: 0, most: 40 } });
  expect(figureOf("criticals", days)).toMatchObject({ today: 3, usual: { most: 0 } });
  expect(figureOf("notSuccess", days).today).toBe(2);
  expect(figureOf("signInFailures", days).today).toBe(1);
});

test("a young log is compared only with weeks it has, and not at all in its first", () => {
  expect(figureOf("events", span([row("2026-11-30", 5), row("2026-11-20", 2)])).usual).toEqual({
    weeks: 1,
    least: 0,
    most: 0,
  });
  expect(figureOf("events", span([row("2026-11-30", 5), row("2026-11-28", 9)])).usual).toBeNull();
  expect(figureOf("events", span([])).usual).toBeNull();
});

test("the calendar holds every day of the span once, with its severities", () => {
  const calendar = calendarOf(span([row("2026-11-30", 2), row("2026-11-30", 1, "high", { notSuccess: 1 })]));
  expect(calendar).toHaveLength(35);
  expect(calendar[0]).toEqual({ day: "2026-10-27", total: 0, notSuccess: 0, by: {} });
  expect(calendar.at(-1)).toEqual({ day: "2026-11-30", total: 3, notSuccess: 1, by: { info: 2, high: 1 } });
});

test("the week by severity is today and the six days before", () => {
  const days = span([row("2026-11-30", 1), row("2026-11-24", 2), row("2026-11-23", 4)]);
  expect(weekBySeverity(days)).toEqual({ info: 3 });
  expect(searchOfDays(weekStart(days), days.to)).toEqual({
    from: "2026-11-24T00:00:00.000Z",
    to: "2026-12-01T00:00:00.000Z",
    zone: "utc",
  });
});

test("a day opens the log from its midnight to the next in UTC, also over the end of a month", () => {
  expect(searchOfDay("2026-11-30")).toEqual({
    from: "2026-11-30T00:00:00.000Z",
    to: "2026-12-01T00:00:00.000Z",
    zone: "utc",
  });
});
