import { expect, test } from "vitest";
import { dayAt, monthInWords } from "./spark.tsx";

test("a month is told by its sum and its greatest day", () => {
  expect(dayAt("2026-02-27", 2)).toBe("2026-03-01");
  expect(monthInWords([0, 0, 0], "2026-11-01")).toBe("None in 30 days");
  expect(monthInWords([0, 1200, 3], "2026-11-01")).toBe("1,203 in 30 days, at most 1,200 on 2 Nov 2026");
  expect(monthInWords([0, 0, 5], "2026-11-01")).toBe("5 in 30 days, on 3 Nov 2026");
});
