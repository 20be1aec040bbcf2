import { expect, test } from "vitest";
import { lampOf, type Status, span, watchSealing } from "./integrity-state.ts";
import { isUnderWay, lastEnded, type Run, runState } from "./verification-runs.ts";

const now = Date.parse("2026-11-23T12:00:00.000Z");
const status = (changes: Partial<Status> & { signedAgoS?: number }): Status => {
  const { signedAgoS = 3, ...rest } = changes;
  const signedAt = new Date(now - signedAgoS * 1000).toISOString();
  return {
    origin: "office",
    epoch: 1,
    at: new Date(now).toISOString(),
    size: 100,
    unsealed: 0,
    checkpoint: { size: 100, note: "", signedAt },
    keys: [],
    verifications: [],
    ...rest,
  };
};
const standing = { size: 100, sinceMs: now - 5000 };

test("the lamp tells an idle log from one that nobody signs", () => {
  expect(lampOf(status({ checkpoint: null, unsealed: 2 }), null, now, now)).toEqual({
    kind: "none",
    ageMs: 0,
    waiting: 102,
  });
  expect(lampOf(status({}), null, now, now + 4000)).toEqual({ kind: "signed", ageMs: 7000, waiting: 0 });
  expect(lampOf(status({ signedAgoS: 3500 }), null, now, now).kind).toBe("signed");
  expect(lampOf(status({ signedAgoS: 4000 }), null, now, now).kind).toBe("silent");
  // Read long ago while nobody was at the page: that says nothing of what was signed since.
  expect(lampOf(status({}), null, now, now + 7_200_000).kind).toBe("signed");
  expect(lampOf(status({ size: 103, unsealed: 2 }), null, now, now)).toMatchObject({ kind: "signing", waiting: 5 });
  expect(lampOf(status({ unsealed: 2, signedAgoS: 59 }), standing, now, now).kind).toBe("signing");
  expect(lampOf(status({ unsealed: 2, signedAgoS: 61 }), standing, now, now).kind).toBe("late");
});

test("an event that comes after a quiet hour raises no alarm while it waits for its second", () => {
  const seen = status({ unsealed: 1, signedAgoS: 3000 });
  const first = watchSealing(null, seen, now);
  expect(lampOf(seen, first, now, now).kind).toBe("signing");
  const second = watchSealing(first, seen, now + 5000);
  expect(second).toEqual(first);
  expect(lampOf(seen, second, now + 5000, now + 5000).kind).toBe("late");
  expect(watchSealing(second, status({ checkpoint: { size: 101, note: "", signedAt: "" }, size: 102 }), now)).toEqual({
    size: 101,
    sinceMs: now,
  });
  expect(watchSealing(second, status({}), now)).toBeNull();
});

test("a reader's wrong clock makes no signature older, nor younger than now", () => {
  const wrong = now + 7_200_000;
  expect(lampOf(status({}), null, wrong, wrong + 1000).ageMs).toBe(4000);
  expect(lampOf(status({ signedAgoS: -10 }), null, now, now).ageMs).toBe(0);
});

test("spans are said in their two largest units", () => {
  const spans = [0, 3, 59, 60, 250, 3600, 4320, 86_400, 90_000, 90_060].map((seconds) => span(seconds * 1000));
  expect(spans).toEqual(["0 s", "3 s", "59 s", "1 min", "4 min", "1 h", "1 h 12 min", "1 d", "1 d 1 h", "1 d 1 h"]);
});

const run = (changes: Partial<Run>): Run => ({
  id: 1,
  startedAt: "2026-11-23T12:00:00.000Z",
  finishedAt: "2026-11-23T12:00:01.000Z",
  fromIndex: 0,
  done: 100,
  total: 100,
  ok: true,
  report: { ok: true, trust: "signed" },
  startedBy: "worker",
  startedByName: null,
  ...changes,
});

test("a verification waits, runs, ends intact or with what was found, or does not end", () => {
  expect(runState(run({ finishedAt: null, ok: null, done: 0, total: 0 }))).toEqual({ kind: "waiting" });
  expect(runState(run({ finishedAt: null, ok: null, done: 40 }))).toEqual({ kind: "running", done: 40, total: 100 });
  expect(runState(run({}))).toEqual({ kind: "intact", isSelfConsistent: false });
  expect(runState(run({ report: { trust: "self_consistent" } }))).toEqual({ kind: "intact", isSelfConsistent: true });
  expect(runState(run({ ok: null, report: { stopped: true } }))).toEqual({ kind: "stopped" });
  expect(runState(run({ ok: true, report: "garbled" }))).toEqual({ kind: "stopped" });
  const findings = [
    { code: "COLUMN_MISMATCH", index: 7, id: "e", part: "status" },
    { code: "NO_SUCH_CODE", index: 8, id: "e", part: null },
    "garbled",
  ];
  expect(runState(run({ ok: false, report: { trust: "signed", found: 140, findings } }))).toEqual({
    kind: "found",
    isSelfConsistent: false,
    found: 140,
    findings: [
      {
        sentence: "A column of the event says something else than its sealed content.",
        index: 7,
        part: "status",
        id: "e",
      },
    ],
  });
});

test("only what a worker is at is under way, and only what came to its end counts as the last", () => {
  const open = { finishedAt: null, ok: null };
  expect(isUnderWay([run({ ...open, startedBy: "user:7" })])).toBe(true);
  expect(isUnderWay([run({ ...open, startedBy: "worker" })])).toBe(true);
  expect(isUnderWay([run({ ...open, startedBy: "cli" }), run({})])).toBe(false);
  expect(lastEnded([run({ id: 3, ...open }), run({ id: 2, ok: null }), run({ id: 1, ok: false })])?.id).toBe(1);
});
