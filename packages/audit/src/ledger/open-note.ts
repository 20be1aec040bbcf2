import { utf8 } from "../utf8.ts";
import { verifyCosignature } from "./cosignature.ts";
import type { Crypto } from "./ed25519.ts";
import type { Note } from "./note.ts";
import { found, type Outcome, refused } from "./outcome.ts";
import type { SignatureType, VerifierKey } from "./vkey.ts";

/** A signature that verified; `timeS` is a cosignature's, in seconds since 1970. */
export type CheckedSignature = { key: VerifierKey; timeS: number | null };

export type NoteFault = "key_unknown" | "bad_signature";

type Check = (
  text: string,
  signature: Uint8Array,
  publicKey: Uint8Array,
  crypto: Crypto,
) => { timeS: number | null } | null;

const checks = {
  1: (text, signature, publicKey, { verify }) => (verify(publicKey, utf8(text), signature) ? { timeS: null } : null),
  4: (text, signature, publicKey, { verify }) => verifyCosignature(text, signature, publicKey, verify),
} satisfies Record<SignatureType, Check>;

/**
 * The signatures of known keys, all verified. Lines of unknown keys are passed over; one bad signature of a known key
 * refuses the whole note, and so does none of any (C2SP signed-note).
 */
export const openNote = (
  note: Note,
  keys: readonly VerifierKey[],
  crypto: Crypto,
): Outcome<CheckedSignature[], NoteFault> => {
  const checked = new Map<VerifierKey, CheckedSignature>();
  for (const { name, keyId, signature } of note.signatures) {
    for (const key of keys.filter((known) => known.name === name && known.keyId === keyId)) {
      const result = checks[key.type](note.text, signature, key.publicKey, crypto);
      if (result === null) return refused("bad_signature");
      checked.set(key, { key, ...result });
    }
  }
  return checked.size === 0 ? refused("key_unknown") : found([...checked.values()]);
};
