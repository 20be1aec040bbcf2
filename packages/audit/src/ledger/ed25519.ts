import type { Sha256 } from "../json.ts";

/** Signs with the private key that it holds (RFC 8032); 64 bytes. */
export type Ed25519Sign = (message: Uint8Array) => Uint8Array;

/** True when the signature of 64 bytes is the public key's (32 bytes) over the message. Never throws. */
export type Ed25519Verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** What checking needs, passed in: `node:crypto` on the server, `@noble/*` in the browser. */
export type Crypto = { sha256: Sha256; verify: Ed25519Verify };

export const publicKeyBytes = 32;
export const signatureBytes = 64;
