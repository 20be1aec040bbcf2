import { expect, test } from "vitest";
import type { LogEntry } from "../../api.ts";
import { holdBack, noneHeld, unread, withLive } from "./live-entries.ts";
import { isPast, liveInput } from "./live-input.ts";

const rows = (...ids: string[]) => ids.map((id) => ({ id }) as LogEntry);
const ids = (entries: readonly LogEntry[]) => entries.map(({ id }) => id);

test("what came stands before what was read, newest first, each once", () => {
  expect(ids(withLive(rows("e", "d", "b"), rows("g", "f", "d", "g"), true))).toEqual(["g", "f", "e", "d", "b"]);
});

test("an event that is late stands where its time is", () => {
  expect(ids(withLive(rows("e", "d", "b"), rows("c"), true))).toEqual(["e", "d", "c", "b"]);
});

test("one older than the last row waits for the pages to come, or ends the list when there are none", () => {
  expect(ids(withLive(rows("e", "d", "b"), rows("a"), true))).toEqual(["e", "d", "b"]);
  expect(ids(withLive(rows("e", "d", "b"), rows("a"), false))).toEqual(["e", "d", "b", "a"]);
});

test("what has been read since need not be kept", () => {
  expect(ids(unread(rows("f", "e"), rows("g", "f", "a"), true))).toEqual(["g"]);
});

test("with nothing new the list is the very same, so that nothing is drawn again", () => {
  const read = rows("b", "a");
  expect(withLive(read, rows("b"), true)).toBe(read);
});

test("a live view asks for the filters, and for a range only where it is the reader's own", () => {
  expect(liveInput({ code: ["permit_approve"], range: "15m", q: "Ada" })).toEqual({
    codes: ["permit_approve"],
    text: "Ada",
  });
  expect(liveInput({ range: "30d" })).toEqual({});
  const own = { from: "2026-11-01T00:00:00.000Z", to: "2026-11-02T00:00:00.000Z" };
  expect(liveInput(own)).toEqual(own);
  expect(isPast(own, Date.parse("2026-11-02T00:00:00.000Z"))).toBe(true);
  expect(isPast(own, Date.parse("2026-11-01T12:00:00.000Z"))).toBe(false);
  expect(isPast({}, 0)).toBe(false);
});

test("of more rows than are held back only the number is kept, and of those that follow", () => {
  const few = holdBack(holdBack(noneHeld, rows("a"), 3), rows("c", "b"), 3);
  expect([ids(few.entries), few.count]).toEqual([["c", "b", "a"], 3]);
  const many = holdBack(few, rows("d"), 3);
  expect(many).toEqual({ entries: [], count: 4 });
  expect(holdBack(many, rows("e"), 3)).toEqual({ entries: [], count: 5 });
});
