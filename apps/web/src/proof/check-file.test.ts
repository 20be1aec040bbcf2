import { browserCrypto } from "@countersign/audit/ledger/browser-crypto";
import { formatLogProof } from "@countersign/audit/ledger/proof";
import { inclusionProof } from "@countersign/audit/ledger/proof-nodes";
import { logSigner, makeRow, noteAt } from "@countersign/audit/testing/log";
import { sha256 } from "@countersign/audit/testing/node-crypto";
import { levelsOf, sourceOf } from "@countersign/audit/testing/tree";
import { utf8 } from "@countersign/audit/utf8";
import { expect, test } from "vitest";
import { checkProofFile } from "./check-file.ts";

const rows = Array.from({ length: 13 }, (_, number) => makeRow(number));
const hashes = rows.map(({ leafHash }) => leafHash);
const index = 5;
const row = rows[index]!;
const key = logSigner(1).key;
const file = formatLogProof({
  index,
  leaf: row.leaf,
  proof: inclusionProof(index, rows.length, sourceOf(levelsOf(hashes)), sha256),
  note: noteAt(hashes, rows.length),
});
const checked = (text: string, trusted: typeof key | null = key) =>
  checkProofFile(utf8(text), { key: trusted, witnesses: [], crypto: browserCrypto });
const states = (text: string, trusted: typeof key | null = key) => {
  const found = checked(text, trusted);
  return found.ok ? found.value.check.steps.map(({ part, state }) => `${part} ${state}`) : found.reason;
};

test("a proof file fits by itself, and says which event at which place it is about", () => {
  const found = checked(file);
  expect(found).toMatchObject({
    ok: true,
    value: { check: { verdict: "intact", place: { index, size: rows.length } }, leaf: { id: row.id, code: row.code } },
  });
});

test("without a trusted key its signature stays open; with another key it does not fit", () => {
  expect(states(file, null)).toEqual(["leaf fits", "place fits", "signature open"]);
  expect(states(file, logSigner(2).key)).toEqual(["leaf fits", "place fits", "signature differs"]);
});

test("another place, another leaf and another root are each named", () => {
  expect(states(file.replace(/^index 5$/m, "index 6"))).toEqual(["leaf fits", "place differs", "signature fits"]);
  const other = formatLogProof({ index, leaf: rows[6]!.leaf, proof: [], note: noteAt(hashes, rows.length) });
  expect(states(other)).toEqual(["leaf fits", "place differs", "signature fits"]);
  const under = (note: string) => file.slice(0, file.indexOf("\n\n") + 2) + note;
  expect(states(under(noteAt(hashes.slice(0, 9), 9)))).toEqual(["leaf fits", "place differs", "signature fits"]);
  const changed = noteAt(hashes, rows.length).replace(/^13$/m, "14");
  expect(states(under(changed))).toContain("signature differs");
});

test("what is no proof is refused with its reason", () => {
  expect(states("%PDF-1.7")).toBe("header");
  expect(states("")).toBe("header");
  expect(states(file.slice(0, 60))).toBe("no_checkpoint");
  expect(states(file.replace(/^index .*$/m, "index five"))).toBe("index");
  expect(states("x".repeat(300 * 1024))).toBe("too_long");
  expect(checkProofFile(Uint8Array.of(0xff, 0xfe, 0xff), { key, witnesses: [], crypto: browserCrypto })).toEqual({
    ok: false,
    reason: "encoding",
  });
});
