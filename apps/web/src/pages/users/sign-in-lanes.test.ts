import { expect, test } from "vitest";
import { newAddresses, signInLanes } from "./sign-in-lanes.ts";

type Entry = Parameters<typeof signInLanes>[0][number];
const ann = { type: "user", id: "7", label: "Ann" } as const;
const boss = { type: "user", id: "1", label: "Boss" } as const;
let made = 0;
const event = (code: string, facts: Partial<Entry> = {}): Entry => {
  made += 1;
  const time = `2026-11-0${Math.min(made, 9)}T08:00:00.000Z`;
  return {
    ...{ id: `e${made}`, code, status: "success", receivedAt: time, ip: "10.0.0.1", userAgent: "Desk", metadata: null },
    ...{ actor: ann, object: ann },
    ...facts,
  };
};
const start = () => {
  made = 0;
};
const session = (number: number) => ({ metadata: { session: number } });
const phone = { ip: "10.0.0.1", userAgent: "Phone" };
const ends = (entries: readonly Entry[]) =>
  signInLanes(entries)
    .reverse()
    .map(({ how, to }) => [how, to?.slice(8, 10) ?? null]);

test("a session of old lasts from its sign-in to the sign-out of the same address and device", () => {
  start();
  const lanes = signInLanes([
    event("user_login"),
    event("user_login", phone),
    event("user_logout"),
    event("user_logout", phone),
  ]);
  expect(lanes.map(({ userAgent, from, to, how }) => [userAgent, from.slice(8, 10), to?.slice(8, 10), how])).toEqual([
    ["Phone", "02", "04", "signed-out"],
    ["Desk", "01", "03", "signed-out"],
  ]);
});

test("a numbered session is ended by its own sign-out, whatever came from the same device", () => {
  start();
  const events = [
    event("user_login", session(1)),
    event("user_login", session(2)),
    event("user_logout", session(1)),
    event("user_login", { metadata: { again: true, session: 2 } }),
  ];
  expect(ends(events)).toEqual([
    ["signed-out", "03"],
    ["unknown", null],
  ]);
  expect(signInLanes(events)).toMatchObject([
    { session: 2, again: 1 },
    { session: 1, again: 0 },
  ]);
});

test("who ends all their other sessions keeps their own, and nobody else did it", () => {
  start();
  const opened = [event("user_login", { ...phone, ...session(1) }), event("user_login", session(2))];
  const kept = [
    ["ended-by-self", "03"],
    ["unknown", null],
  ];
  expect(ends([...opened, event("sys_session_revoked", { metadata: { count: 1, keptSession: 2 } })])).toEqual(kept);
  start();
  const old = [event("user_login", phone), event("user_login")];
  expect(ends([...old, event("sys_session_revoked", { metadata: { count: 1 } })])).toEqual(kept);
});

test("one ended session is the one that the event names, and who ended it is told", () => {
  start();
  expect(
    ends([
      event("user_login", session(1)),
      event("user_login", session(2)),
      event("user_login", session(3)),
      event("sys_session_revoked", { actor: boss, metadata: { session: 2, count: 1 } }),
      event("sys_session_revoked", { metadata: { session: 1, count: 1 } }),
      event("sys_session_revoked", { status: "denied", metadata: { session: 3 } }),
    ]),
  ).toEqual([
    ["ended-by-self", "05"],
    ["ended", "04"],
    ["unknown", null],
  ]);
});

test("a new password ends all but the session it was given in, a reset, a switched off and a deleted account end all", () => {
  start();
  const own = { metadata: { sessionsEnded: 1, keptSession: 2 } };
  expect(
    ends([
      event("user_login", session(1)),
      event("user_login", session(2)),
      event("user_change_password", own),
      event("user_change_password", { actor: boss, metadata: { sessionsEnded: 1, reset: true } }),
      event("user_login", session(3)),
      event("user_deactivate", { actor: boss }),
      event("user_login", session(4)),
      event("user_delete", { actor: boss }),
    ]),
  ).toEqual([
    ["password", "03"],
    ["password", "04"],
    ["deactivated", "06"],
    ["deleted", "08"],
  ]);
});

test("failed attempts are lines of their own and are ended by nothing", () => {
  start();
  const lanes = signInLanes([
    event("user_login"),
    event("user_login", { status: "failed", ip: "198.51.100.7" }),
    event("user_logout", { ip: "198.51.100.7" }),
    event("user_login", { ip: "198.51.100.7" }),
  ]);
  expect(lanes.map(({ kind }) => kind)).toEqual(["session", "failed", "session"]);
  expect(lanes[1]?.to).toBeNull();
  expect(lanes[2]?.how).toBe("signed-out");
});

test("the password given again is no session of its own, whatever the order of the events", () => {
  start();
  const entries = [event("user_login"), event("user_login", { metadata: { again: true } }), event("user_logout")];
  const lanes = signInLanes(entries.toReversed());
  expect(lanes).toMatchObject([{ again: 1, how: "signed-out" }]);
});

test("the first address of all is not new, the first sign-in from each other one is", () => {
  expect([...newAddresses([{ eventId: "e9" }, { eventId: "e4" }, { eventId: "e1" }])]).toEqual(["e4", "e9"]);
  expect(newAddresses([]).size).toBe(0);
});
