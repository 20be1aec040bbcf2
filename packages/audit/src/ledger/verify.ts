import { leafHash } from "../leaf.ts";
import { checkRow, type Known, type LogRow } from "./check-row.ts";
import {
  type Checkpoint,
  type CheckpointFault,
  type OpenedCheckpoint,
  openCheckpoint,
  readCheckpoint,
  type Trust,
} from "./checkpoint.ts";
import { type CompactRange, createRange, type Edge, type OnNode } from "./compact-range.ts";
import type { Crypto } from "./ed25519.ts";
import { type Finding, type FindingCode, findingCodes, noFindings } from "./findings.ts";
import { type Hash, hashBytes, isSameHash } from "./merkle.ts";
import { createSignedRoots, type RootSource } from "./signed-roots.ts";

/**
 * All that is known of one index. `ledgerHash` and `id` stand in the list of positions, `tileHash` in a tile of level 0;
 * null where there is none (the newest leaves have no tile yet).
 */
export type Entry = {
  index: number;
  id: string | null;
  ledgerHash: Hash | null;
  tileHash: Hash | null;
  row: LogRow | null;
  known: Known;
};

export type Verdict = {
  /** Nothing was found that is not valid. */
  ok: boolean;
  /** `self_consistent`: no key was given, so whoever can write everything could have made everything. */
  trust: "signed" | "self_consistent";
  size: number;
  root: Hash;
  rootsMet: number;
  lastMet: Checkpoint | null;
  counts: Record<FindingCode, number>;
};

export type Verification = {
  /** A signed checkpoint of a size not yet passed, in any order; RangeError when it was passed. Null when it is not believed. */
  expectNote: (source: RootSource, note: string) => OpenedCheckpoint | null;
  /** The next index; RangeError on any other. */
  add: (entry: Entry) => void;
  /** What else was found, such as rows at no index. */
  report: (finding: Finding) => void;
  size: () => number;
  edge: () => Edge;
  finish: () => Verdict;
};

export type VerificationOptions = {
  crypto: Crypto;
  /** Null: no key is known. */
  trust: Trust | null;
  /** Hears of all that is not valid, as it is found. */
  onFinding: (finding: Finding) => void;
  /** Where an earlier, trusted verification ended. */
  start?: Edge | undefined;
  /** Hears of each complete subtree as the positions make it, from the leaf up. */
  onNode?: OnNode | undefined;
};

const faultCodes = {
  malformed: "ALTERED",
  other_origin: "ALTERED",
  key_unknown: "KEY_UNKNOWN",
  bad_signature: "BAD_SIGNATURE",
} as const satisfies Record<CheckpointFault, FindingCode>;

/**
 * Walks a log: every row against what was sealed, every signed root against the leaves before it. Tiles and rows that differ
 * from the positions are folded beside them, so that one changed copy is named as such and does not shake what was signed.
 */
export const createVerification = ({ crypto, trust, onFinding, start, onNode }: VerificationOptions): Verification => {
  const { sha256 } = crypto;
  const counts = noFindings();
  const report = (finding: Finding): void => {
    counts[finding.code] += 1;
    if (!findingCodes[finding.code].valid) onFinding(finding);
  };
  let ledger = createRange(sha256, start);
  let others: { tile?: CompactRange; row?: CompactRange } = {};
  let isFoldable = true;
  const signed = createSignedRoots(report, ledger.size());

  const fold = (copy: "tile" | "row", hash: Hash, ledgerHash: Hash): void => {
    if (others[copy] === undefined && isSameHash(hash, ledgerHash)) return;
    others[copy] ??= createRange(sha256, ledger.edge());
    others[copy].append(hash);
  };

  const meet = (): void => {
    if (!isFoldable || !signed.isExpected(ledger.size())) return;
    const ranges = [ledger, others.tile, others.row].filter((range) => range !== undefined);
    const place = signed.meet(
      ledger.size(),
      ranges.map((range) => range.root()),
    );
    if (place === null) return;
    ledger = ranges[place] ?? ledger;
    others = {};
  };

  const add: Verification["add"] = ({ index, id, ledgerHash, tileHash, row, known }) => {
    if (index !== ledger.size()) throw new RangeError(`expected index ${ledger.size()}, not ${index}`);
    const sealedHash = ledgerHash ?? tileHash;
    if (id === null || ledgerHash === null || sealedHash === null) {
      report({ code: "MISSING", index, id, part: "position" });
      isFoldable &&= sealedHash !== null;
      ledger.append(sealedHash ?? new Uint8Array(hashBytes), onNode);
      for (const range of [others.tile, others.row]) range?.append(sealedHash ?? new Uint8Array(hashBytes));
      meet();
      return;
    }
    const moved = tileHash !== null && !isSameHash(tileHash, ledgerHash) ? tileHash : null;
    if (moved !== null) report({ code: "ALTERED", index, id, part: "position" });
    const rowHash = row === null ? ledgerHash : leafHash(row.leaf, sha256);
    // A row that fits the tile is whole; it is the position that was changed.
    const leafHashHere = moved !== null && isSameHash(moved, rowHash) ? moved : ledgerHash;
    for (const finding of checkRow({ index, id, leafHash: leafHashHere }, row, known, sha256, row && rowHash))
      report(finding);
    fold("tile", tileHash ?? ledgerHash, ledgerHash);
    fold("row", rowHash, ledgerHash);
    ledger.append(ledgerHash, onNode);
    meet();
  };

  const expectNote: Verification["expectNote"] = (source, note) => {
    const read = readCheckpoint(note);
    const size = read.ok ? read.value.checkpoint.size : null;
    if (source === "log" && size !== null) signed.published(size);
    const opened = trust === null ? read : openCheckpoint(note, trust, crypto);
    if (!opened.ok) {
      report({
        code: faultCodes[opened.reason],
        index: size,
        id: null,
        part: source === "log" ? "checkpoint" : source,
      });
      return null;
    }
    if (opened.value.checkpoint.size < ledger.size()) throw new RangeError("the tree has passed that size");
    signed.expect(source, opened.value.checkpoint);
    return opened.value;
  };

  return {
    expectNote: (source, note) => {
      const opened = expectNote(source, note);
      // Only where the walk begins may it stand at that size already.
      if (opened?.checkpoint.size === ledger.size()) meet();
      return opened;
    },
    add,
    report,
    size: () => ledger.size(),
    edge: () => ledger.edge(),
    finish: () => {
      signed.finish(ledger.size());
      const { count, last } = signed.met();
      const codes = Object.keys(findingCodes) as FindingCode[];
      return {
        ok: codes.every((code) => findingCodes[code].valid || counts[code] === 0),
        trust: trust === null ? "self_consistent" : "signed",
        size: ledger.size(),
        root: ledger.root(),
        rootsMet: count,
        lastMet: last,
        counts,
      };
    },
  };
};
