import { describe, expect, test } from "vitest";
import { bitmapOf, isInBitmap } from "./ledger/archive.ts";
import { isRunDue, isRunOverdue, minuteIn, monthBounds, nextRunMs, removableMs, startOfDayMs } from "./retention.ts";

const at = (text: string): number => Date.parse(text);

describe("when a month may go", () => {
  test("a month ends where the next one begins, in December, too", () => {
    expect(monthBounds("2025-12")).toEqual({ fromMs: at("2025-12-01T00:00:00Z"), toMs: at("2026-01-01T00:00:00Z") });
  });

  test("not before its last late event was kept for the whole period", () => {
    const lastReceived = at("2026-01-31T23:59:59.999Z") + 7 * 86_400_000;
    expect(removableMs("2026-01", 30)).toBeGreaterThan(lastReceived + 30 * 86_400_000);
    expect(new Date(removableMs("2026-01", 30)).toISOString()).toBe("2026-03-11T00:00:00.000Z");
  });
});

describe("when a run is due", () => {
  const zone = "Europe/Berlin";

  test("once a day from the office's own time of day on", () => {
    const before = at("2026-11-23T01:29:00Z");
    const after = at("2026-11-23T01:31:00Z");
    expect(minuteIn(zone, before)).toBe("2026-11-23 02:29");
    expect(isRunDue(before, zone, "02:30", at("2026-11-22T01:30:00Z"))).toBe(false);
    expect(isRunDue(after, zone, "02:30", at("2026-11-22T01:30:00Z"))).toBe(true);
    expect(isRunDue(after, zone, "02:30", after)).toBe(false);
    expect(isRunDue(after, zone, "02:30", null)).toBe(true);
  });

  test("the next one is today's or tomorrow's", () => {
    expect(new Date(nextRunMs(at("2026-11-23T01:00:00Z"), zone, "02:30")).toISOString()).toBe(
      "2026-11-23T01:30:00.000Z",
    );
    expect(new Date(nextRunMs(at("2026-11-23T01:30:00Z"), zone, "02:30")).toISOString()).toBe(
      "2026-11-24T01:30:00.000Z",
    );
    expect(new Date(nextRunMs(at("2026-11-23T20:00:00Z"), "Pacific/Kiritimati", "00:15")).toISOString()).toBe(
      "2026-11-24T10:15:00.000Z",
    );
  });

  test("where clocks skip the time of day the run comes right after it", () => {
    const next = nextRunMs(at("2026-03-29T00:00:00Z"), zone, "02:30");
    expect(new Date(next).toISOString()).toBe("2026-03-29T01:00:00.000Z");
  });
});

test("a day begins where clocks in its zone say so, and after it where they skip midnight", () => {
  const begins = (zone: string, day: string) => new Date(startOfDayMs(zone, day)).toISOString();
  expect(begins("UTC", "2026-11-23")).toBe("2026-11-23T00:00:00.000Z");
  expect(begins("Europe/Berlin", "2026-07-01")).toBe("2026-06-30T22:00:00.000Z");
  expect(begins("Pacific/Kiritimati", "2026-07-01")).toBe("2026-06-30T10:00:00.000Z");
  expect(begins("America/Santiago", "2026-09-06")).toBe("2026-09-06T04:00:00.000Z");
});

describe("a run is overdue", () => {
  const zone = "Europe/Berlin";
  const overdue = (now: string, since: string, runAt = "02:30", running: string | null = null) =>
    isRunOverdue(at(now), zone, runAt, { sinceMs: at(since), runningSinceMs: running === null ? null : at(running) });

  test("an hour after the time of the one that did not come to its end", () => {
    expect(overdue("2026-11-23T02:29:00Z", "2026-11-22T01:30:00Z")).toBe(false);
    expect(overdue("2026-11-23T02:31:00Z", "2026-11-22T01:30:00Z")).toBe(true);
  });

  test("not because a day has 25 hours, nor because its time was moved to later in the day", () => {
    expect(overdue("2026-10-25T01:29:00Z", "2026-10-24T00:30:00Z")).toBe(false);
    expect(overdue("2026-11-23T18:00:00Z", "2026-11-22T01:30:00Z", "20:00")).toBe(true);
    expect(overdue("2026-11-22T18:00:00Z", "2026-11-22T01:30:00Z", "20:00")).toBe(false);
  });

  test("not while it is under way, unless that takes for ever", () => {
    expect(overdue("2026-11-23T06:00:00Z", "2026-11-22T01:30:00Z", "02:30", "2026-11-23T01:31:00Z")).toBe(false);
    expect(overdue("2026-11-23T18:00:00Z", "2026-11-22T01:30:00Z", "02:30", "2026-11-23T01:31:00Z")).toBe(true);
  });
});

test("a bitmap has the leaves it was made of and no others", () => {
  const indices = [1003, 1004, 1011, 1019, 1020];
  const { first, last, bitmap } = bitmapOf(indices);
  expect([first, last, bitmap.length]).toEqual([1003, 1020, 3]);
  const found = Array.from({ length: 40 }, (_, n) => 995 + n).filter((index) => isInBitmap(bitmap, first, index));
  expect(found).toEqual(indices);
});
