import { expect, test } from "vitest";
import { checkTarget, isPublicAddress, parsePrivateHosts, resolveTarget } from "./outbound.ts";

const check = (url: string, privateHosts = "") =>
  checkTarget(url, { privateHosts: parsePrivateHosts(privateHosts), ownOrigin: "https://permits.example.org" });

test.each([
  "https://example.org/hook",
  "https://example.org:8443/hook?x=1",
  "https://93.184.216.34/hook",
  "https://[2606:2800:220:1:248:1893:25c8:1946]/",
])("%s may be called", (url) => {
  expect(check(url)).toMatchObject({ ok: true, isPrivate: false });
});

test.each([
  ["http://example.org/", "https"],
  ["ftp://example.org/", "https"],
  ["file:///etc/passwd", "https"],
  ["javascript:alert(1)", "https"],
  ["https://u:p@example.org/", "user_info"],
  ["https://u@example.org/", "user_info"],
  ["https://example.org:22/", "port"],
  ["https://example.org:80/", "port"],
  ["https://permits.example.org/x", "own_address"],
  ["no address", "address"],
  ["", "address"],
  [`https://example.org/${"x".repeat(2048)}`, "address"],
  ["https://localhost/", "private_address"],
  ["https://intranet/", "private_address"],
  ["https://127.1/", "private_address"],
  ["https://2130706433/", "private_address"],
  ["https://0x7f000001/", "private_address"],
  ["https://0177.0.0.1/", "private_address"],
  ["https://127.0.0.1/", "private_address"],
  ["https://0.0.0.0/", "private_address"],
  ["https://10.0.0.5/", "private_address"],
  ["https://172.16.0.1/", "private_address"],
  ["https://192.168.1.1/", "private_address"],
  ["https://100.64.0.1/", "private_address"],
  ["https://169.254.169.254/latest/meta-data/", "private_address"],
  ["https://224.0.0.1/", "private_address"],
  ["https://255.255.255.255/", "private_address"],
  ["https://[::1]/", "private_address"],
  ["https://[::]/", "private_address"],
  ["https://[::ffff:169.254.169.254]/", "private_address"],
  ["https://[::ffff:a9fe:a9fe]/", "private_address"],
  ["https://[64:ff9b::7f00:1]/", "private_address"],
  ["https://[2002:7f00:1::]/", "private_address"],
  ["https://[::127.0.0.1]/", "private_address"],
  ["https://[fe80::1]/", "private_address"],
  ["https://[fd00::1]/", "private_address"],
  ["https://[ff02::1]/", "private_address"],
  ["https://[2001:db8::1]/", "private_address"],
  ["https://198.18.0.1/", "private_address"],
  ["https://198.19.255.255/", "private_address"],
  ["https://192.0.0.8/", "private_address"],
  ["https://[2001:0:7f00:1::1]/", "private_address"],
  ["https://[64:ff9b:1::a00:1]/", "private_address"],
  ["https://[2001:20::1]/", "private_address"],
])("%s may not be called (%s)", (url, rule) => {
  expect(check(url)).toEqual({ ok: false, rule });
});

test("an embedded public address is public, whatever stands around it", () => {
  expect(["::ffff:93.184.216.34", "64:ff9b::5db8:d822", "2002:5db8:d822::1"].map(isPublicAddress)).toEqual([
    true,
    true,
    true,
  ]);
  expect(["", "example.org", "1.2.3", "999.1.1.1", "::1%lo"].map(isPublicAddress)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});

test("a host that the operator names may be inside the house, without https and at any port; others may not", () => {
  expect(check("http://siem.internal:9000/in", "siem.internal")).toMatchObject({ ok: true, isPrivate: true });
  expect(check("http://127.0.0.1:9000/in", "127.0.0.1:9000, other")).toMatchObject({ ok: true, isPrivate: true });
  expect(check("http://127.0.0.1:9001/in", "127.0.0.1:9000")).toEqual({ ok: false, rule: "https" });
  expect(check("https://u:p@siem.internal/", "siem.internal")).toEqual({ ok: false, rule: "user_info" });
});

test("a name is refused when any of its addresses is not public, whatever it answered before", async () => {
  const target = check("https://rebinding.example.org/");
  if (!target.ok) throw new Error("refused");
  const answers = [
    [{ address: "93.184.216.34", family: 4 }],
    [
      { address: "93.184.216.34", family: 4 },
      { address: "169.254.169.254", family: 4 },
    ],
    [{ address: "::ffff:10.0.0.1", family: 6 }],
    [],
  ];
  const lookup = async () => answers.shift() ?? [];
  expect(await resolveTarget(target, lookup)).toEqual([{ address: "93.184.216.34", family: 4 }]);
  await expect(resolveTarget(target, lookup)).rejects.toThrow("not public");
  await expect(resolveTarget(target, lookup)).rejects.toThrow("not public");
  await expect(resolveTarget(target, lookup)).rejects.toThrow("no address");
});
