import { expect, test } from "vitest";
import { canonicalIp, clientIp, isCanonicalNetwork, networkOf, parseNetworks } from "./client-ip.ts";

const proxies = parseNetworks("10.0.0.0/8, 192.0.2.7, fd00::/8");

test.each<[string, string | undefined, string | undefined, string | null, boolean]>([
  ["no proxy in front", "203.0.113.9", undefined, "203.0.113.9", false],
  ["a forged header from anywhere is ignored", "203.0.113.9", "1.2.3.4", "203.0.113.9", false],
  ["a trusted proxy names the caller", "10.0.0.1", "198.51.100.4", "198.51.100.4", false],
  ["what the caller put in front is hearsay", "10.0.0.1", "1.1.1.1, 198.51.100.4", "198.51.100.4", false],
  ["trusted hops are walked through", "10.0.0.1", "1.1.1.1, 198.51.100.4, 192.0.2.7", "198.51.100.4", false],
  ["an untrusted hop ends the walk", "10.0.0.1", "198.51.100.4, 203.0.113.5, 10.1.1.1", "203.0.113.5", false],
  ["only trusted hops: the leftmost of them", "10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3", false],
  ["a mapped socket address is unwrapped", "::ffff:203.0.113.9", undefined, "203.0.113.9", false],
  ["a mapped proxy is still the proxy", "::ffff:10.0.0.1", "198.51.100.4", "198.51.100.4", false],
  ["an IPv6 proxy, an IPv6 caller", "fd00::1", "2001:DB8::0:1", "2001:db8::1", false],
  ["a zone is split off", "fe80::1%eth0", undefined, "fe80::1", false],
  ["junk from a trusted proxy: its address, marked", "10.0.0.1", "unknown", "10.0.0.1", true],
  ["an empty header from a trusted proxy", "10.0.0.1", "", "10.0.0.1", true],
  ["a port is not an address", "10.0.0.1", "198.51.100.4:1234", "10.0.0.1", true],
  ["octal is not an address", "10.0.0.1", "010.0.0.1", "10.0.0.1", true],
  ["junk behind a good hop does not matter", "10.0.0.1", "<script>, 198.51.100.4", "198.51.100.4", false],
  ["no socket address at all", undefined, "1.2.3.4", null, false],
])("%s", (_name, socket, header, ip, junk) => {
  expect(clientIp(socket, header, proxies)).toEqual({ ip, junk });
});

test("only one exact spelling of one address is an address", () => {
  const refused =
    "999.1.1.1 127.1 1.2.3.04 0x7f.0.0.1 2130706433 1.2.3.4:80 10.0.0.0/8 [::1] ::1.2.3.4 1::2::3 ::g localhost";
  for (const text of ["", " 1.2.3.4", "1.2.3.4\n", "1.2.3.4\0", ...refused.split(" ")]) {
    expect([text, canonicalIp(text)]).toEqual([text, null]);
  }
  expect(canonicalIp("::FFFF:7f00:1")).toBe("127.0.0.1");
  expect(canonicalIp("2001:0db8:0:0:1:0:0:1")).toBe("2001:db8::1:0:0:1");
});

test("limits count an IPv4 address alone and an IPv6 /64 together", () => {
  expect(networkOf("198.51.100.4")).toBe("198.51.100.4");
  expect(networkOf("2001:db8:1:2:aaaa::1")).toBe(networkOf("2001:db8:1:2:bbbb::9"));
  expect(networkOf("2001:db8:1:2::1")).toBe("2001:db8:1:2::/64");
  expect(networkOf("2001:db8:1:3::1")).not.toBe(networkOf("2001:db8:1:2::1"));
});

test("a proxy list with a mistake is refused by name", () => {
  expect(parseNetworks("")).toEqual([]);
  for (const text of [
    "10.0.0.0/33",
    "10.0.0.0/08",
    "10.0.0/8",
    "proxy.example.org",
    "10.0.0.0/8/8",
    "::/129",
    "1.2.3.4/",
  ]) {
    expect(() => parseNetworks(text)).toThrow(`"${text}"`);
  }
});

test.each([
  "192.0.2.7",
  "10.0.0.0/8",
  "192.0.2.128/25",
  "0.0.0.0/0",
  "2001:db8::/32",
  "2001:db8::1",
  "::/0",
  "::1/128",
])("%s is a network in its canonical spelling", (text) => {
  expect(isCanonicalNetwork(text)).toBe(true);
  expect(parseNetworks(text)).toHaveLength(1);
});

test.each([
  "",
  "10.0.0.1/8",
  "192.0.2.129/25",
  "2001:db8::1/32",
  "2001:DB8::/32",
  "2001:0db8::/32",
  "::ffff:10.0.0.0/104",
  "::ffff:192.0.2.7",
  "10.0.0.0/33",
  "10.0.0.0/08",
  "10.0.0.0/",
  "10.0.0.0/8/8",
  "10.0.0.0/-1",
  "10.0.0.0, 11.0.0.0",
  " 10.0.0.0",
  "fe80::1%eth0",
  "127.1",
  "example.org",
])("%j is no network in its canonical spelling", (text) => expect(isCanonicalNetwork(text)).toBe(false));
