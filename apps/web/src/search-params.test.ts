import { expect, test } from "vitest";
import { parseSearch, stringifySearch } from "./search-params.ts";

test("an address is written so that it can be read", () => {
  expect(
    stringifySearch({ severity: ["high", "critical"], actor: "user:3", to: "/log", q: "a&b c", event: undefined }),
  ).toBe("?severity=high,critical&actor=user:3&to=/log&q=a%26b+c");
});

test("what is written is read back", () => {
  const search = { q: "50% & more, #1 =?", actor: "user:3", zone: "utc" };
  expect(parseSearch(stringifySearch(search))).toEqual(search);
});

test("nothing to say leaves the address bare", () => expect(stringifySearch({ q: "", event: undefined })).toBe(""));
