import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from "node:crypto";
import type { Sha256 } from "@countersign/audit/json";
import type { Crypto, Ed25519Sign } from "@countersign/audit/ledger/ed25519";

/** The DER of an Ed25519 public key before its 32 bytes (RFC 8410). */
const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex");

const keys = new Map<string, KeyObject>();
const maxKeys = 100;

/** Reading a key takes longer than using it, and few are ever used. */
const publicKeyOf = (bytes: Uint8Array): KeyObject => {
  const id = Buffer.from(bytes).toString("base64");
  const known = keys.get(id);
  if (known !== undefined) return known;
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, bytes]), format: "der", type: "spki" });
  if (keys.size < maxKeys) keys.set(id, key);
  return key;
};

/** In a quarter of the time of `createHash`: a digest as a text costs no memory outside of the heap, and a small array none either. */
const sha256: Sha256 = (bytes) => {
  const digest = hash("sha256", bytes, "binary");
  const result = new Uint8Array(32);
  for (let index = 0; index < 32; index++) result[index] = digest.charCodeAt(index);
  return result;
};

/** SHA-256 and Ed25519 of Node. */
export const nodeCrypto: Crypto = {
  sha256,
  verify: (publicKey, message, signature) => {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    return verify(null, message, publicKeyOf(publicKey), signature);
  },
};

/** The public half of an Ed25519 key in PKCS#8 (PEM), and what signs with it; TypeError on another kind of key. */
export const signerOf = (privateKeyPem: string): { publicKey: Uint8Array; sign: Ed25519Sign } => {
  const key = createPrivateKey(privateKeyPem);
  if (key.asymmetricKeyType !== "ed25519") throw new TypeError("not an Ed25519 key");
  const der = createPublicKey(key).export({ format: "der", type: "spki" });
  return {
    publicKey: new Uint8Array(der.subarray(spkiPrefix.length)),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
};
