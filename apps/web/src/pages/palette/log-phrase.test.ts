import { expect, test } from "vitest";
import { readRange } from "../log/typed-range.ts";
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
  ["failed sign-ins today", { code: ["user_login"], status: ["failed"], from: day(30), to: day(31) }],
  ["refused sign ins", { code: ["user_login"], status: ["denied"] }],
  ["critical last month", { severity: ["critical"], from: new Date(2026, 9, 1).toISOString(), to: day(1) }],
  ["critical past month", { severity: ["critical"], range: "30d" }],
  ["permits this week", { category: ["permit"], from: day(30), to: day(37) }],
  ["permits last week", { category: ["permit"], from: day(23), to: day(30) }],
  ["permits past week", { category: ["permit"], range: "7d" }],
  ["high critical", { severity: ["high", "critical"] }],
  ["sign-ins deletions", { code: ["user_login", "permit_delete"] }],
  ["today", { from: day(30), to: day(31) }],
  ["failed last 24 hours", { status: ["failed"], range: "24h" }],
  ["high last hour", { severity: ["high"], range: "1h" }],
])("%j is read", (text, search) => expect(readPhrase(text, now)?.search).toEqual(search));

test("a week means the same in the palette as in the range of the log", () => {
  for (const week of ["this week", "last week", "last month", "yesterday"]) {
    const span = readRange(week, "local", now);
    expect(readPhrase(week, now)?.search).toEqual({
      from: new Date(span?.from ?? 0).toISOString(),
      to: new Date(span?.to ?? 0).toISOString(),
    });
  }
});

test.each(["", "  ", "denied tomorrow", "Ana", "last", "constructor", "denied by ana"])(
  "%j is no phrase of ours, whatever part of it is",
  (text) => expect(readPhrase(text, now)).toBeNull(),
);
