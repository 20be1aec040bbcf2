import { describe, expect, test } from "vitest";
import { leafHash } from "../leaf.ts";
import { logSigner, makeEntries, makeRow, noteAt, origin, trust } from "../testing/log.ts";
import { nodeCrypto, sha256 } from "../testing/node-crypto.ts";
import { flipBit } from "../testing/sequence.ts";
import { toHex } from "../utf8.ts";
import { openCheckpoint } from "./checkpoint.ts";
import type { Finding } from "./findings.ts";
import { type Hash, rootOf } from "./merkle.ts";
import type { RootSource } from "./signed-roots.ts";
import { createVerification, type Entry, type Verification } from "./verify.ts";

const size = 40;
const clean = makeEntries(size, 24);
const hashes = clean.map(({ ledgerHash }) => ledgerHash as Hash);
const sizes = [1, 10, 20, 30, 40];
type Note = { source: RootSource; note: string };
const log = (at: number): Note => ({ source: "log", note: noteAt(hashes, at) });
const notes: Note[] = sizes.map(log);

type Change = (entries: Entry[]) => void;
const verify = (
  change: Change,
  signed: readonly Note[] = notes,
  start?: Parameters<typeof createVerification>[0]["start"],
) => {
  const entries = clean.map((entry) => ({ ...entry }));
  change(entries);
  const findings: Finding[] = [];
  const verification = createVerification({
    crypto: nodeCrypto,
    trust,
    onFinding: (finding) => findings.push(finding),
    ...(start && { start }),
  });
  for (const { source, note } of signed) verification.expectNote(source, note);
  for (const entry of entries.slice(verification.size())) verification.add(entry);
  const verdict = verification.finish();
  expect(verdict.ok).toBe(findings.length === 0);
  return { verdict, found: findings.map(({ code, index, part }) => `${code} ${index} ${part}`) };
};
const at = (entries: Entry[], index: number): Entry => entries[index] as Entry;
const rowAt = (entries: Entry[], index: number) => at(entries, index).row as NonNullable<Entry["row"]>;
const edit =
  (index: number, change: object): Change =>
  (entries) => {
    at(entries, index).row = { ...rowAt(entries, index), ...change };
  };
const swap =
  (left: number, right: number, names: readonly (keyof Entry)[]): Change =>
  (entries) => {
    const [one, other] = [at(entries, left), at(entries, right)];
    const pick = (entry: Entry) => Object.fromEntries(names.map((name) => [name, entry[name]]));
    entries[left] = { ...one, ...pick(other) };
    entries[right] = { ...other, ...pick(one) };
  };
const leaf = makeRow(7).leaf.replace('"7"', '"8"');

test("an untouched log is valid, every root is met, in whatever order the notes come", () => {
  for (const signed of [notes, notes.toReversed()]) {
    const { verdict, found } = verify(() => undefined, signed);
    expect(found).toEqual([]);
    expect(verdict).toMatchObject({ ok: true, trust: "signed", size, rootsMet: sizes.length, lastMet: { size: 40 } });
    expect(verdict.counts).toMatchObject({ OK: size, ALTERED: 0 });
    expect(toHex(verdict.root)).toBe(toHex(rootOf(hashes, sha256)));
  }
});

describe("what a superuser may do is found, named, and nothing else is said", () => {
  test.each<[string, Change, string[]]>([
    ["a column", edit(7, { actorId: "8" }), ["COLUMN_MISMATCH 7 actorId"]],
    ["a leaf", edit(7, { leaf }), ["ALTERED 7 leaf"]],
    [
      "a leaf, its hash and its columns",
      edit(7, { leaf, leafHash: leafHash(leaf, sha256), actorId: "8" }),
      ["ALTERED 7 leaf"],
    ],
    ["details", edit(7, { details: "{}" }), ["ALTERED 7 details"]],
    ["details emptied", edit(7, { details: null, salt: null }), ["DETAILS_MISSING 7 details"]],
    ["two rows swapped", swap(7, 31, ["row"]), ["ALTERED 7 leaf", "ALTERED 31 leaf"]],
    [
      "a row deleted",
      (entries) => {
        at(entries, 7).row = null;
      },
      ["MISSING 7 row"],
    ],
    [
      "two leaves renumbered below a full tile",
      swap(7, 12, ["id", "ledgerHash", "row"]),
      ["ALTERED 7 position", "ALTERED 12 position"],
    ],
    [
      "two leaves renumbered above the tiles",
      swap(32, 35, ["id", "ledgerHash", "row"]),
      ["ALTERED 30 leaves 30 to 39"],
    ],
    [
      "the hash of a position",
      (entries) => {
        at(entries, 7).ledgerHash = flipBit(hashes[7] as Hash, 9);
      },
      ["ALTERED 7 position"],
    ],
    [
      "the same above the tiles",
      (entries) => {
        at(entries, 33).ledgerHash = flipBit(hashes[33] as Hash, 9);
      },
      ["ALTERED 33 leaf"],
    ],
    [
      "a tile",
      (entries) => {
        at(entries, 7).tileHash = flipBit(hashes[7] as Hash, 9);
      },
      ["ALTERED 7 position"],
    ],
    [
      "a position gone, its tile left",
      (entries) => {
        at(entries, 7).ledgerHash = null;
      },
      ["MISSING 7 position"],
    ],
    [
      "a position and its tile gone",
      (entries) => {
        at(entries, 7).ledgerHash = null;
        at(entries, 7).tileHash = null;
      },
      ["MISSING 7 position"],
    ],
  ])("%s", (_, change, expected) => {
    expect(verify(change).found).toEqual(expected);
  });
  test("an event rewritten in every table", () => {
    const { found } = verify((entries) => {
      const hash = leafHash(leaf, sha256);
      edit(7, { leaf, leafHash: hash, actorId: "8" })(entries);
      Object.assign(at(entries, 7), { ledgerHash: hash, tileHash: hash });
    });
    expect(found).toEqual(["ALTERED 1 leaves 1 to 9"]);
  });
  test("a row inserted", () => {
    const findings: Finding[] = [];
    const verification = createVerification({
      crypto: nodeCrypto,
      trust,
      onFinding: (finding) => findings.push(finding),
    });
    verification.report({ code: "EXTRA", index: null, id: "x", part: "row" });
    expect(verification.finish()).toMatchObject({ ok: false, counts: { EXTRA: 1 } });
    expect(findings.length).toBe(1);
  });
  test("all leaves after a signed size cut off", () => {
    const cut: Change = (entries) => entries.splice(25);
    expect(verify(cut).found).toEqual(["ROLLED_BACK 30 checkpoint", "ROLLED_BACK 40 checkpoint"]);
  });
});

const anchor = (at: number, list: readonly Hash[] = hashes): Note => ({ source: "anchor", note: noteAt(list, at) });
const otherHistory = hashes.map((hash, index) => (index < 15 ? hash : flipBit(hash, 1)));

describe("what was signed", () => {
  test("the anchor and a witness's note fit the log", () => {
    const witness: Note = { source: "witness", note: noteAt(hashes, 30) };
    expect(verify(() => undefined, [...notes, anchor(40), witness])).toMatchObject({
      found: [],
      verdict: { rootsMet: 7 },
    });
  });
  test("the newest checkpoint deleted is a rollback, though its leaves are there", () => {
    expect(verify(() => undefined, [...notes.slice(0, -1), anchor(40)]).found).toEqual(["ROLLED_BACK 40 anchor"]);
  });
  test("an old dump restored is a rollback", () => {
    const old: Change = (entries) => entries.splice(20);
    expect(verify(old, [...notes.slice(0, 3), anchor(40)]).found).toEqual(["ROLLED_BACK 40 anchor"]);
  });
  test("an old dump that went on is a fork, seen from the anchor", () => {
    expect(verify(() => undefined, [...notes, anchor(25, otherHistory)]).found).toEqual(["FORKED 25 anchor"]);
  });
  test("two roots at one size are a fork, whether one of them fits or none", () => {
    expect(verify(() => undefined, [...notes, anchor(40, otherHistory)]).found).toEqual(["FORKED 40 anchor"]);
    const both = [anchor(40, otherHistory), { source: "log", note: noteAt(hashes.toReversed(), 40) }] as const;
    expect(verify(() => undefined, both).found).toEqual(["FORKED 40 anchor", "FORKED 40 checkpoint"]);
  });
  test("a checkpoint signed again by another key is unknown, and no rollback besides", () => {
    const signed = { source: "log", note: noteAt(otherHistory, 40, logSigner(2)) } as const;
    expect(verify(() => undefined, [...notes.slice(0, -1), signed, anchor(40)]).found).toEqual([
      "KEY_UNKNOWN 40 checkpoint",
    ]);
  });
  test("a checkpoint with a changed root has a bad signature", () => {
    const changed = noteAt(otherHistory, 40).split("\n")[2] ?? "";
    const note = noteAt(hashes, 40).replace(noteAt(hashes, 40).split("\n")[2] ?? "", changed);
    expect(verify(() => undefined, [...notes.slice(0, -1), { source: "log", note }]).found).toEqual([
      "BAD_SIGNATURE 40 checkpoint",
    ]);
  });
  test("a note in no form, and one of another log, are altered", () => {
    expect(verify(() => undefined, [...notes, { source: "anchor", note: "?" }]).found).toEqual(["ALTERED null anchor"]);
    const other = createVerification({
      crypto: nodeCrypto,
      trust: { ...trust, origin: "x" },
      onFinding: () => undefined,
    });
    expect(other.expectNote("log", noteAt(hashes, 10))).toBeNull();
    expect(other.finish().ok).toBe(false);
  });
});

describe("a verification that begins where another ended", () => {
  const ended = (): Verification => {
    const verification = createVerification({ crypto: nodeCrypto, trust, onFinding: () => undefined });
    for (const entry of clean.slice(0, 20)) verification.add(entry);
    return verification;
  };
  test("meets what comes after, and the root it begins with", () => {
    const { found, verdict } = verify(() => undefined, [log(20), log(30), log(40), anchor(40)], ended().edge());
    expect(found).toEqual([]);
    expect(verdict).toMatchObject({ size, rootsMet: 4, counts: { OK: 20 } });
  });
  test("finds another root at its very beginning", () => {
    expect(
      verify(() => undefined, [log(20), anchor(20, otherHistory), log(30), log(40)], ended().edge()).found,
    ).toEqual(["FORKED 20 anchor"]);
  });
  test("finds it also when nothing signed comes after", () => {
    const signed = [log(20), anchor(20, otherHistory)];
    expect(verify(() => undefined, signed, ended().edge()).found).toEqual(["FORKED 20 anchor"]);
  });
  test("takes no size that was passed and no index out of turn", () => {
    const verification = ended();
    expect(() => verification.expectNote("log", noteAt(hashes, 10))).toThrow(RangeError);
    expect(() => verification.add(at(clean, 22))).toThrow(RangeError);
    expect(() => verification.add(at(clean, 19))).toThrow(RangeError);
  });
});

test("a changed position beside a lost one does not shake what was signed, as long as the tiles stand", () => {
  const { found, verdict } = verify((entries) => {
    at(entries, 12).ledgerHash = flipBit(hashes[12] as Hash, 9);
    at(entries, 13).ledgerHash = null;
  });
  expect(found).toEqual(["ALTERED 12 position", "MISSING 13 position"]);
  expect(verdict.rootsMet).toBe(sizes.length);
});
test("losses under a manifest are counted and found by nobody", () => {
  const { found, verdict } = verify((entries) => {
    Object.assign(at(entries, 3), { row: null, known: { expired: true, erased: false, held: false } });
    edit(5, { details: null, salt: null })(entries);
    at(entries, 5).known = { expired: false, erased: true, held: false };
  });
  expect(found).toEqual([]);
  expect(verdict.counts).toMatchObject({ OK: 38, OK_EXPIRED: 1, OK_ERASED: 1 });
});
test("without a key the verdict is self-consistent only, also for a history that anybody signed", () => {
  const verification = createVerification({ crypto: nodeCrypto, trust: null, onFinding: () => undefined });
  verification.expectNote("log", noteAt(hashes, 40, logSigner(2)));
  for (const entry of clean) verification.add(entry);
  expect(verification.finish()).toMatchObject({ ok: true, trust: "self_consistent", rootsMet: 1 });
});
test("a signed empty log is met at once", () => {
  const verification = createVerification({ crypto: nodeCrypto, trust, onFinding: () => undefined });
  verification.expectNote("log", noteAt(hashes, 0));
  expect(verification.finish()).toMatchObject({ ok: true, size: 0, rootsMet: 1 });
  expect(openCheckpoint(noteAt(hashes, 0), { ...trust, origin }, nodeCrypto).ok).toBe(true);
});
