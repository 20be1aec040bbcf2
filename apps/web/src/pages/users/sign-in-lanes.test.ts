import { expect, test } from "vitest";
import { signInLanes } from "./sign-in-lanes.ts";

type Entry = Parameters<typeof signInLanes>[0][number];
let made = 0;
const event = (code: string, facts: Partial<Entry> = {}): Entry => {
  made += 1;
  const time = `2026-11-0${Math.min(made, 9)}T08:00:00.000Z`;
  return {
    ...{ id: `e${made}`, code, status: "success", receivedAt: time, ip: "10.0.0.1", userAgent: "Desk", metadata: null },
    ...facts,
  };
};
const start = () => {
  made = 0;
};

test("a session lasts from its sign-in to the sign-out of the same address and device", () => {
  start();
  const lanes = signInLanes([
    event("user_login"),
    event("user_login", { userAgent: "Phone" }),
    event("user_logout"),
    event("user_logout", { userAgent: "Phone" }),
  ]);
  expect(lanes.map(({ userAgent, from, to, how }) => [userAgent, from.slice(8, 10), to?.slice(8, 10), how])).toEqual([
    ["Phone", "02", "04", "signed-out"],
    ["Desk", "01", "03", "signed-out"],
  ]);
});

test("the first address is not new, the next one is, and only once", () => {
  start();
  const lanes = signInLanes([
    event("user_login"),
    event("user_login", { ip: "203.0.113.9" }),
    event("user_login", { ip: "203.0.113.9" }),
    event("user_login"),
  ]);
  expect(lanes.map(({ isNewAddress }) => isNewAddress)).toEqual([false, false, true, false]);
});

test("failed attempts are lines of their own, make no address known and are ended by nothing", () => {
  start();
  const lanes = signInLanes([
    event("user_login"),
    event("user_login", { status: "failed", ip: "198.51.100.7" }),
    event("user_logout", { ip: "198.51.100.7" }),
    event("user_login", { ip: "198.51.100.7" }),
  ]);
  expect(lanes.map(({ kind, isNewAddress }) => [kind, isNewAddress])).toEqual([
    ["session", true],
    ["failed", false],
    ["session", false],
  ]);
  expect(lanes[1]?.to).toBeNull();
  expect(lanes[2]?.how).toBe("signed-out");
});

test("ending all sessions ends every open one, ending one of them tells not which", () => {
  start();
  const [second, first] = signInLanes([
    event("user_login"),
    event("sys_session_revoked", { metadata: { session: 7, count: 1 } }),
    event("user_login"),
    event("sys_session_revoked", { metadata: { count: 2 } }),
    event("sys_session_revoked", { status: "denied" }),
  ]);
  expect([first?.how, second?.how]).toEqual(["ended", "ended"]);
  expect(first?.to).toBe(second?.to);
});

test("the password given again is no session of its own, whatever the order of the events", () => {
  start();
  const entries = [event("user_login"), event("user_login", { metadata: { again: true } }), event("user_logout")];
  const lanes = signInLanes(entries.toReversed());
  expect(lanes).toMatchObject([{ again: 1, how: "signed-out" }]);
});
