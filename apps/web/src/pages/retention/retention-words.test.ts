import { describe, expect, test } from "vitest";
import { queryOfAddress } from "./address-query.ts";
import { monthName, period, previewWords, runBy, runWords, scopeWords } from "./retention-words.ts";

test("a period is told in years where it is whole ones, else in days", () => {
  expect([3653, 2557, 730, 365, 90, 400].map(period)).toEqual([
    "10 years",
    "7 years",
    "2 years",
    "1 year",
    "90 days",
    "400 days",
  ]);
  expect(monthName("2026-02")).toBe("February 2026");
});

test("a preview says what goes, what is held, what stays and why in one line", () => {
  const month = { policy: "read", month: "2024-01", rows: 40, bytes: 1, held: 2, heldIsMore: false, blocked: null };
  const policy = {
    policy: "read",
    days: 365,
    rows: 1200,
    removed: 38,
    removedIsMost: false,
    bytes: 1,
    held: 2,
    heldIsMore: false,
    codes: [],
  };
  expect(
    previewWords({ ...policy, oldestKept: "2024-02", months: [month, { ...month, blocked: "not_verified" }] }),
  ).toBe("Would remove 38 of 1,200, 2 on hold, 1 month due and left alone, oldest kept February 2024");
  expect(previewWords({ ...policy, removedIsMost: true, heldIsMore: true, oldestKept: null, months: [month] })).toBe(
    "Would remove at most 38 of 1,200, 2 or more on hold",
  );
  expect(previewWords({ ...policy, removed: 0, held: 0, oldestKept: null, months: [] })).toBe("Removes none of 1,200");
});

describe("what a hold is on", () => {
  test.each([
    [{ kind: "object", type: "permit", id: "41" }, "Everything about permit 41"],
    [{ kind: "actor", type: "user", id: "7" }, "Everything that user 7 did"],
    [
      { kind: "query", filter: { codes: ["permit_approve"], text: "flood", not: { statuses: ["denied"] } } },
      "Query: event: Permit approved; text: flood; not status: denied",
    ],
    [{ kind: "time", fromMs: 0, toMs: 86_400_000 }, "Everything from 1 Jan 1970, 00:00:00 to 2 Jan 1970, 00:00:00"],
  ] as const)("%j", (scope, words) => {
    expect(scopeWords(scope as never, "utc")).toBe(words);
  });
});

test("a run tells what it did, also when that was nothing", () => {
  const run = { state: "done", rows: 0, partitions: 0, held: 0, skipped: [] } as never as Parameters<
    typeof runWords
  >[0];
  expect(runWords(run)).toBe("Nothing was due.");
  expect(runWords({ ...run, rows: 120, partitions: 1, held: 3, skipped: [{}] } as never)).toBe(
    "120 events removed, 1 month, 3 events put on hold, 1 month left alone.",
  );
  expect(runWords({ ...run, state: "failed" })).toBe("Broken off");
  expect([runBy("worker", 7), runBy("user:7", 7), runBy("user:8", 7)]).toEqual([
    "by schedule",
    "asked for by you",
    "asked for by user 8",
  ]);
});

test("the query of an address has its filters, never a range that moves", () => {
  expect(queryOfAddress("http://office/log?code=permit_approve&q=flood&range=30d")).toEqual({
    codes: ["permit_approve"],
    text: "flood",
  });
  expect(queryOfAddress("/log?actor=user:7&from=2026-01-01T00:00:00Z")).toEqual({
    actors: ["user:7"],
    from: "2026-01-01T00:00:00.000Z",
  });
  for (const address of ["", "/log", "/log?range=30d", "/permits?q=x", "/log?code=nonsense", "/log?event=x"]) {
    expect(queryOfAddress(address)).toBeNull();
  }
});
