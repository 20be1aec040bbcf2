import { categories, severities, statuses } from "@countersign/audit/catalogue";
import { texts } from "../../texts.ts";
import type { LogSearch, Range } from "../log/log-search.ts";
import { withSpan } from "../log/span-search.ts";
import { readRange } from "../log/typed-range.ts";

type Phrase = { search: LogSearch; words: string };
type Part = { search: LogSearch; words: string };

/** The time at the end of a phrase; it means what it means for the range of the log. */
const timePattern =
  /^(.*?)\b(today|yesterday|(?:this|last|past) (?:hour|day|week|month|year)|(?:(?:last|past) )?24 ?h(?:ours)?)$/;

const daysBack: Readonly<Record<string, Range>> = { "past week": "7d", "past month": "30d" };

const readTime = (typed: string, now: number): Part | null => {
  const range = daysBack[typed];
  if (range) return { search: { range }, words: texts.log.ranges[range].toLowerCase() };
  const told = typed.replace(/^(?:(?:last|past) )?24 ?h(?:ours)?$/, "last 24 hours");
  const span = readRange(told, "local", now);
  return span && { search: withSpan({}, span, now), words: told };
};

const status = (value: (typeof statuses)[number]): Part => ({
  search: { status: [value] },
  words: texts.status[value],
});

const words: Readonly<Record<string, Part>> = {
  ...Object.fromEntries(statuses.map((value) => [value, status(value)])),
  refused: status("denied"),
  failures: status("failed"),
  ...Object.fromEntries(
    severities.map((value) => [value, { search: { severity: [value] }, words: texts.severity[value] }]),
  ),
  ...Object.fromEntries(
    (Object.keys(categories) as (keyof typeof categories)[]).flatMap((value) => {
      const part = { search: { category: [value] }, words: categories[value].title.toLowerCase() };
      return [
        [value, part],
        [`${value}s`, part],
      ];
    }),
  ),
  "sign-ins": { search: { code: ["user_login"] }, words: "sign-ins" },
  logins: { search: { code: ["user_login"] }, words: "sign-ins" },
  deleted: { search: { code: ["permit_delete"] }, words: "deleted permits" },
  deletions: { search: { code: ["permit_delete"] }, words: "deleted permits" },
};

/** All that the parts look for: two severities are either of them. */
const together = (parts: readonly Part[]): LogSearch => {
  const all: Record<string, unknown> = {};
  for (const [key, value] of parts.flatMap(({ search }) => Object.entries(search))) {
    const before = all[key];
    all[key] = Array.isArray(before) && Array.isArray(value) ? [...new Set([...before, ...value])] : value;
  }
  return all;
};

/** Reads "denied yesterday", "failed sign-ins today", "critical last month"; null when a word of it is none of ours. */
export const readPhrase = (typed: string, now: number): Phrase | null => {
  let text = typed.trim().toLowerCase().replace(/\s+/g, " ");
  const parts: Part[] = [];
  const [, before = "", tail = ""] = timePattern.exec(text) ?? [];
  const time = tail === "" ? null : readTime(tail, now);
  if (time) text = before.trim();
  for (const word of text === "" ? [] : text.replace(/\bsign ?ins\b/, "sign-ins").split(" ")) {
    const part = Object.hasOwn(words, word) ? words[word] : undefined;
    if (part === undefined) return null;
    parts.push(part);
  }
  if (time) parts.push(time);
  if (parts.length === 0) return null;
  return {
    search: together(parts),
    words: parts.map((part) => part.words).join(", "),
  };
};
