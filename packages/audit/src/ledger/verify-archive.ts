import type { Sha256 } from "../json.ts";
import { detailsCommitment, leafHash, readLeaf } from "../leaf.ts";
import { fromBase64, toBase64 } from "../utf8.ts";
import { bitmapOf, type DetailsLine, type DropFacts, isInBitmap, type LeafLine } from "./archive.ts";
import { createRange } from "./compact-range.ts";
import { type Finding, type FindingCode, findingCodes, noFindings } from "./findings.ts";
import { type Hash, isSameHash } from "./merkle.ts";

export type ArchiveSource = {
  leaves: AsyncIterable<LeafLine>;
  /** Null: only the leaves are looked at. */
  details: AsyncIterable<DetailsLine> | null;
  /** What the manifest's event says, which was proven before. */
  facts: DropFacts;
  sha256: Sha256;
  /** The manifest's bitmap, which names what is missing; without it only that something is. */
  bitmap?: Uint8Array | undefined;
  /** What was sealed at these indices; without it an altered leaf shows in the root alone. */
  sealedAt?: ((indices: readonly number[]) => Promise<ReadonlyMap<number, Hash>>) | undefined;
  /** Those of these events whose details went under a proven erasure; without it nobody can tell. */
  erasedAmong?: ((ids: readonly string[]) => Promise<ReadonlySet<string>>) | undefined;
  onFinding: (finding: Finding) => void;
};

export type ArchiveVerdict = {
  ok: boolean;
  counts: Record<FindingCode, number>;
  leaves: number;
  /** Leaves whose details are there and open the commitment. */
  opened: number;
  /** Leaves without details of which nothing here says why. */
  unexplained: number;
};

const leavesAtOnce = 2000;

/** Goes through the lines of details beside those of the leaves, both in the order of their indices. */
const detailsBeside = (details: AsyncIterable<DetailsLine>, report: (finding: Finding) => void) => {
  const lines = details[Symbol.asyncIterator]();
  let next: DetailsLine | null = null;
  let last = -1;
  let isOver = false;
  const read = async (): Promise<void> => {
    const { value, done } = await lines.next();
    next = done ? null : value;
    isOver = done === true;
    if (next === null) return;
    if (next.index <= last) report({ code: "EXTRA", index: next.index, id: null, part: "details" });
    last = Math.max(last, next.index);
  };
  return {
    at: async (index: number): Promise<DetailsLine | null> => {
      while (!isOver) {
        if (next === null) await read();
        if (next === null || next.index > index) return null;
        const line: DetailsLine = next;
        next = null;
        if (line.index === index) return line;
        report({ code: "EXTRA", index: line.index, id: null, part: "details" });
      }
      return null;
    },
    /** What is left after the last leaf. */
    end: async (): Promise<void> => {
      for (;;) {
        if (next === null) await read();
        if (next === null) return;
        report({ code: "EXTRA", index: next.index, id: null, part: "details" });
        next = null;
      }
    },
  };
};

const opens = ({ details, salt }: DetailsLine, commitment: string, sha256: Sha256): boolean => {
  const bytes = fromBase64(salt);
  return bytes?.length === 32 && detailsCommitment(details, bytes, sha256) === commitment;
};

/**
 * Checks both files of an archive against what the manifest's event says, line by line: the leaves make the root, stand at
 * the places of the bitmap, and each line of details opens the commitment in its leaf.
 */
export const verifyArchive = async (source: ArchiveSource): Promise<ArchiveVerdict> => {
  const { facts, sha256, sealedAt, erasedAmong, bitmap } = source;
  const counts = noFindings();
  let found = 0;
  const report = (finding: Finding): void => {
    counts[finding.code] += 1;
    if (findingCodes[finding.code].valid) return;
    found += 1;
    source.onFinding(finding);
  };
  const beside = source.details === null ? null : detailsBeside(source.details, report);
  const range = createRange(sha256);
  const indices: number[] = [];
  let last = -1;
  let [opened, unexplained] = [0, 0];

  const check = async (lines: readonly LeafLine[]): Promise<void> => {
    const sealed = await sealedAt?.(lines.map(({ index }) => index));
    const erased = await erasedAmong?.(lines.map(({ id }) => id));
    for (const { index, id, leaf: text } of lines) {
      const at = (code: FindingCode, part: string | null) => report({ code, index, id, part });
      if (!(Number.isInteger(index) && index >= facts.first && index <= facts.last)) {
        at("EXTRA", "leaf");
        continue;
      }
      if (index <= last) at("ALTERED", "index");
      last = Math.max(last, index);
      indices.push(index);
      const hash = leafHash(text, sha256);
      range.append(hash);
      const leaf = readLeaf(text);
      const line = (await beside?.at(index)) ?? null;
      const known = sealed?.get(index);
      if (leaf === null || leaf.id !== id || (sealed !== undefined && !(known && isSameHash(known, hash)))) {
        at("ALTERED", "leaf");
        continue;
      }
      if (beside === null) at("OK", null);
      else if (line !== null) {
        const fits = opens(line, leaf.details, sha256);
        if (fits) opened += 1;
        at(fits ? "OK" : "ALTERED", fits ? null : "details");
      } else if (erased === undefined) unexplained += 1;
      else at(erased.has(id) ? "OK_ERASED" : "DETAILS_MISSING", erased.has(id) ? null : "details");
    }
  };

  let waiting: LeafLine[] = [];
  for await (const line of source.leaves) {
    waiting.push(line);
    if (waiting.length < leavesAtOnce) continue;
    await check(waiting);
    waiting = [];
  }
  await check(waiting);
  await beside?.end();

  const made = bitmapOf(indices);
  const isWhole =
    indices.length === facts.count &&
    made.first === facts.first &&
    made.last === facts.last &&
    toBase64(sha256(made.bitmap)) === facts.bitmap;
  if (!isWhole) {
    const before = found;
    if (bitmap !== undefined && toBase64(sha256(bitmap)) === facts.bitmap) {
      const present = new Set(indices);
      for (let index = facts.first; index <= facts.last; index++) {
        if (isInBitmap(bitmap, facts.first, index) && !present.has(index))
          report({ code: "MISSING", index, id: null, part: "leaf" });
      }
      for (const index of present) {
        if (!isInBitmap(bitmap, facts.first, index)) report({ code: "EXTRA", index, id: null, part: "leaf" });
      }
    }
    if (found === before)
      report({ code: "ALTERED", index: null, id: null, part: `${indices.length} leaves of ${facts.count}` });
  }
  if (toBase64(range.root()) !== facts.root) report({ code: "ALTERED", index: null, id: null, part: "root" });
  return { ok: found === 0, counts, leaves: indices.length, opened, unexplained };
};

/** The facts of a manifest's event, if it is one. */
export const readDropFacts = (leaf: { code: string; status?: string; facts?: unknown }): DropFacts | null => {
  const facts = leaf.facts as Partial<DropFacts> | undefined;
  if (leaf.code !== "sys_retention_drop" || facts === undefined) return null;
  const { partition, epoch, first, last, count, bitmap, root } = facts;
  const isNumbers = [epoch, first, last, count].every((value) => Number.isSafeInteger(value));
  const isTexts = [partition, bitmap, root].every((value) => typeof value === "string");
  return isNumbers && isTexts ? (facts as DropFacts) : null;
};
