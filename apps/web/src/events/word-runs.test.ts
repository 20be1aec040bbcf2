import { expect, test } from "vitest";
import { wordRuns } from "./word-runs.ts";

test("only the words that differ are marked", () => {
  expect(wordRuns("Access from the front", "Access from the rear lane")).toEqual({
    old: [
      { text: "Access from the ", isChanged: false },
      { text: "front", isChanged: true },
    ],
    new: [
      { text: "Access from the ", isChanged: false },
      { text: "rear lane", isChanged: true },
    ],
  });
});

test("texts without a common word are not taken apart", () => expect(wordRuns("pending", "active")).toBeNull());

test("a repeated word is never counted from both ends", () => {
  const runs = wordRuns("the the", "the");
  expect(runs?.old.map((run) => run.text).join("")).toBe("the the");
});

const marked = (runs: readonly { text: string; isChanged: boolean }[] | undefined) =>
  runs?.map(({ text, isChanged }) => (isChanged ? `[${text}]` : text)).join("");

test.each([
  [
    "open from nine to five daily",
    "open from ten to six daily",
    "open from [nine] to [five] daily",
    "open from [ten] to [six] daily",
  ],
  ["the stall stands left", "the red stall left", "the stall [stands] left", "the [red] stall left"],
  ["one two three", "one 2 3 three", "one [two] three", "one [2 3] three"],
  ["a\n b", "a\n b c", "a\n b", "a\n b [c]"],
])("%j to %j marks each edit by itself", (before, after, old, fresh) => {
  const runs = wordRuns(before, after);
  expect([marked(runs?.old), marked(runs?.new)]).toEqual([old, fresh]);
});

test("nothing is lost, however long the texts are", () => {
  const long = (word: string) => `start ${Array.from({ length: 900 }, (_, n) => `${word}${n % 7}`).join(" ")} end`;
  const runs = wordRuns(long("a"), long("b"));
  expect(runs?.old.map(({ text }) => text).join("")).toBe(long("a"));
  expect(runs?.new.map(({ isChanged }) => isChanged)).toEqual([false, true, false]);
});

test("a difference of gaps alone is not taken apart", () => expect(wordRuns("a  b", "a b")).toBeNull());
