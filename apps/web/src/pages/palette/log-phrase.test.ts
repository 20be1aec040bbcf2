import { expect, test } from "vitest";
import { readPhrase } from "./log-phrase.ts";

const now = new Date(2026, 10, 30, 15, 4).getTime();
const day = (date: number) => new Date(2026, 10, date).toISOString();

test("yesterday is the reader's whole day before", () => {
  expect(readPhrase("Denied  yesterday", now)).toEqual({
    search: { status: ["denied"], from: day(29), to: day(30) },
    words: "denied, yesterday",
  });
});

test.each([
  ["failed sign-ins today", { code: ["user_login"], status: ["failed"], from: day(30) }],
  ["refused sign ins", { code: ["user_login"], status: ["denied"] }],
  ["critical last month", { severity: ["critical"], range: "30d" }],
  ["permits this week", { category: ["permit"] }],
  ["today", { from: day(30) }],
  ["failed last 24 hours", { status: ["failed"], range: "24h" }],
  ["high last hour", { severity: ["high"], from: new Date(now - 3_600_000).toISOString() }],
])("%j is read", (text, search) => expect(readPhrase(text, now)?.search).toEqual(search));

test.each(["", "  ", "denied tomorrow", "Ana", "last", "constructor", "denied by ana"])(
  "%j is no phrase of ours, whatever part of it is",
  (text) => expect(readPhrase(text, now)).toBeNull(),
);
