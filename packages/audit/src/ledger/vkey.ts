import type { Sha256 } from "../json.ts";
import { fromBase64, toBase64, toHex, utf8 } from "../utf8.ts";
import { publicKeyBytes } from "./ed25519.ts";
import { isKeyName } from "./note.ts";

/** What an Ed25519 key signs: the text of a note, or a checkpoint with the time it was seen (C2SP signed-note, tlog-cosignature). */
export const signatureType = { note: 1, cosignature: 4 } as const;
export type SignatureType = (typeof signatureType)[keyof typeof signatureType];

/** A public key with its name; `keyId` is the beginning of a hash over name, type and key, 8 hex digits. */
export type VerifierKey = { name: string; type: SignatureType; publicKey: Uint8Array; keyId: string };

const isType = (type: number | undefined): type is SignatureType =>
  type === signatureType.note || type === signatureType.cosignature;

/** A key as signatures name it; RangeError on a name with spaces or a plus and on a key of another length. */
export const verifierKey = (name: string, type: SignatureType, publicKey: Uint8Array, sha256: Sha256): VerifierKey => {
  if (!isKeyName(name)) throw new RangeError("a key name is not empty and has neither spaces nor a plus");
  if (publicKey.length !== publicKeyBytes) throw new RangeError(`a public key has ${publicKeyBytes} bytes`);
  const hash = sha256(Uint8Array.of(...utf8(`${name}\n`), type, ...publicKey));
  return { name, type, publicKey, keyId: toHex(hash.subarray(0, 4)) };
};

/** Reads `name+keyId+base64(type and key)`; null for anything else, also when the key id is not this key's. */
export const parseVkey = (vkey: string, sha256: Sha256): VerifierKey | null => {
  const parts = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey);
  const [, name = "", keyId, base64 = ""] = parts ?? [];
  const bytes = fromBase64(base64);
  const type = bytes?.[0];
  if (bytes?.length !== 1 + publicKeyBytes || !isType(type) || !isKeyName(name)) return null;
  const key = verifierKey(name, type, bytes.subarray(1), sha256);
  return key.keyId === keyId ? key : null;
};

/** The one-line form of a public key, as it is handed to verifiers. */
export const formatVkey = ({ name, type, publicKey, keyId }: VerifierKey): string =>
  `${name}+${keyId}+${toBase64(Uint8Array.of(type, ...publicKey))}`;
