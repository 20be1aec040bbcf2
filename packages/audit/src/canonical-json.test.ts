import { readFileSync } from "node:fs";
import reference from "canonicalize";
import { describe, expect, test } from "vitest";
import { canonicalize } from "./canonical-json.ts";

const oracle = reference as unknown as (value: unknown) => string;

type Vectors = {
  numbers: { ieee754: string; text: string }[];
  refused: string[];
  documents: { name: string; input: string; outputUtf8Hex: string }[];
};
const vectors = JSON.parse(readFileSync(new URL("./testing/vectors/jcs.json", import.meta.url), "utf8")) as Vectors;
const double = (hex: string) => Buffer.from(hex, "hex").readDoubleBE();

/** A small linear congruential generator: the same values on every run. */
const sequence = (seed: number) => {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};
const alphabet = [
  "a",
  "Z",
  "0",
  "10",
  '"',
  "\\",
  "/",
  "\u0000",
  "\u001f",
  "\u007f",
  "é",
  "\u2028",
  "😀",
  "ﬁ",
  "€",
  "\ufb33",
];
const randomValue = (pick: (below: number) => number, depth: number): unknown => {
  const text = () => Array.from({ length: pick(6) }, () => alphabet[pick(alphabet.length)]).join("");
  const makers = [
    () => text(),
    () => (pick(2 ** 31) - 2 ** 30) / 10 ** pick(30),
    () => pick(1000) * 10 ** pick(25),
    () => [true, false, null][pick(3)],
    () => Array.from({ length: pick(5) }, () => randomValue(pick, depth + 1)),
    () => Object.fromEntries(Array.from({ length: pick(7) }, () => [text(), randomValue(pick, depth + 1)])),
  ];
  return makers[pick(depth > 4 ? 4 : makers.length)]?.();
};

describe("RFC 8785", () => {
  test.each(vectors.numbers)("the double $ieee754 is written $text", ({ ieee754, text }) => {
    expect(canonicalize(double(ieee754))).toBe(text);
  });
  test.each(vectors.refused)("the double %s is refused", (ieee754) => {
    expect(() => canonicalize({ a: [double(ieee754)] })).toThrow(TypeError);
  });
  test.each(vectors.documents)("the document $name comes out byte for byte", ({ input, outputUtf8Hex }) => {
    expect(Buffer.from(canonicalize(JSON.parse(input)), "utf8").toString("hex")).toBe(outputUtf8Hex);
  });
  test("3000 random values are written as the reference library writes them", () => {
    const pick = sequence(7);
    for (let round = 0; round < 3000; round++) {
      const value = randomValue(pick, 0);
      expect(canonicalize(value)).toBe(oracle(value));
    }
  });
});

test("members that are undefined are left out, and an object may become empty", () => {
  expect(canonicalize({ b: undefined, a: { c: undefined } })).toBe('{"a":{}}');
});
test("keys are ordered by UTF-16 code units, whole numbers included", () => {
  expect(canonicalize({ "10": 1, "9": 2, "\ufb33": 3, "😀": 4 })).toBe('{"10":1,"9":2,"😀":4,"\ufb33":3}');
});
test.each([
  ["a lone high surrogate", { a: "\ud800" }],
  ["a lone low surrogate after text", ["x\udc00"]],
  ["a lone surrogate in a key", { "\ud800": 1 }],
  ["a bigint", { a: 1n }],
  ["undefined in a list", [undefined]],
  ["undefined itself", undefined],
  ["a function", { a: () => 1 }],
  ["a Date", { a: new Date(0) }],
  ["a Map", new Map()],
  ["bytes", new Uint8Array(2)],
])("%s is refused", (_, value) => {
  expect(() => canonicalize(value)).toThrow(TypeError);
});
test("a depth of 64 is written, 65 and a cycle are refused", () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
  expect(canonicalize(nested(64))).toBe(`${"[".repeat(64)}1${"]".repeat(64)}`);
  expect(() => canonicalize(nested(65))).toThrow("deeper than 64");
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  expect(() => canonicalize(cycle)).toThrow("deeper than 64");
});
