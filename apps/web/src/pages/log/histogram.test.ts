import { expect, test } from "vitest";
import { ceiling, countWords, fewer, hasGap, joined, runsOf, spanWords, totalOf } from "./histogram-words.ts";

const bar = (from: string, to: string, counts: Record<string, number>) => ({ from, to, counts });
const bars = [
  bar("2026-11-23T12:00:00.000Z", "2026-11-23T15:00:00.000Z", { low: 3 }),
  bar("2026-11-23T15:00:00.000Z", "2026-11-23T18:00:00.000Z", {}),
  bar("2026-11-23T18:00:00.000Z", "2026-11-23T21:00:00.000Z", { low: 1, critical: 2 }),
];

test("a bar is told by its time and what it holds, worst first", () => {
  expect(spanWords(bars[0]!.from, bars[0]!.to, "events", "utc")).toBe("23 Nov 2026, 12:00 to 15:00");
  expect(spanWords("2026-11-23T21:00:00.000Z", "2026-11-24T00:00:00.000Z", "events", "utc")).toBe(
    "23 Nov 2026, 21:00 to 24 Nov 2026, 00:00",
  );
  expect(countWords({ low: 9, high: 3 })).toBe("12 events: 3 high, 9 low");
  expect(countWords({ info: 1 })).toBe("1 event: 1 info");
  expect(countWords({})).toBe("no events");
});

test("whole days are named as the days they are, whatever the zone", () => {
  expect(spanWords("2026-11-23T00:00:00.000Z", "2026-11-24T00:00:00.000Z", "days", "local")).toBe("23 Nov 2026 UTC");
  expect(spanWords("2026-11-23T00:00:00.000Z", "2026-11-30T00:00:00.000Z", "days", "local")).toBe(
    "23 Nov 2026 to 29 Nov 2026 UTC",
  );
});

test("a bar has a gap where its time meets a month that retention emptied", () => {
  const day = bar("2026-11-30T18:00:00.000Z", "2026-12-01T00:00:00.000Z", {});
  const isIn = (month: string) => hasGap(day, [{ month, runId: 3 }]);
  expect([isIn("2026-11"), isIn("2026-12"), isIn("2026-10"), hasGap(day, [])]).toEqual([true, false, false, false]);
});

test("the runs of gaps are named once each, the newest first", () => {
  const of = (month: string, runId: number) => ({ month, runId });
  expect(runsOf([of("2026-09", 9), of("2026-10", 9), of("2026-10", 12)])).toEqual([12, 9]);
});

test("bars are joined whichever way they were chosen", () => {
  const all = bar(bars[0]!.from, bars[2]!.to, { low: 4, critical: 2 });
  expect(joined(bars, 0, 2)).toEqual(all);
  expect(joined(bars, 2, 0)).toEqual(all);
  expect(totalOf(all)).toBe(6);
  expect(joined([], 0, 0)).toBeNull();
});

test("fewer bars hold the same counts over the same time", () => {
  expect(fewer(bars, 2)).toEqual([
    bar(bars[0]!.from, bars[1]!.to, { low: 3 }),
    bar(bars[2]!.from, bars[2]!.to, { low: 1, critical: 2 }),
  ]);
  expect(fewer(bars, 3)).toEqual(bars);
  expect(fewer([], 3)).toEqual([]);
});

test.each([
  [0, 1],
  [1, 1],
  [3, 5],
  [10, 10],
  [11, 20],
  [940, 1000],
  [5001, 10_000],
])("above %i events the scale ends at %i", (highest, end) => expect(ceiling(highest)).toBe(end));
