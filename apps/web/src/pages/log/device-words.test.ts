import { expect, test } from "vitest";
import { deviceWords } from "./device-words.ts";

const chrome =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
test.each([
  [chrome, "Chrome 141 on Windows"],
  [`${chrome} Edg/141.0.0.0`, "Edge 141 on Windows"],
  ["curl/8.5.0", "curl 8.5.0"],
  ["test", null],
  ["", null],
])("%j is %j", (userAgent, words) => expect(deviceWords(userAgent)).toBe(words));
