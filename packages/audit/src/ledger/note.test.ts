import { describe, expect, test } from "vitest";
import { nobleKeyPair } from "../testing/noble-key-pair.ts";
import { keyPair, nodeCrypto, sha256 } from "../testing/node-crypto.ts";
import { flipBit } from "../testing/sequence.ts";
import { ed25519Vectors, noteVectors } from "../testing/vectors.ts";
import { toHex, utf8 } from "../utf8.ts";
import { browserCrypto } from "./browser-crypto.ts";
import { formatNote, type Note, parseNote, parseSignatureLine } from "./note.ts";
import { openNote } from "./open-note.ts";
import { signNote } from "./sign-note.ts";
import { formatVkey, parseVkey, signatureType, type VerifierKey, verifierKey } from "./vkey.ts";

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));
const noteOf = (text: string): Note => {
  const read = parseNote(text);
  if (!read.ok) throw new Error(read.reason);
  return read.value;
};
const keyOf = (vkey: string): VerifierKey => parseVkey(vkey, sha256) as VerifierKey;

describe.each([
  ["node", nodeCrypto, keyPair],
  ["browser", browserCrypto, nobleKeyPair],
] as const)("Ed25519 in the %s", (_, crypto, pairOf) => {
  test.each(ed25519Vectors)("$name", ({ secretSeed, publicKey, message, signature }) => {
    const pair = pairOf(bytes(secretSeed));
    expect(toHex(pair.publicKey)).toBe(publicKey);
    expect(toHex(pair.sign(bytes(message)))).toBe(signature);
    expect(crypto.verify(bytes(publicKey), bytes(message), bytes(signature))).toBe(true);
    expect(crypto.verify(bytes(publicKey), utf8("x"), bytes(signature))).toBe(false);
    for (let bit = 0; bit < 512; bit += 7) {
      expect(crypto.verify(bytes(publicKey), bytes(message), flipBit(bytes(signature), bit))).toBe(false);
    }
    expect(crypto.verify(bytes(publicKey), bytes(message), bytes(signature).subarray(1))).toBe(false);
    expect(crypto.verify(bytes(publicKey).subarray(1), bytes(message), bytes(signature))).toBe(false);
  });
  test.each(noteVectors.checkpoints.filter(({ verify }) => verify))("$name verifies", ({ note, vkey = "" }) => {
    const key = keyOf(vkey);
    expect(openNote(noteOf(note), [key], crypto)).toEqual({ ok: true, value: [{ key, timeS: null }] });
    const other = note.replace(/\n(\d)/, "\n1$1");
    expect(openNote(noteOf(other), [key], crypto)).toEqual({ ok: false, reason: "bad_signature" });
  });
});

describe("the notes of C2SP", () => {
  test.each(noteVectors.signedNotes)("$name", ({ note, text, keyName, keyId, verify, vkey = "", publicKey = "" }) => {
    const read = noteOf(note);
    expect(read.text).toBe(text);
    expect(read.signatures).toMatchObject([{ name: keyName, keyId }]);
    expect(formatNote(read)).toBe(note);
    expect(parseNote(utf8(note))).toEqual({ ok: true, value: read });
    if (!verify) return;
    const key = keyOf(vkey);
    expect(key).toMatchObject({ name: keyName, type: signatureType.note, keyId });
    expect(toHex(key.publicKey)).toBe(publicKey);
    expect(formatVkey(key)).toBe(vkey);
    expect(openNote(read, [key], nodeCrypto)).toEqual({ ok: true, value: [{ key, timeS: null }] });
  });
});

const pair = keyPair(new Uint8Array(32).fill(7));
const key = verifierKey("log.example/a", signatureType.note, pair.publicKey, sha256);
const strange = keyPair(new Uint8Array(32).fill(8));
const strangeKey = verifierKey("log.example/a", signatureType.note, strange.publicKey, sha256);
const text = "one\n\ntwo\n";
const line = signNote(text, { key, sign: pair.sign });
const strangeLine = signNote(text, { key: strangeKey, sign: strange.sign });

test("lines of unknown keys are passed over, even with a known name", () => {
  const note = { text, signatures: [strangeLine, line] };
  expect(openNote(note, [key], nodeCrypto)).toEqual({ ok: true, value: [{ key, timeS: null }] });
  expect(openNote({ text, signatures: [strangeLine] }, [key], nodeCrypto)).toEqual({
    ok: false,
    reason: "key_unknown",
  });
  expect(openNote(note, [], nodeCrypto)).toEqual({ ok: false, reason: "key_unknown" });
});
test("one bad signature of a known key refuses the note, also beside a good one of it", () => {
  const bad = { ...line, signature: flipBit(line.signature, 100) };
  for (const signatures of [[line, bad], [bad, line], [bad]]) {
    expect(openNote({ text, signatures }, [key], nodeCrypto)).toEqual({ ok: false, reason: "bad_signature" });
  }
  const claimed = { ...strangeLine, keyId: key.keyId };
  expect(openNote({ text, signatures: [claimed] }, [key, strangeKey], nodeCrypto).ok).toBe(false);
});
test("any flipped bit of a signature line is refused or another key's", () => {
  for (let bit = 0; bit < 512; bit++) {
    const note = { text, signatures: [{ ...line, signature: flipBit(line.signature, bit) }] };
    expect(openNote(note, [key], nodeCrypto).ok).toBe(false);
  }
});

const whole = formatNote({ text, signatures: [line] });
const signed = whole.split("\n").at(-2) ?? "";
const many = (count: number) => `a\n\n${`${signed}\n`.repeat(count)}`;
test.each([
  ["signature_line", text],
  ["no_signatures", "one\ntwo\n"],
  ["no_signatures", `${text}\n`],
  ["no_signatures", whole.slice(0, -1)],
  ["no_signatures", ""],
  ["signature_line", `${whole}\n`.replace("\n\n— ", "\n\n- ").slice(0, -1)],
  ["signature_line", whole.replace("— ", "—  ")],
  ["signature_line", whole.replace("log.example/a", "log+example")],
  ["signature_line", whole.replace("log.example/a", "log\u00a0example")],
  ["signature_line", whole.replace("log.example/a", "log\u0085example")],
  ["signature_line", whole.replace("log.example/a", "")],
  ["signature_line", `${whole.slice(0, -1)} \n`],
  ["signature_line", `${whole}x\n`],
  ["signature_line", whole.replace(/= *\n$/, "\n")],
  ["signature_line", "a\n\n— a AAAAAA==\n"],
  ["signature_line", "a\n\n— a AAAAAB==\n"],
  ["control_character", whole.replace("one", "o\tne")],
  ["control_character", whole.replaceAll("\n", "\r\n")],
  ["control_character", `${whole}\u0000`],
  ["encoding", whole.replace("one", "\ud800")],
  ["encoding", Uint8Array.of(0xff, ...utf8(whole))],
  ["too_many_signatures", many(17)],
  ["too_long", `${"a".repeat(65 * 1024)}\n\n${signed}\n`],
  ["too_long", new Uint8Array(64 * 1024 + 1)],
] as const)("a note is refused as %s: %j", (reason, note) => {
  expect(parseNote(note)).toEqual({ ok: false, reason });
});
test("sixteen signatures are read", () => {
  expect(noteOf(many(16)).signatures.length).toBe(16);
});
test("base64 that another would write differently is refused", () => {
  expect(parseSignatureLine("— a AAAAAAE=")).not.toBeNull();
  expect(parseSignatureLine("— a AAAAAAF=")).toBeNull();
  expect(parseSignatureLine("— a AAAAAAE")).toBeNull();
});

const vkey = formatVkey(key);
test.each([
  ["another id", vkey.replace(`+${key.keyId}+`, "+00000000+")],
  ["another name", vkey.replace("log.example/a", "log.example/b")],
  ["an empty name", vkey.replace("log.example/a", "")],
  ["a name with a space", vkey.replace("log.example/a", "log example")],
  ["an upper case id", vkey.replace(key.keyId, key.keyId.toUpperCase())],
  ["another type", "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"],
  ["a short key", vkey.slice(0, -4)],
  ["nothing", ""],
])("a public key with %s is refused", (_, changed) => {
  expect(changed).not.toBe(vkey);
  expect(parseVkey(changed, sha256)).toBeNull();
});
test("a key signs only what its type allows, and only whole lines", () => {
  const witness = verifierKey("w", signatureType.cosignature, pair.publicKey, sha256);
  expect(() => signNote(text, { key: witness, sign: pair.sign })).toThrow(RangeError);
  expect(() => signNote("no newline", { key, sign: pair.sign })).toThrow(RangeError);
  expect(() => verifierKey("a b", 1, pair.publicKey, sha256)).toThrow(RangeError);
  expect(() => verifierKey("a", 1, pair.publicKey.subarray(1), sha256)).toThrow(RangeError);
});
