import { expect, test } from "vitest";
import { parseRetentionSearch } from "./run-search.ts";

test("an address names one run of retention by its number, and nothing else", () => {
  expect(parseRetentionSearch({ run: 12 })).toEqual({ run: 12 });
  expect(parseRetentionSearch({ run: "12" })).toEqual({ run: 12 });
  for (const run of [undefined, "", "0", "-3", "1.5", "last", ["1", "2"]]) {
    expect(parseRetentionSearch({ run })).toEqual({});
  }
});
