import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Crypto } from "./ed25519.ts";

/** SHA-256 and Ed25519 in script: the browser's own exist only on https pages, and not in all browsers. */
export const browserCrypto: Crypto = {
  sha256: (bytes) => sha256(bytes),
  verify: (publicKey, message, signature) => {
    try {
      return ed25519.verify(signature, message, publicKey, { zip215: false });
    } catch {
      return false;
    }
  },
};
