import { generateKeyPairSync } from "node:crypto";
import { openCheckpoint, signCheckpoint } from "@countersign/audit/ledger/checkpoint";
import { verifierKey } from "@countersign/audit/ledger/vkey";
import { expect, test } from "vitest";
import { nodeCrypto, signerOf } from "./crypto.ts";

const pem = (kind: "ed25519" | "ed448") =>
  generateKeyPairSync(kind as "ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string;

test("what a key from a PEM file signs, its public half opens, and another's does not", () => {
  const pair = signerOf(pem("ed25519"));
  const key = verifierKey("log.example", 1, pair.publicKey, nodeCrypto.sha256);
  const checkpoint = { origin: "log.example", size: 1, root: nodeCrypto.sha256(new Uint8Array(1)) };
  const note = signCheckpoint(checkpoint, [{ key, sign: pair.sign }]);
  const opened = openCheckpoint(note, { origin: "log.example", keys: [key] }, nodeCrypto);
  expect(opened).toMatchObject({ ok: true, value: { signedBy: [key] } });
  const posing = { ...key, publicKey: signerOf(pem("ed25519")).publicKey };
  expect(openCheckpoint(note, { origin: "log.example", keys: [posing] }, nodeCrypto)).toEqual({
    ok: false,
    reason: "bad_signature",
  });
});
test("a key of another kind is refused", () => {
  expect(() => signerOf(pem("ed448"))).toThrow(TypeError);
});
test("keys and signatures of another length verify nothing", () => {
  expect(nodeCrypto.verify(new Uint8Array(31), new Uint8Array(0), new Uint8Array(64))).toBe(false);
  expect(nodeCrypto.verify(new Uint8Array(32), new Uint8Array(0), new Uint8Array(63))).toBe(false);
});
