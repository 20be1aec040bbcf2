import { categories, severities, statuses } from "@countersign/audit/catalogue";
import { texts } from "../../texts.ts";
import type { LogSearch } from "../log/log-search.ts";

type Phrase = { search: LogSearch; words: string };
type Part = { search: LogSearch; words: string };

const hourMs = 3_600_000;

/** Midnight of the reader's day, `days` ago. */
const midnight = (now: number, days: number): string => {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - days).toISOString();
};

const times: readonly [RegExp, (now: number) => Part][] = [
  [/^today$/, (now) => ({ search: { from: midnight(now, 0) }, words: "today" })],
  [/^yesterday$/, (now) => ({ search: { from: midnight(now, 1), to: midnight(now, 0) }, words: "yesterday" })],
  [/^(?:last|past) hour$/, (now) => ({ search: { from: new Date(now - hourMs).toISOString() }, words: "last hour" })],
  [
    /^(?:last |past )?24 ?h(?:ours)?$/,
    () => ({ search: { range: "24h" }, words: texts.log.ranges["24h"].toLowerCase() }),
  ],
  [/^(?:this|last|past) week$/, () => ({ search: {}, words: texts.log.ranges["7d"].toLowerCase() })],
  [/^(?:this|last|past) month$/, () => ({ search: { range: "30d" }, words: texts.log.ranges["30d"].toLowerCase() })],
];

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

/** Reads "denied yesterday", "failed sign-ins today", "critical last month"; null when a word of it is none of ours. */
export const readPhrase = (typed: string, now: number): Phrase | null => {
  let text = typed.trim().toLowerCase().replace(/\s+/g, " ");
  const parts: Part[] = [];
  const [, before = "", tail = ""] = /^(.*?)\b((?:(?:this|last|past) )?(?:24 ?h(?:ours)?|\w+))$/.exec(text) ?? [];
  const time = times.find(([pattern]) => pattern.test(tail));
  if (time) text = before.trim();
  for (const word of text === "" ? [] : text.replace(/\bsign ?ins\b/, "sign-ins").split(" ")) {
    const part = Object.hasOwn(words, word) ? words[word] : undefined;
    if (part === undefined) return null;
    parts.push(part);
  }
  if (time) parts.push(time[1](now));
  if (parts.length === 0) return null;
  return {
    search: Object.assign({}, ...parts.map(({ search }) => search)) as LogSearch,
    words: parts.map((part) => part.words).join(", "),
  };
};
