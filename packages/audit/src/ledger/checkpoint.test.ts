import { describe, expect, test } from "vitest";
import { keyPair, nodeCrypto, sha256 } from "../testing/node-crypto.ts";
import { flipBit } from "../testing/sequence.ts";
import { noteVectors } from "../testing/vectors.ts";
import { toBase64, toHex } from "../utf8.ts";
import {
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  readCheckpoint,
  signCheckpoint,
  type Trust,
} from "./checkpoint.ts";
import { cosign, cosignatureTime, verifyCosignature } from "./cosignature.ts";
import { formatNote, formatSignatureLine, parseNote, parseSignatureLine } from "./note.ts";
import { signNote } from "./sign-note.ts";
import { parseVkey, type VerifierKey, verifierKey } from "./vkey.ts";
import { formatAddCheckpoint, parseAddCheckpoint, parseCosignatureLines } from "./witness-request.ts";

const logPair = keyPair(new Uint8Array(32).fill(1));
const witnessPair = keyPair(new Uint8Array(32).fill(2));
const origin = "log.example/office";
const log = { key: verifierKey(origin, 1, logPair.publicKey, sha256), sign: logPair.sign };
const witness = { key: verifierKey("witness.example/w", 4, witnessPair.publicKey, sha256), sign: witnessPair.sign };
const root = sha256(new Uint8Array(3));
const checkpoint = { origin, size: 12, root };
const trust: Trust = { origin, keys: [log.key], witnesses: [witness.key] };
const note = signCheckpoint(checkpoint, [log]);

describe("public checkpoints", () => {
  test.each(noteVectors.checkpoints)("$name", ({ note: text, origin: name, size, rootBase64, verify, vkey = "" }) => {
    const read = readCheckpoint(text);
    expect(read).toMatchObject({ ok: true, value: { checkpoint: { origin: name, size } } });
    if (!read.ok) return;
    expect(toBase64(read.value.checkpoint.root)).toBe(rootBase64);
    expect(formatCheckpoint(read.value.checkpoint)).toBe(read.value.note.text);
    if (!verify) return;
    const key = parseVkey(vkey, sha256) as VerifierKey;
    expect(openCheckpoint(text, { origin: name, keys: [key] }, nodeCrypto)).toMatchObject({
      ok: true,
      value: { signedBy: [key] },
    });
    expect(openCheckpoint(text, { origin: "another", keys: [key] }, nodeCrypto)).toEqual({
      ok: false,
      reason: "other_origin",
    });
    expect(openCheckpoint(text, { origin: name, keys: [log.key] }, nodeCrypto)).toEqual({
      ok: false,
      reason: "key_unknown",
    });
  });
  test("a published cosignature is read byte for byte", () => {
    const { line, timestamp, signatureBytes, keyId, note: text, signedMessage } = noteVectors.cosignature;
    const read = parseSignatureLine(line.trimEnd());
    expect(read).toMatchObject({ name: "witness.example.com/w1", keyId });
    expect(cosignatureTime(read?.signature ?? new Uint8Array(0))).toBe(timestamp);
    expect(toHex(read?.signature.subarray(8) ?? new Uint8Array(0))).toBe(signatureBytes);
    const parsed = parseNote(text);
    expect(parsed.ok && `cosignature/v1\ntime ${timestamp}\n${parsed.value.text}`).toBe(signedMessage);
    const heard: string[] = [];
    const hear = (_: Uint8Array, message: Uint8Array) => heard.push(Buffer.from(message).toString("utf8")) > 0;
    verifyCosignature(
      parsed.ok ? parsed.value.text : "",
      read?.signature ?? new Uint8Array(0),
      new Uint8Array(32),
      hear,
    );
    expect(heard).toEqual([signedMessage]);
  });
});

test("a checkpoint is opened with the log's key, and not with a witness's alone", () => {
  const text = formatCheckpoint(checkpoint);
  const cosigned = `${note}${formatSignatureLine(cosign(text, witness, 1_700_000_000))}\n`;
  expect(openCheckpoint(note, trust, nodeCrypto)).toMatchObject({
    ok: true,
    value: { checkpoint, signedBy: [log.key], cosignatures: [] },
  });
  expect(openCheckpoint(cosigned, trust, nodeCrypto)).toMatchObject({
    ok: true,
    value: { signedBy: [log.key], cosignatures: [{ key: witness.key, timeS: 1_700_000_000 }] },
  });
  expect(openCheckpoint(cosigned, { ...trust, keys: [] }, nodeCrypto)).toEqual({ ok: false, reason: "key_unknown" });
  const mixed = { origin, keys: [log.key, witness.key] };
  expect(openCheckpoint(cosigned, mixed, nodeCrypto)).toMatchObject({ ok: true, value: { cosignatures: [] } });
  const posing = { origin, keys: [witness.key], witnesses: [log.key] };
  expect(openCheckpoint(cosigned, posing, nodeCrypto)).toEqual({ ok: false, reason: "key_unknown" });
});
test("a cosignature with any bit turned, its time included, refuses the note", () => {
  const text = formatCheckpoint(checkpoint);
  const good = cosign(text, witness, 1_700_000_000);
  for (let bit = 0; bit < 72 * 8; bit++) {
    const signatures = [signNote(text, log), { ...good, signature: flipBit(good.signature, bit) }];
    const opened = openCheckpoint(formatNote({ text, signatures }), trust, nodeCrypto);
    if (opened.ok || opened.reason !== "bad_signature") expect.fail(`bit ${bit}`);
  }
  expect(verifyCosignature(text, good.signature.subarray(1), witness.key.publicKey, nodeCrypto.verify)).toBeNull();
});
test("a log's signature is no cosignature of the same key, and the other way round", () => {
  const text = formatCheckpoint(checkpoint);
  const both = { key: verifierKey("w", 4, logPair.publicKey, sha256), sign: logPair.sign };
  const plain = signNote(text, log).signature;
  expect(
    verifyCosignature(text, Uint8Array.of(...new Uint8Array(8), ...plain), both.key.publicKey, nodeCrypto.verify),
  ).toBeNull();
  expect(() => cosign(text, log, 1)).toThrow(RangeError);
  expect(() => cosign(text, witness, 1.5)).toThrow(RangeError);
});

const base64 = toBase64(root);
test.each([
  ["lines", `${origin}\n12\n${base64}`],
  ["lines", `${origin}\n12\n${base64}\nextension\n`],
  ["lines", `${origin}\n12\n`],
  ["origin", `\n12\n${base64}\n`],
  ["size", `${origin}\n012\n${base64}\n`],
  ["size", `${origin}\n-1\n${base64}\n`],
  ["size", `${origin}\n+1\n${base64}\n`],
  ["size", `${origin}\n1e1\n${base64}\n`],
  ["size", `${origin}\n \n${base64}\n`],
  ["size", `${origin}\n9007199254740992\n${base64}\n`],
  ["size", `${origin}\n18446744073709551615\n${base64}\n`],
  ["root", `${origin}\n12\n${base64.slice(0, -1)}\n`],
  ["root", `${origin}\n12\n${toBase64(root.subarray(1))}\n`],
  ["root", `${origin}\n12\n${base64.replace(/.=$/, "/=")}\n`],
] as const)("a checkpoint is refused for its %s: %j", (reason, text) => {
  expect(parseCheckpoint(text)).toEqual({ ok: false, reason });
});
test("a checkpoint that would not be read back is not written", () => {
  expect(() => formatCheckpoint({ ...checkpoint, origin: "a\nb" })).toThrow(RangeError);
  expect(() => formatCheckpoint({ ...checkpoint, size: -1 })).toThrow(RangeError);
  expect(() => formatCheckpoint({ ...checkpoint, root: root.subarray(1) })).toThrow(RangeError);
});
test("the empty and the largest size are read", () => {
  expect(parseCheckpoint(`${origin}\n0\n${base64}\n`)).toMatchObject({ ok: true, value: { size: 0 } });
  expect(parseCheckpoint(`${origin}\n9007199254740991\n${base64}\n`).ok).toBe(true);
});
test("a changed body, a note without signature and a foreign text are refused by name", () => {
  expect(openCheckpoint(note.replace("\n12\n", "\n13\n"), trust, nodeCrypto)).toEqual({
    ok: false,
    reason: "bad_signature",
  });
  expect(openCheckpoint("hello\n", trust, nodeCrypto)).toEqual({ ok: false, reason: "malformed" });
  expect(openCheckpoint(note.replace("\n12\n", "\n12\nmore\n"), trust, nodeCrypto)).toEqual({
    ok: false,
    reason: "malformed",
  });
});

describe("a witness's request", () => {
  const { body, oldSize, newSize, proofBase64, responseLines } = noteVectors.addCheckpoint;
  test("of the specification is read and written byte for byte", () => {
    const read = parseAddCheckpoint(body);
    if (!read.ok) throw new Error(read.reason);
    expect(read.value.oldSize).toBe(oldSize);
    expect(read.value.proof.map(toBase64)).toEqual(proofBase64);
    expect(readCheckpoint(read.value.note)).toMatchObject({ ok: true, value: { checkpoint: { size: newSize } } });
    expect(formatAddCheckpoint(read.value)).toBe(body);
  });
  test("from nothing has no hashes", () => {
    const request = { oldSize: 0, proof: [], note };
    expect(parseAddCheckpoint(formatAddCheckpoint(request))).toEqual({ ok: true, value: request });
  });
  const hash = `${base64}\n`;
  test.each([
    ["no_blank_line", "old 0\n"],
    ["old_size", `old 01\n\n${note}`],
    ["old_size", `old\n\n${note}`],
    ["old_size", `new 1\n\n${note}`],
    ["old_size", `old 9007199254740992\n\n${note}`],
    ["old_size", `\n\n${note}`],
    ["hash", `old 1\n${hash.slice(4)}\n${note}`],
    ["hash", `old 1\n${hash.slice(0, -2)}\n\n${note}`],
    ["too_many_hashes", `old 1\n${hash.repeat(64)}\n${note}`],
    ["too_long", "x".repeat(129 * 1024)],
    ["encoding", Uint8Array.of(0xff)],
  ] as const)("is refused for %s", (reason, text) => {
    expect(parseAddCheckpoint(text)).toEqual({ ok: false, reason });
  });
  test("takes 63 hashes, and no more are written", () => {
    expect(parseAddCheckpoint(`old 1\n${hash.repeat(63)}\n${note}`).ok).toBe(true);
    expect(() => formatAddCheckpoint({ oldSize: 1, proof: Array.from({ length: 64 }, () => root), note })).toThrow(
      RangeError,
    );
  });
  test("is answered in signature lines, also of keys and with times that nobody here knows", () => {
    for (const { line, name, keyId, bytes } of responseLines) {
      const read = parseSignatureLine(line.trimEnd());
      expect(read).toMatchObject({ name, keyId });
      expect(read?.signature.length).toBe(bytes - 4);
      expect(cosignatureTime(read?.signature ?? new Uint8Array(0))).toBeNull();
    }
    const cosignature = cosign(formatCheckpoint(checkpoint), witness, 5);
    const answer = `${responseLines[0]?.line}${formatSignatureLine(cosignature)}\n`;
    expect(parseCosignatureLines(answer)?.[1]).toEqual(cosignature);
    const opened = openCheckpoint(`${note}${answer}`, trust, nodeCrypto);
    expect(opened).toMatchObject({ ok: true, value: { cosignatures: [{ timeS: 5 }] } });
    expect(parseCosignatureLines(answer.trimEnd())).toBeNull();
    expect(parseCosignatureLines("409\n")).toBeNull();
  });
});
