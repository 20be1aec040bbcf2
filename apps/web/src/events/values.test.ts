import { expect, test } from "vitest";
import { shownItems, shownValue } from "./values.ts";

test.each([
  [null, "none"],
  ["", "empty text"],
  [false, "no"],
  ["2026-11-30", "30 Nov 2026"],
  ["2026-11-30T09:05:00.000Z", "30 Nov 2026, 09:05:00"],
  [["Clerk", "Auditor"], "Clerk, Auditor"],
  [[], "none"],
  ["[redacted:password]", "not shown"],
  [{ a: 1 }, '{"a":1}'],
  [{ id: "3", label: "Ben Okoye" }, "Ben Okoye"],
  [41, "41"],
])("%j is shown as %s", (value, text) => expect(shownValue(value, "utc").text).toBe(text));

test("a value that was shrunk when it was kept says how much there was", () => {
  const shown = shownValue({ sha256: "0123456789abcdef", bytes: 12_345, head: "Once" }, "utc");
  expect(shown.text).toBe("Once… (12,345 bytes in all, SHA-256 01234567…)");
});

test("what came to a list or went from it is named as its entries are", () => {
  expect(shownItems([{ id: "1", label: "Administrator" }, "ops@example.org"], "utc")).toEqual([
    "Administrator",
    "ops@example.org",
  ]);
  expect(shownItems(null, "utc")).toEqual([]);
});
