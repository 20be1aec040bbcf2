import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Crypto, Ed25519Sign } from "../ledger/ed25519.ts";

/** What a browser passes in. */
export const nobleCrypto: Crypto = {
  sha256: (bytes) => sha256(bytes),
  verify: (publicKey, message, signature) => {
    try {
      return ed25519.verify(signature, message, publicKey, { zip215: false });
    } catch {
      return false;
    }
  },
};

/** A key pair from its seed of 32 bytes. */
export const nobleKeyPair = (seed: Uint8Array): { publicKey: Uint8Array; sign: Ed25519Sign } => ({
  publicKey: ed25519.getPublicKey(seed),
  sign: (message) => ed25519.sign(message, seed),
});
