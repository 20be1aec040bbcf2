import { expect, test } from "vitest";
import { deviceWords, networkWords } from "./device-words.ts";

const chrome =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
test.each([
  [chrome, "Chrome 141 on Windows"],
  [`${chrome} Edg/141.0.0.0`, "Edge 141 on Windows"],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox 131 on Linux"],
  [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    "Safari 18 on macOS",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    "Safari 18 on iPhone",
  ],
  ["curl/8.5.0", "curl 8.5.0"],
  ["node", "node"],
  ["test", null],
  ["", null],
])("%j is %j", (userAgent, words) => expect(deviceWords(userAgent)).toBe(words));

test.each([
  ["127.0.0.1", "this machine"],
  ["::1", "this machine"],
  ["10.20.0.12", "private network"],
  ["172.16.0.1", "private network"],
  ["172.32.0.1", "public address"],
  ["fd00::1", "private network"],
  ["fe80::1", "this network only"],
  ["203.0.113.9", "public address"],
])("%s is in the %s", (ip, words) => expect(networkWords(ip)).toBe(words));
