import { expect, test } from "vitest";
import { sha256 } from "../testing/node-crypto.ts";
import { testRecorder } from "../testing/recorder.ts";
import { toBase64 } from "../utf8.ts";
import { bitmapOf, type DetailsLine, type DropFacts, type LeafLine } from "./archive.ts";
import { createRange } from "./compact-range.ts";
import type { Finding } from "./findings.ts";
import { type ArchiveSource, readDropFacts, verifyArchive } from "./verify-archive.ts";

const { recorder } = testRecorder("read");
/** Every third leaf of the log, from 5 on, as policies interleave. */
const archive = (count = 20) => {
  const range = createRange(sha256);
  const leaves: LeafLine[] = [];
  const details: DetailsLine[] = [];
  const sealed = new Map<number, Uint8Array>();
  for (let n = 0; n < count; n++) {
    const event = recorder.seal({
      code: "permit_read",
      status: "success",
      source: "app",
      actor: { type: "user", id: "7", label: `Ana ${n}` },
    });
    if (event === null) throw new Error("not sealed");
    const index = 5 + 3 * n;
    range.append(event.leafHash);
    sealed.set(index, event.leafHash);
    leaves.push({ index, id: event.id, leaf: event.leaf });
    details.push({ index, details: event.details, salt: toBase64(event.salt) });
  }
  const { first, last, bitmap } = bitmapOf(leaves.map(({ index }) => index));
  const facts: DropFacts = {
    partition: "event_log_read_2025_01",
    epoch: 1,
    first,
    last,
    count,
    bitmap: toBase64(sha256(bitmap)),
    root: toBase64(range.root()),
  };
  return { leaves, details, facts, bitmap, sealed };
};
const { leaves, details, facts, bitmap, sealed } = archive();

async function* each<Line>(lines: readonly Line[]): AsyncGenerator<Line> {
  yield* lines;
}
const found = async (
  change: { leaves?: readonly LeafLine[]; details?: readonly DetailsLine[] | null; facts?: DropFacts },
  more: Partial<ArchiveSource> = {},
) => {
  const findings: Finding[] = [];
  const verdict = await verifyArchive({
    leaves: each(change.leaves ?? leaves),
    details: change.details === null ? null : each(change.details ?? details),
    facts: change.facts ?? facts,
    sha256,
    onFinding: (finding) => findings.push(finding),
    ...more,
  });
  expect(verdict.ok).toBe(findings.length === 0);
  return {
    verdict,
    findings: findings.map(({ code, index, part }) => [code, index, part].filter((one) => one !== null).join(" ")),
  };
};
const withDatabase: Partial<ArchiveSource> = {
  bitmap,
  sealedAt: async () => sealed,
  erasedAmong: async () => new Set([leaves[4]?.id ?? ""]),
};
const without = <Line>(lines: readonly Line[], at: number) => lines.filter((_, n) => n !== at);
const changed = <Line>(lines: readonly Line[], at: number, change: Partial<Line>) =>
  lines.map((line, n) => (n === at ? { ...line, ...change } : line));

test("an untouched archive verifies, with its details or without", async () => {
  expect(await found({})).toMatchObject({ findings: [], verdict: { leaves: 20, opened: 20, counts: { OK: 20 } } });
  expect(await found({ details: null })).toMatchObject({ findings: [], verdict: { opened: 0, counts: { OK: 20 } } });
  expect(await found({}, withDatabase)).toMatchObject({ findings: [], verdict: { opened: 20 } });
});

test("details that an erasure took are told apart from such as are gone", async () => {
  expect(await found({ details: without(details, 4) })).toMatchObject({
    findings: [],
    verdict: { opened: 19, unexplained: 1 },
  });
  const erased = await found({ details: without(details, 4) }, withDatabase);
  expect(erased).toMatchObject({ findings: [], verdict: { counts: { OK: 19, OK_ERASED: 1 } } });
  expect((await found({ details: without(details, 5) }, withDatabase)).findings).toEqual([
    "DETAILS_MISSING 20 details",
  ]);
});

test.each<[string, Parameters<typeof found>[0], string[], string[]]>([
  [
    "a leaf changed",
    { leaves: changed(leaves, 2, { leaf: leaves[2]!.leaf.replace('"7"', '"8"') }) },
    ["ALTERED root"],
    ["ALTERED 11 leaf", "ALTERED root"],
  ],
  [
    "a leaf under another id",
    { leaves: changed(leaves, 2, { id: leaves[3]!.id }) },
    ["ALTERED 11 leaf"],
    ["ALTERED 11 leaf"],
  ],
  [
    "a leaf that is no JSON",
    { leaves: changed(leaves, 2, { leaf: "{" }) },
    ["ALTERED 11 leaf", "ALTERED root"],
    ["ALTERED 11 leaf", "ALTERED root"],
  ],
  [
    "the details changed",
    { details: changed(details, 2, { details: details[2]!.details.replace("Ana", "Ada") }) },
    ["ALTERED 11 details"],
    ["ALTERED 11 details"],
  ],
  [
    "the salt changed",
    { details: changed(details, 2, { salt: details[3]!.salt }) },
    ["ALTERED 11 details"],
    ["ALTERED 11 details"],
  ],
  [
    "a salt that is none",
    { details: changed(details, 2, { salt: "AAAA" }) },
    ["ALTERED 11 details"],
    ["ALTERED 11 details"],
  ],
  [
    "details of no leaf",
    { details: [...details, { index: 900, details: "{}", salt: "" }] },
    ["EXTRA 900 details"],
    ["EXTRA 900 details"],
  ],
  [
    "a leaf gone",
    { leaves: without(leaves, 2) },
    ["EXTRA 11 details", "ALTERED 19 leaves of 20", "ALTERED root"],
    ["EXTRA 11 details", "MISSING 11 leaf", "ALTERED root"],
  ],
  [
    "the last leaf gone",
    { leaves: leaves.slice(0, -1) },
    ["EXTRA 62 details", "ALTERED 19 leaves of 20", "ALTERED root"],
    ["EXTRA 62 details", "MISSING 62 leaf", "ALTERED root"],
  ],
  [
    "nothing in it",
    { leaves: [], details: [] },
    ["ALTERED 0 leaves of 20", "ALTERED root"],
    [...leaves.map(({ index }) => `MISSING ${index} leaf`), "ALTERED root"],
  ],
  [
    "two leaves swapped",
    { leaves: [...leaves.slice(1, 2), ...leaves.slice(0, 1), ...leaves.slice(2)], details: null },
    ["ALTERED 5 index", "ALTERED 20 leaves of 20", "ALTERED root"],
    ["ALTERED 5 index", "ALTERED 20 leaves of 20", "ALTERED root"],
  ],
  ["another manifest", { facts: archive().facts }, ["ALTERED root"], ["ALTERED root"]],
])("%s is named", async (_, change, alone, beside) => {
  expect((await found(change)).findings).toEqual(alone);
  expect((await found(change, withDatabase)).findings).toEqual(beside);
});

test("an index that no archive of this manifest has is named, however large it is", async () => {
  for (const index of [-1, 0, 1e15, 1.5, Number.NaN]) {
    const { findings } = await found({ leaves: changed(leaves, 2, { index }), details: null });
    expect(findings).toEqual([`EXTRA ${index} leaf`, "ALTERED 19 leaves of 20", "ALTERED root"]);
  }
});

test("only the event of a manifest has its facts", () => {
  expect(readDropFacts({ code: "sys_retention_drop", facts })).toEqual(facts);
  expect(readDropFacts({ code: "sys_retention_run", facts })).toBeNull();
  expect(readDropFacts({ code: "sys_retention_drop" })).toBeNull();
  expect(readDropFacts({ code: "sys_retention_drop", facts: { ...facts, count: "20" } })).toBeNull();
});
