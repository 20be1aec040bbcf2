import { expect, test } from "vitest";
import { nextLastDay } from "./renewal.ts";

test("a permit in force goes on from its last day, one that has ended from today", () => {
  expect(nextLastDay("2027-02-28", "2026-11-23", 365)).toBe("2028-02-28");
  expect(nextLastDay("2026-10-01", "2026-11-23", 30)).toBe("2026-12-23");
  expect(nextLastDay(null, "2026-11-23", 1)).toBe("2026-11-24");
});
