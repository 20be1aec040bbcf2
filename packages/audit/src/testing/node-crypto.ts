import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import type { Sha256 } from "../json.ts";
import type { Crypto, Ed25519Sign } from "../ledger/ed25519.ts";

const pkcs8 = Buffer.from("302e020100300506032b657004220420", "hex");
const spki = Buffer.from("302a300506032b6570032100", "hex");

export const sha256: Sha256 = (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest());

export const nodeCrypto: Crypto = {
  sha256,
  verify: (publicKey, message, signature) => {
    if (publicKey.length !== 32 || signature.length !== 64) return false;
    const key = createPublicKey({ key: Buffer.concat([spki, publicKey]), format: "der", type: "spki" });
    return verify(null, message, key, signature);
  },
};

/** A key pair from its seed of 32 bytes. */
export const keyPair = (seed: Uint8Array): { publicKey: Uint8Array; sign: Ed25519Sign } => {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: "der", type: "pkcs8" });
  const der = createPublicKey(key).export({ format: "der", type: "spki" });
  return {
    publicKey: new Uint8Array(der.subarray(spki.length)),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
};
