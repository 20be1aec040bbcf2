import { describe, expect, test } from "vitest";
import { leafHash } from "../leaf.ts";
import { logSigner, makeRow, noteAt, origin, trust } from "../testing/log.ts";
import { nodeCrypto, sha256 } from "../testing/node-crypto.ts";
import { flipBit } from "../testing/sequence.ts";
import { levelsOf, sourceOf } from "../testing/tree.ts";
import { toBase64, utf8 } from "../utf8.ts";
import { browserCrypto } from "./browser-crypto.ts";
import { formatLogProof, logProofFaults, parseLogProof, verifyLogProof } from "./proof.ts";
import { inclusionProof } from "./proof-nodes.ts";

const rows = Array.from({ length: 21 }, (_, number) => makeRow(number));
const hashes = rows.map(({ leafHash: hash }) => hash);
const source = sourceOf(levelsOf(hashes));
const proofOf = (index: number) => ({
  index,
  leaf: rows[index]?.leaf ?? "",
  proof: inclusionProof(index, rows.length, source, sha256),
  note: noteAt(hashes, rows.length),
});
const file = formatLogProof(proofOf(5));
const opening = { details: rows[5]?.details ?? "", salt: rows[5]?.salt ?? new Uint8Array(32) };

test("the file has the lines of the specification, the leaf as its extra data", () => {
  const lines = file.split("\n");
  expect(lines.slice(0, 3)).toEqual([
    "c2sp.org/tlog-proof@v1",
    `extra ${toBase64(utf8(rows[5]?.leaf ?? ""))}`,
    "index 5",
  ]);
  expect(lines.slice(3, 8).map((line) => line.length)).toEqual([44, 44, 44, 44, 44]);
  expect(lines.slice(8).join("\n")).toBe(`\n${noteAt(hashes, rows.length)}`);
  expect(parseLogProof(file)).toEqual({ ok: true, value: proofOf(5) });
  expect(parseLogProof(utf8(file))).toEqual(parseLogProof(file));
});
test.each([
  ["node", nodeCrypto],
  ["browser", browserCrypto],
])("every event of a log is proven with the %s's functions, and its details open", (_, crypto) => {
  for (const index of rows.keys()) {
    const row = rows[index] ?? makeRow(0);
    const given = { details: row.details ?? "", salt: row.salt ?? new Uint8Array(0) };
    const verified = verifyLogProof(formatLogProof(proofOf(index)), trust, crypto, given);
    expect(verified).toMatchObject({
      ok: true,
      value: {
        trust: "signed",
        index,
        leafText: row.leaf,
        leaf: { id: row.id },
        checkpoint: { size: 21 },
        details: "opened",
      },
    });
  }
});
test("without a key the verdict is self-consistent only, without details they are not spoken of", () => {
  expect(verifyLogProof(file, null, nodeCrypto)).toMatchObject({
    ok: true,
    value: { trust: "self_consistent", details: "not_given", cosignatures: [] },
  });
});

describe("a proof is refused", () => {
  const alone = { index: 0, leaf: "[]", proof: [], note: noteAt([leafHash("[]", sha256)], 1) };
  test.each([
    ["unreadable", "hello"],
    ["malformed", file.replace("\n21\n", "\n021\n")],
    ["bad_signature", file.replace("\n21\n", "\n22\n")],
    ["key_unknown", formatLogProof({ ...proofOf(5), note: noteAt(hashes, 21, logSigner(2)) })],
    ["not_included", file.replace("\nindex 5\n", "\nindex 4\n")],
    ["not_included", formatLogProof({ ...proofOf(5), leaf: rows[6]?.leaf ?? "" })],
    ["not_included", formatLogProof({ ...proofOf(5), note: noteAt(hashes, 20) })],
    ["not_included", formatLogProof({ ...proofOf(5), proof: proofOf(5).proof.slice(1) })],
    ["leaf_unreadable", formatLogProof(alone)],
  ] as const)("as %s: %j", (reason, changed) => {
    expect(changed).not.toBe(file);
    expect(verifyLogProof(changed, trust, nodeCrypto)).toEqual({ ok: false, reason });
    expect(logProofFaults[reason].endsWith(".")).toBe(true);
  });
  test("of another log", () => {
    expect(verifyLogProof(file, { ...trust, origin: `${origin}/e2` }, nodeCrypto)).toEqual({
      ok: false,
      reason: "other_origin",
    });
  });
  test("with other details, another salt, or a short one", () => {
    for (const given of [
      { ...opening, details: "{}" },
      { ...opening, salt: flipBit(opening.salt, 4) },
      { ...opening, salt: opening.salt.subarray(1) },
    ]) {
      expect(verifyLogProof(file, trust, nodeCrypto, given)).toEqual({ ok: false, reason: "details_differ" });
    }
  });
  test("with any bit of the file turned", () => {
    const bytes = utf8(file);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      if (verifyLogProof(flipBit(bytes, bit), trust, nodeCrypto).ok) expect.fail(`bit ${bit}`);
    }
  });
  test("with any line left out, or said twice unless it is the signature", () => {
    const lines = file.split("\n");
    for (const [index, line] of lines.entries()) {
      const without = lines.toSpliced(index, 1).join("\n");
      const twice = lines.toSpliced(index, 0, line).join("\n");
      expect(verifyLogProof(without, trust, nodeCrypto).ok).toBe(false);
      expect(verifyLogProof(twice, trust, nodeCrypto).ok).toBe(line.startsWith("—"));
    }
  });
});

const hash = `${toBase64(hashes[0] ?? new Uint8Array(32))}\n`;
const head = "c2sp.org/tlog-proof@v1\n";
test.each([
  ["header", "c2sp.org/tlog-proof@v2\nextra e30=\nindex 1\n\nx"],
  ["header", ""],
  ["no_checkpoint", `${head}extra e30=\nindex 1\n`],
  ["leaf", `${head}index 1\n\nx`],
  ["leaf", `${head}extra e31=\nindex 1\n\nx`],
  ["leaf", `${head}extra /w==\nindex 1\n\nx`],
  ["index", `${head}extra e30=\nindex 01\n\nx`],
  ["index", `${head}extra e30=\nindex 18446744073709551615\n\nx`],
  ["index", `${head}extra e30=\n\nx`],
  ["hash", `${head}extra e30=\nindex 1\n${hash.slice(4)}\nx`],
  ["hash", `${head}extra e30=\nindex 1\n${hash.repeat(64)}\nx`],
  ["too_long", "x".repeat(300_000)],
  ["encoding", Uint8Array.of(0xff)],
] as const)("a file is refused for its %s: %j", (reason, text) => {
  expect(parseLogProof(text)).toEqual({ ok: false, reason });
});
test("what is no proof is not written", () => {
  expect(() => formatLogProof({ ...proofOf(5), index: -1 })).toThrow(RangeError);
  expect(() => formatLogProof({ ...proofOf(5), proof: [new Uint8Array(31)] })).toThrow(RangeError);
});
