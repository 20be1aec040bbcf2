import { expect, test } from "vitest";
import { parseJsonStrict } from "./json-parse.ts";

const parse = (text: string) => parseJsonStrict(new TextEncoder().encode(text));

test.each([
  '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}',
  "[]",
  ' \n[1,-2.5,1e3,0.1,true,false,null,"\\u00e9"]\t',
  '{"":1," ":2,"a\\"b":3,"a\\\\":4,"a":5}',
  '{"a":"{\\"a\\":1,\\"a\\":2}","b":"[[[","c":"\\\\"}',
  '["a","a"]',
  `["\\"${"[".repeat(40)}","\\\\",["\\\\\\"${"[".repeat(40)}"]]`,
  '{"a":"b","b":"a"}',
  '{"é":1,"e\u0301":2,"😀":3,"\u2028":4}',
  "[9007199254740991,-9007199254740991,123456789012345.6,0.12345678901234567890123,1e-400]",
  `${"[".repeat(32)}${"]".repeat(32)}`,
])("%s is read as it stands", (text) => {
  expect(parse(text)).toEqual({ ok: true, value: JSON.parse(text) });
});
test("an object with many keys is read", () => {
  const value = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`k${index}`, index]));
  expect(parse(JSON.stringify(value))).toEqual({ ok: true, value });
});

test.each([
  ["", "syntax"],
  [" ", "syntax"],
  ['{"a":', "syntax"],
  ['{"a', "syntax"],
  ['{"a\\', "syntax"],
  ['{"a":1}x', "syntax"],
  ['{"a":1,}', "syntax"],
  ["{a:1}", "syntax"],
  ["{'a':1}", "syntax"],
  ["[1] // no", "syntax"],
  ["[/* no */]", "syntax"],
  ["[NaN]", "syntax"],
  ["[Infinity]", "syntax"],
  ["[01]", "syntax"],
  ["[1.]", "syntax"],
  ["[+1]", "syntax"],
  ['["\n"]', "syntax"],
  ['["\\x41"]', "syntax"],
  ['{"a\\x":1,"a\\x":1}', "syntax"],
  ["]".repeat(40), "syntax"],
  ["null", "top_level"],
  ["42", "top_level"],
  ['"text"', "top_level"],
  ["true", "top_level"],
  ['{"a":1,"a":2}', "duplicate_key"],
  ['{"a":1,"a":1}', "duplicate_key"],
  ['{"a":{"b":[{"c":1,"d":{},"c":2}]}}', "duplicate_key"],
  ['{"id":1,"\\u0069d":2}', "duplicate_key"],
  ['{"\\u0069d":1,"i\\u0064":2}', "duplicate_key"],
  ['{"a\\/b":1,"a/b":2}', "duplicate_key"],
  ['{"__proto__":1,"__proto__":2}', "duplicate_key"],
  ['{"":1,"":2}', "duplicate_key"],
  ['{ "a" : "x" , \n "a" : [ ] }', "duplicate_key"],
  [`{${Array.from({ length: 40 }, (_, index) => `"k${index}":1`).join()},"k3":1}`, "duplicate_key"],
  [`{${Array.from({ length: 13 }, (_, index) => `"k${index}":1`).join()},"k12":1}`, "duplicate_key"],
  ['{"a":1,"a":2', "syntax"],
  [`${"[".repeat(33)}${"]".repeat(33)}`, "depth"],
  ["[".repeat(100_000), "depth"],
  ['{"a":'.repeat(33), "depth"],
  [`{${Array.from({ length: 2001 }, (_, index) => `"k${index}":1`).join()}}`, "keys"],
  ["[12345678901234567890]", "number"],
  ["[9007199254740992]", "number"],
  ["[-9007199254740993]", "number"],
  ['{"a":1e400}', "number"],
  ["[-1e400]", "number"],
  ["[1E22]", "number"],
  ["[100000000000000000000000.0]", "number"],
])("%.60s is refused: %s", (text, reason) => {
  expect(parse(text)).toEqual({ ok: false, reason });
});

test.each<[string, number[]]>([
  ["an overlong NUL", [0x5b, 0x22, 0xc0, 0x80, 0x22, 0x5d]],
  ["a lone continuation byte", [0x5b, 0x22, 0x80, 0x22, 0x5d]],
  ["an encoded surrogate", [0x5b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x5d]],
  ["a cut character", [0x5b, 0x22, 0xe2, 0x82]],
  ["UTF-16", [0xff, 0xfe, 0x5b, 0x00, 0x5d, 0x00]],
  ["a character beyond U+10FFFF", [0x5b, 0x22, 0xf4, 0x90, 0x80, 0x80, 0x22, 0x5d]],
])("%s is no UTF-8", (_, bytes) => {
  expect(parseJsonStrict(Uint8Array.from(bytes))).toEqual({ ok: false, reason: "encoding" });
});
test("a byte order mark is not skipped", () => {
  expect(parseJsonStrict(Uint8Array.of(0xef, 0xbb, 0xbf, 0x5b, 0x5d))).toEqual({ ok: false, reason: "syntax" });
});
test.each([
  ["quotes and backslashes", '\\"'],
  ["backslashes", "\\\\"],
  ["text", "x"],
])("4 MiB of %s in one text take no more than 300 ms of processor time", (_, unit) => {
  const bytes = new TextEncoder().encode(`["${unit.repeat(4_194_304 / unit.length)}"]`);
  const start = process.cpuUsage();
  expect(parseJsonStrict(bytes).ok).toBe(true);
  expect(process.cpuUsage(start).user).toBeLessThan(300_000);
});
