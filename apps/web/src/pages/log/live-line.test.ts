import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RefusedAnswer } from "../../refused-answer.ts";
import type { LogState } from "./live-client.ts";
import { keepFollowing, type Line, type LiveNews, type OpenLine } from "./live-line.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const news = (more: Partial<LiveNews> = {}): LiveNews => ({
  entries: [],
  isBehind: false,
  isAtEnd: true,
  state: {} as LogState,
  ...more,
});

const start = (place: string | null = null) => {
  const opened: { place: string | null; on: Parameters<OpenLine>[1]; isOpen: boolean }[] = [];
  const lines: Line[] = [];
  const stop = keepFollowing(
    (from, on) => {
      const one = { place: from, on, isOpen: true };
      opened.push(one);
      return () => {
        one.isOpen = false;
      };
    },
    { place, onNews: () => undefined, onLine: (line) => lines.push(line) },
  );
  const newest = () => {
    const one = opened.at(-1);
    if (one === undefined) throw new Error("nothing was opened");
    return one;
  };
  return { opened, lines, newest, stop };
};

test("it begins at the place it is given, says that it connects, and then that it catches up and is live", () => {
  const { newest, lines } = start("1-7");
  expect(newest().place).toBe("1-7");
  newest().on.onNews("1-9", news({ isAtEnd: false }));
  newest().on.onNews("1-12", news());
  expect(lines).toEqual([{ kind: "connecting" }, { kind: "catching-up" }, { kind: "live" }]);
});

test("a line that fails is opened again where it was, later each time, and says since when it is lost", () => {
  const { opened, newest, lines } = start();
  newest().on.onNews("1-9", news());
  newest().on.onOver(new Error("gone"));
  expect(lines.at(-1)).toEqual({ kind: "lost", sinceMs: 1_000_000 });
  vi.advanceTimersByTime(499);
  expect(opened).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(newest().place).toBe("1-9");
  newest().on.onOver(new Error("still gone"));
  expect(lines.at(-1)).toEqual({ kind: "lost", sinceMs: 1_000_000 });
  vi.advanceTimersByTime(999);
  expect(opened).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(opened).toHaveLength(3);
  newest().on.onNews("1-10", news());
  expect(lines.at(-1)).toEqual({ kind: "live" });
});

test("one that the server ended in good order is opened again without a word", () => {
  const { opened, newest, lines } = start();
  newest().on.onNews("1-9", news());
  newest().on.onOver(null);
  vi.advanceTimersByTime(500);
  expect(opened).toHaveLength(2);
  expect(lines.map(({ kind }) => kind)).toEqual(["connecting", "live"]);
});

test.each(["unauthenticated", "forbidden", "too_many_streams", "invalid_input"])(
  "an answer that another try does not mend ends it: %s",
  (reason) => {
    const { opened, newest, lines } = start();
    const error = new RefusedAnswer("No.", { reason, requestId: "r_1" });
    newest().on.onOver(error);
    expect(lines.at(-1)).toEqual({ kind: "refused", error });
    vi.advanceTimersByTime(60_000);
    expect(opened).toHaveLength(1);
  },
);

test("told to stop, it closes the line and opens no other", () => {
  const { opened, newest, stop } = start();
  newest().on.onOver(new Error("gone"));
  stop();
  vi.advanceTimersByTime(60_000);
  expect(opened).toHaveLength(1);
  const other = start();
  other.stop();
  expect(other.newest().isOpen).toBe(false);
});
