import { expect, test } from "vitest";
import { checkJson, findForbiddenKey, jsonLimits } from "./json-limits.ts";

const nested = (depth: number): unknown =>
  depth === 1 ? {} : depth % 2 === 0 ? [nested(depth - 1)] : { a: nested(depth - 1) };
const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1]));

test.each<[string, unknown]>([
  ["32 levels", nested(32)],
  ["2000 keys", keys(2000)],
  ["2000 keys in two objects", [keys(1000), keys(1000)]],
  ["a key of 256 bytes", { ["é".repeat(128)]: 1 }],
  ["a text of 32 KiB", { a: "x".repeat(32 * 1024) }],
  ["a text of 32 KiB in bytes", { a: `${"€".repeat(10_922)}é` }],
  ["an empty key and an empty text", { "": "" }],
  ["right to left, ESC, U+2028, U+202E, CR LF", { a: "שלום\u001b[31m\u2028\u202e\r\n" }],
  ["composed and decomposed", ["é", "e\u0301"]],
  ["the largest whole number", [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]],
  ["fractions, zero and minus zero", [0.1, -0, 0, 5e-324]],
  ["a key that only looks forbidden", { __proto: 1, Constructor: 1, "proto type": 1 }],
  ["an absent member", { a: undefined }],
  ["null", null],
])("%s may be stored", (_, value) => {
  expect(checkJson(value)).toBeNull();
});

test.each<[string, unknown, string, string]>([
  ["33 levels", nested(33), "depth", Array(16).fill("a.0").join(".")],
  ["2001 keys", keys(2001), "keys", ""],
  ["2001 keys over two levels", { a: keys(2000) }, "keys", "a"],
  ["a key of 257 bytes", { m: { [`x${"é".repeat(128)}`]: 1 } }, "key_size", "m"],
  ["a text of 32 KiB and a byte", { a: { b: ["", "x".repeat(32 * 1024 + 1)] } }, "string_size", "a.b.1"],
  ["a text over 32 KiB in bytes only", { a: "€".repeat(10_923) }, "string_size", "a"],
  ["NUL in a text", { a: ["x\u0000"] }, "nul", "a.0"],
  ["NUL in a key", { a: { "x\u0000": 1 } }, "nul", "a"],
  ["a lone high surrogate", { a: "\ud800x" }, "surrogate", "a"],
  ["a lone low surrogate in a key", { a: { "\udc00": 1 } }, "surrogate", "a"],
  ["__proto__", JSON.parse('{"a":[{"__proto__":1}]}'), "forbidden_key", "a.0.__proto__"],
  ["constructor", { constructor: 1 }, "forbidden_key", "constructor"],
  ["prototype", { a: { prototype: {} } }, "forbidden_key", "a.prototype"],
  ["2^53", [2 ** 53], "number", "0"],
  ["-2^53", { a: -(2 ** 53) }, "number", "a"],
  ["an infinity", { a: Infinity }, "number", "a"],
  ["no number", { a: NaN }, "number", "a"],
  ["a bigint", { a: 1n }, "type", "a"],
  ["a text alone", "\u0000", "nul", ""],
])("%s is refused", (_, value, rule, path) => {
  expect(checkJson(value)).toEqual({ path, rule });
});
test("a cycle ends at the depth", () => {
  const cycle: Record<string, unknown> = {};
  cycle.a = cycle;
  expect(checkJson(cycle)).toMatchObject({ rule: "depth" });
});
test("limits can be set", () => {
  expect(checkJson({ a: "xx" }, { ...jsonLimits, stringBytes: 1 })).toEqual({ path: "a", rule: "string_size" });
});

test("a forbidden key is found at any depth, whatever else is wrong", () => {
  expect(findForbiddenKey(JSON.parse('[{"a":"\\u0000"},{"b":[{"__proto__":1}]}]'))).toBe("__proto__");
  expect(findForbiddenKey({ a: [{ constructor: 1 }] })).toBe("constructor");
  expect(findForbiddenKey({ a: ["__proto__", { prototypes: 1 }, null, 1] })).toBeNull();
});
