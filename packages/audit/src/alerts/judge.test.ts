import { expect, test } from "vitest";
import { judge, looksForSame, newState, type RuleState, speakOfHeld } from "./judge.ts";
import { isOutside } from "./office-time.ts";
import { holdingReason } from "./plan.ts";
import { learn, lookBackMs, replay } from "./replay.ts";
import type { AlertEvent, RuleDefinition, Trigger } from "./rule.ts";
import { headline, triggerWords } from "./words.ts";

const start = Date.UTC(2026, 10, 30, 9, 0); // A Monday.
const minute = 60_000;
const office = { timeZone: "UTC", cooldownMinutes: 10 };

const rule = (trigger: Trigger, more: Partial<RuleDefinition> = {}): RuleDefinition => ({
  filter: {},
  atLeast: null,
  outside: null,
  cooldownMinutes: null,
  trigger,
  ...more,
});
const event = (id: number, atMinutes: number, more: Partial<AlertEvent> = {}): AlertEvent => ({
  id: `e${id}`,
  atMs: start + atMinutes * minute,
  code: "user_login",
  severity: "medium",
  actor: { type: "user", id: "7", label: "Ana Ruiz" },
  object: { type: "user", id: "7", label: "Ana Ruiz" },
  ip: "192.0.2.7",
  rows: null,
  ...more,
});
const run = (definition: RuleDefinition, events: AlertEvent[], untilMinutes: number, state = newState(start)) =>
  judge(definition, state, events, start + untilMinutes * minute, office);
const told = ({ firings }: ReturnType<typeof judge>) =>
  firings.map(({ atMs, count, eventIds, group, isFollowUp }) => [
    (atMs - start) / minute,
    count,
    eventIds.join(" "),
    group.label,
    isFollowUp,
  ]);

test("each: the first speaks at once, what follows is gathered and told together when the pause ends", () => {
  const events = [1, 2, 3, 4, 5, 6, 7, 8].map((id) => event(id, id));
  expect(told(run(rule({ kind: "each" }), [...events, event(9, 40)], 60))).toEqual([
    [1, 1, "e1", "", false],
    [11, 7, "e2 e3 e4 e5 e6", "", true],
    [40, 1, "e9", "", false],
  ]);
});

test("each without a pause: every event speaks", () => {
  const definition = rule({ kind: "each" }, { cooldownMinutes: 0 });
  expect(told(run(definition, [event(1, 1), event(2, 1), event(3, 2)], 9)).map(([at, count]) => [at, count])).toEqual([
    [1, 1],
    [1, 1],
    [2, 1],
  ]);
});

test("10 000 events in a minute give a handful of messages that say how many they stand for", () => {
  const storm = Array.from({ length: 10_000 }, (_, at) => event(at, at / 10_000, { severity: "critical" }));
  const messages = told(run(rule({ kind: "each" }), storm, 60));
  expect(messages.map(([at, count]) => [at, count])).toEqual([
    [0, 1],
    [10, 9999],
  ]);
});

test("threshold: N within the window speak, N - 1 do not, and those too far apart do not", () => {
  const definition = rule({ kind: "threshold", count: 3, minutes: 10, groupBy: ["network"] });
  expect(told(run(definition, [event(1, 1), event(2, 2)], 30))).toEqual([]);
  expect(told(run(definition, [event(1, 1), event(2, 6), event(3, 11)], 30))).toEqual([]);
  expect(told(run(definition, [event(1, 1), event(2, 6), event(3, 10.9)], 30))).toEqual([
    [10.9, 3, "e1 e2 e3", "192.0.2.7", false],
  ]);
});

test("threshold: groups are counted apart, and each that is named counts", () => {
  const definition = rule({ kind: "threshold", count: 2, minutes: 10, groupBy: ["network", "object"] });
  const elsewhere = { ip: "2001:db8:1:2:3::9" };
  const other = { object: { type: "user", id: "8", label: "Ben" } };
  expect(
    told(run(definition, [event(1, 1), event(2, 2, { ...elsewhere, ...other }), event(3, 3, elsewhere)], 9)),
  ).toEqual([
    [3, 2, "e2 e3", "2001:db8:1:2::/64", false],
    [3, 2, "e1 e3", "Ana Ruiz", false],
  ]);
  expect(
    told(run(definition, [event(1, 1, { ip: null, object: null }), event(2, 2, { ip: null, object: null })], 9)),
  ).toEqual([]);
});

test("threshold: in the pause only another full number speaks again", () => {
  const definition = rule({ kind: "threshold", count: 2, minutes: 10, groupBy: ["actor"] });
  const few = [event(1, 1), event(2, 2), event(3, 3)];
  expect(told(run(definition, few, 60))).toHaveLength(1);
  expect(told(run(definition, [...few, event(4, 4)], 60))).toEqual([
    [2, 2, "e1 e2", "Ana Ruiz", false],
    [12, 2, "e3 e4", "Ana Ruiz", true],
  ]);
});

test("threshold: what came in the pause counts towards the next number, back to the beginning of its window", () => {
  const definition = rule({ kind: "threshold", count: 3, minutes: 10, groupBy: ["actor"] });
  const first = [event(1, 0), event(2, 0), event(3, 0)];
  expect(told(run(definition, [...first, event(4, 8), event(5, 9), event(6, 11)], 60))).toEqual([
    [0, 3, "e1 e2 e3", "Ana Ruiz", false],
    [11, 3, "e4 e5 e6", "Ana Ruiz", false],
  ]);
  expect(told(run(definition, [...first, event(4, 1), event(5, 9), event(6, 11.5)], 60))).toHaveLength(1);
});

test("each, apart by type: one that is quiet waits for no pause of another", () => {
  const definition = rule({ kind: "each", groupBy: ["event"] });
  const other = { code: "sys_verify_failed" };
  const messages = run(definition, [event(1, 1), event(2, 2, other), event(3, 3), event(4, 4, other)], 60);
  expect(told(messages).map(([at, count, ids]) => [at, count, ids])).toEqual([
    [1, 1, "e1"],
    [2, 1, "e2"],
    [11, 1, "e3"],
    [12, 1, "e4"],
  ]);
});

test("a rule that ends, or looks for something else, speaks of what it gathered", () => {
  const each = rule({ kind: "each" });
  const { state } = run(each, [event(1, 1), event(2, 2, { severity: "high" }), event(3, 3)], 4);
  expect(speakOfHeld(each, state, start)).toMatchObject([
    { atMs: start, count: 2, eventIds: ["e2", "e3"], severity: "high", isFollowUp: true, untilMs: null },
  ]);
  const threshold = rule({ kind: "threshold", count: 2, minutes: 10, groupBy: ["actor"] });
  const few = run(threshold, [event(1, 1), event(2, 1), event(3, 2)], 4);
  expect(speakOfHeld(threshold, few.state, start)).toEqual([]);
  expect(looksForSame(each, { ...each, cooldownMinutes: 3 })).toBe(true);
  expect(looksForSame(each, { ...each, atLeast: 3 })).toBe(false);
});

test("hours over midnight belong to the day on which they began", () => {
  const night = { from: "22:00", to: "06:00", days: [1, 2, 3, 4, 5] };
  const at = (day: number, hour: number) => Date.UTC(2026, 10, 30 + day, hour);
  const within = [at(0, 23), at(1, 2), at(4, 23), at(5, 2)];
  const outside = [at(0, 2), at(0, 12), at(5, 23), at(6, 2), at(7, 2)];
  expect(within.map((ms) => isOutside(ms, night, "UTC"))).toEqual(within.map(() => false));
  expect(outside.map((ms) => isOutside(ms, night, "UTC"))).toEqual(outside.map(() => true));
});

test("hours follow the clock on the wall when it is set forward and back", () => {
  const hours = { from: "07:00", to: "19:00", days: [1, 2, 3, 4, 5, 6, 7] };
  const madrid = (iso: string) => isOutside(Date.parse(iso), hours, "Europe/Madrid");
  expect([madrid("2026-03-28T06:00:00Z"), madrid("2026-03-28T05:59:00Z")]).toEqual([false, true]);
  expect([madrid("2026-03-29T05:00:00Z"), madrid("2026-03-29T04:59:00Z")]).toEqual([false, true]);
  expect([madrid("2026-10-25T06:00:00Z"), madrid("2026-10-25T05:59:00Z")]).toEqual([false, true]);
  const quiet = {
    timeZone: "America/St_Johns",
    quietHours: { from: "22:00", to: "06:00" },
    maxPerHour: 9,
  };
  const held = (iso: string) => holdingReason({ atMs: Date.parse(iso), severity: "high" }, quiet, []);
  expect([held("2026-12-01T01:29:00Z"), held("2026-12-01T01:30:00Z")]).toEqual([null, "quiet_hours"]);
  expect([held("2026-07-01T08:29:00Z"), held("2026-07-01T08:30:00Z")]).toEqual(["quiet_hours", null]);
});

test("first seen: an address speaks once, and again when it was long not seen", () => {
  const definition = rule({ kind: "first_seen", days: 1 });
  const known = learn(definition, [event(1, -30)], start, office);
  const day = 24 * 60;
  const events = [
    event(2, 1),
    event(3, 2, { ip: "198.51.100.1" }),
    event(4, 20, { ip: "198.51.100.1" }),
    event(5, day + 30),
  ];
  expect(told(run(definition, events, day + 40, known))).toEqual([
    [2, 1, "e3", "Ana Ruiz", false],
    [day + 30, 1, "e5", "Ana Ruiz", false],
  ]);
});

test("absence: speaks once when the time is up, and anew after something happened", () => {
  const definition = rule({ kind: "absence", minutes: 30 });
  expect(told(run(definition, [], 29))).toEqual([]);
  expect(told(run(definition, [event(1, 20), event(2, 60)], 200))).toEqual([
    [50, 0, "", "", false],
    [90, 0, "", "", false],
  ]);
});

test("only events outside the hours count, in the office's zone and over midnight", () => {
  const outside = { from: "07:00", to: "19:00", days: [1, 2, 3, 4, 5] };
  const definition = rule({ kind: "each" }, { outside, cooldownMinutes: 0 });
  const events = [event(1, 0), event(2, 10 * 60 - 1), event(3, 10 * 60), event(4, 5 * 24 * 60)];
  expect(told(run(definition, events, 9999)).map(([, , ids]) => ids)).toEqual(["e3", "e4"]);
  const kiritimati = { timeZone: "Pacific/Kiritimati", cooldownMinutes: 10 };
  const judged = judge(definition, newState(start), [event(1, 0)], start, kiritimati);
  expect(judged.firings).toHaveLength(1);
});

test("only events of enough rows count", () => {
  const definition = rule({ kind: "each" }, { atLeast: 10_001 });
  const events = [event(1, 1), event(2, 2, { rows: 10_000 }), event(3, 3, { rows: 10_001 })];
  expect(told(run(definition, events, 5)).map(([, , ids]) => ids)).toEqual(["e3"]);
});

test("the severity of a message is the highest among its events", () => {
  const events = [event(1, 1), event(2, 2), event(3, 3, { severity: "critical" }), event(4, 4)];
  expect(run(rule({ kind: "each" }), events, 60).firings.map(({ severity }) => severity)).toEqual([
    "medium",
    "critical",
  ]);
});

test("what takes many events weighs more than each of them", () => {
  const definition = rule({ kind: "threshold", count: 2, minutes: 10, groupBy: ["object"] });
  const low = { severity: "low" } as const;
  const [first] = run(definition, [event(1, 1, low), event(2, 2, low)], 5).firings;
  expect(first?.severity).toBe("medium");
  expect(headline(definition, first!, null)).toBe("2 events within 10 minutes on user Ana Ruiz");
});

test("it is the same whether events come at once or one by one, with the state written down between", () => {
  const definition = rule(
    { kind: "threshold", count: 4, minutes: 7, groupBy: ["network", "actor"] },
    { cooldownMinutes: 3 },
  );
  const events = Array.from({ length: 400 }, (_, at) =>
    event(at, ((at * at * 7919) % 4000) / 4 + at, {
      ip: `192.0.2.${at % 3}`,
      actor: { type: "user", id: String(at % 5), label: null },
    }),
  ).sort((left, right) => left.atMs - right.atMs);
  const whole = run(definition, events, 5000);
  let state: RuleState = newState(start);
  const parts = events.flatMap((one) => {
    const judged = judge(definition, JSON.parse(JSON.stringify(state)), [one], one.atMs, office);
    state = judged.state;
    return judged.firings;
  });
  parts.push(...judge(definition, state, [], start + 5000 * minute, office).firings);
  expect(whole.firings.length).toBeGreaterThan(10);
  expect(parts).toEqual(whole.firings);
});

test("a flood of strangers does not grow what a rule remembers without end", () => {
  const definition = rule({ kind: "threshold", count: 2, minutes: 600, groupBy: ["network"] });
  const strangers = Array.from({ length: 6000 }, (_, at) => event(at, at / 100, { ip: `10.0.${at >> 8}.${at & 255}` }));
  expect(Object.keys(run(definition, strangers, 61).state.groups)).toHaveLength(5000);
});

test("quiet hours hold back what is not critical, over midnight too; the limit of an hour holds back all", () => {
  const sending = { timeZone: "UTC", quietHours: { from: "22:00", to: "06:00" }, maxPerHour: 2 };
  const at = (hour: number) => Date.UTC(2026, 10, 30, hour);
  const reason = (hour: number, severity: "high" | "critical", sent: number[] = []) =>
    holdingReason({ atMs: at(hour), severity }, sending, sent);
  expect([reason(21, "high"), reason(22, "high"), reason(5, "high"), reason(6, "high")]).toEqual([
    null,
    "quiet_hours",
    "quiet_hours",
    null,
  ]);
  expect(reason(23, "critical")).toBe(null);
  expect(reason(12, "critical", [at(12) - minute, at(12)])).toBe("max_per_hour");
  expect(reason(12, "critical", [at(11), at(12)])).toBe(null);
});

test("a replay tells what was held back and by what", () => {
  const definition = rule({ kind: "each" }, { cooldownMinutes: 0 });
  const sending = { ...office, quietHours: { from: "10:00", to: "11:00" }, maxPerHour: 2 };
  const events = [event(0, -5), event(1, 1), event(2, 2), event(3, 3), event(4, 61), event(5, 190)];
  const { messages, events: looked } = replay(
    definition,
    events,
    { fromMs: start, toMs: start + 300 * minute },
    sending,
  );
  expect(looked).toBe(5);
  expect(messages.map(({ heldBy }) => heldBy)).toEqual([null, null, "max_per_hour", "quiet_hours", null]);
});

test.each([
  [{ kind: "each" }, 0, [1]],
  [{ kind: "threshold", count: 2, minutes: 30, groupBy: ["actor"] }, 30, [1]],
  [{ kind: "first_seen", days: 1 }, 24 * 60, [2]],
  [{ kind: "absence", minutes: 30 }, 30, [10]],
] as [Trigger, number, number[]][])(
  "a replay of %j looks %i minutes farther back, and goes on with what it saw there",
  (trigger, minutes, spokenAt) => {
    const definition = rule(trigger, { cooldownMinutes: 15 });
    expect(lookBackMs(definition)).toBe(minutes * minute);
    const absent = trigger.kind === "absence";
    const events = absent
      ? [event(0, -20)]
      : [event(0, -20), event(1, 1), event(2, 2, { ip: "198.51.100.1" }), event(3, 3)];
    const range = { fromMs: start, toMs: start + 15 * minute };
    const { messages } = replay(definition, events, range, { ...office, quietHours: null, maxPerHour: 30 });
    expect(messages.map(({ atMs }) => (atMs - start) / minute)).toEqual(spokenAt);
  },
);

test("rules and messages read as sentences", () => {
  const threshold = rule(
    { kind: "threshold", count: 5, minutes: 10, groupBy: ["network", "object"] },
    { outside: { from: "07:00", to: "19:00", days: [1, 2, 3, 4, 5] } },
  );
  expect(triggerWords(threshold)).toBe(
    "when 5 events or more happen within 10 minutes from one network or on one object outside Mon–Fri 07:00–19:00",
  );
  expect(triggerWords(rule({ kind: "each" }, { atLeast: 10_001 }))).toBe("of each event of at least 10,001 rows");
  expect(triggerWords(rule({ kind: "absence", minutes: 1500 }))).toBe("when nothing happens for 25 hours");
  const [first] = run(rule({ kind: "each" }), [event(1, 1)], 2).firings;
  expect(headline(rule({ kind: "each" }), first!, "Ana Ruiz signed in")).toBe("Ana Ruiz signed in");
  expect(headline(rule({ kind: "each" }), { ...first!, count: 3 }, "Ana Ruiz gave up P-1: too late.")).toBe(
    "Ana Ruiz gave up P-1: too late, and 2 more events since the last message",
  );
});
