import { expect, test } from "vitest";
import { fromBase64, headOf, isLongerThan, toBase64, toHex, utf8, utf8Length } from "./utf8.ts";

const texts = ["", "abc", "é", "\u07ff\u0800", "€", "😀", "a😀é€\u0000"];
test.each(texts)("the length of %j is that of its bytes", (text) => {
  expect(utf8Length(text)).toBe(Buffer.byteLength(text));
  expect(utf8(text)).toEqual(new Uint8Array(Buffer.from(text)));
});
test.each(texts)("%j is longer than one byte less and not than its own length", (text) => {
  const length = Buffer.byteLength(text);
  expect(isLongerThan(text, length)).toBe(false);
  if (length > 0) expect(isLongerThan(text, length - 1)).toBe(true);
});
test("a beginning never splits a code point nor takes more bytes than allowed", () => {
  expect([0, 1, 2, 4, 5, 6, 7].map((limit) => headOf("a😀é", limit))).toEqual([
    "",
    "a",
    "a",
    "a",
    "a😀",
    "a😀",
    "a😀é",
  ]);
});
test("base64 and hex are those of Node", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
  expect(toHex(bytes)).toBe(Buffer.from(bytes).toString("hex"));
  expect(fromBase64(toBase64(bytes))).toEqual(bytes);
});
test("base64 is that of Node whatever is left over at the end", () => {
  for (let length = 0; length < 40; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + length * 101) % 256);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
  }
});

test.each(["YQ", "YQ=", "YR==", "Y Q=", "YQ==\n", "_-==", "===="])("%j is not base64 as we write it", (text) => {
  expect(fromBase64(text)).toBeNull();
});
