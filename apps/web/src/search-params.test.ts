import { expect, test } from "vitest";
import { parseSearch, splitList, stringifySearch } from "./search-params.ts";

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

test("a comma inside a value of a list does not part it", () => {
  const values = ["Clerk, senior", "C:\\office", "plain", "ends with \\"];
  expect(splitList(parseSearch(stringifySearch({ role: values })).role ?? "")).toEqual(values);
  expect(splitList("denied,,failed,")).toEqual(["denied", "failed"]);
});
