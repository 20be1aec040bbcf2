import { utf8 } from "../utf8.ts";
import { isCount } from "./decimal.ts";
import { type Ed25519Verify, signatureBytes } from "./ed25519.ts";
import type { NoteSignature } from "./note.ts";
import type { Signer } from "./sign-note.ts";
import { signatureType } from "./vkey.ts";

const timeBytes = 8;

const message = (text: string, timeS: number): Uint8Array => utf8(`cosignature/v1\ntime ${timeS}\n${text}`);

/** A witness's word that at `timeS` (seconds since 1970) this was the largest tree it knew (C2SP tlog-cosignature). */
export const cosign = (text: string, { key, sign }: Signer, timeS: number): NoteSignature => {
  if (key.type !== signatureType.cosignature) throw new RangeError("this key signs no cosignatures");
  if (!isCount(timeS)) throw new RangeError("a time is in whole seconds");
  const signature = new Uint8Array(timeBytes + signatureBytes);
  new DataView(signature.buffer).setBigUint64(0, BigInt(timeS));
  signature.set(sign(message(text, timeS)), timeBytes);
  return { name: key.name, keyId: key.keyId, signature };
};

/** The seconds since 1970 that a cosignature states; null unless it has the form of one. */
export const cosignatureTime = (signature: Uint8Array): number | null => {
  if (signature.length !== timeBytes + signatureBytes) return null;
  const time = new DataView(signature.buffer, signature.byteOffset, timeBytes).getBigUint64(0);
  return time <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(time) : null;
};

/** The time of a cosignature that verifies; null when it does not. */
export const verifyCosignature = (
  text: string,
  signature: Uint8Array,
  publicKey: Uint8Array,
  verify: Ed25519Verify,
): { timeS: number } | null => {
  const timeS = cosignatureTime(signature);
  if (timeS === null) return null;
  return verify(publicKey, message(text, timeS), signature.subarray(timeBytes)) ? { timeS } : null;
};
