import { ed25519 } from "@noble/curves/ed25519.js";
import type { Ed25519Sign } from "../ledger/ed25519.ts";

/** A key pair from its seed of 32 bytes. */
export const nobleKeyPair = (seed: Uint8Array): { publicKey: Uint8Array; sign: Ed25519Sign } => ({
  publicKey: ed25519.getPublicKey(seed),
  sign: (message) => ed25519.sign(message, seed),
});
