import { expect, test } from "vitest";
import { readSize, sizeAfter } from "./drawer-size.ts";

test.each([
  [null, 520],
  ["640", 640],
  ["12", 400],
  ["99999", 900],
  ["-5", 520],
  ["wide", 520],
])("a stored width of %j is %i", (text, px) => expect(readSize(text)).toBe(px));

test.each([
  ["ArrowLeft", 520, 540],
  ["ArrowRight", 520, 500],
  ["ArrowRight", 405, 400],
  ["ArrowLeft", 895, 900],
  ["Home", 520, 400],
  ["End", 520, 900],
  ["Enter", 520, null],
  ["constructor", 520, null],
])("%s at %i leads to %j", (key, px, next) => expect(sizeAfter(key, px)).toBe(next));
