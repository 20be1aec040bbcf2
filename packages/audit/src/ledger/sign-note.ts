import { utf8 } from "../utf8.ts";
import type { Ed25519Sign } from "./ed25519.ts";
import type { NoteSignature } from "./note.ts";
import { signatureType, type VerifierKey } from "./vkey.ts";

/** A key that signs, with the public half that checks it. */
export type Signer = { key: VerifierKey; sign: Ed25519Sign };

/** Signs the text of a note, which ends in a newline. */
export const signNote = (text: string, { key, sign }: Signer): NoteSignature => {
  if (key.type !== signatureType.note) throw new RangeError("this key signs no notes");
  if (!text.endsWith("\n")) throw new RangeError("the text of a note ends in a newline");
  return { name: key.name, keyId: key.keyId, signature: sign(utf8(text)) };
};
