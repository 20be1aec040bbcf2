import { fromBase64, toBase64 } from "../utf8.ts";
import { isCount, parseDecimal } from "./decimal.ts";
import type { Crypto } from "./ed25519.ts";
import { type Hash, isHash } from "./merkle.ts";
import { formatNote, type Note, parseNote } from "./note.ts";
import { type NoteFault, openNote } from "./open-note.ts";
import { found, type Outcome, refused } from "./outcome.ts";
import { type Signer, signNote } from "./sign-note.ts";
import { signatureType, type VerifierKey } from "./vkey.ts";

/** What a log signs: the root over its first `size` leaves. `origin` names the log. */
export type Checkpoint = { origin: string; size: number; root: Hash };

export type CheckpointRefusal = "lines" | "origin" | "size" | "root";

const isOrigin = (origin: string): boolean => /^[^\p{Cc}]+$/u.test(origin) && origin.isWellFormed();

/** The text that is signed (C2SP tlog-checkpoint), without extension lines. RangeError on what would not be read back. */
export const formatCheckpoint = ({ origin, size, root }: Checkpoint): string => {
  if (!isOrigin(origin) || !isCount(size) || !isHash(root)) throw new RangeError("not a checkpoint");
  return `${origin}\n${size}\n${toBase64(root)}\n`;
};

/** Reads that text, strictly: three lines, no leading zeros, the root in canonical base64 of 32 bytes. */
export const parseCheckpoint = (text: string): Outcome<Checkpoint, CheckpointRefusal> => {
  const [origin = "", digits = "", base64 = "", end, ...more] = text.split("\n");
  if (end !== "" || more.length > 0) return refused("lines");
  if (!isOrigin(origin)) return refused("origin");
  const size = parseDecimal(digits);
  if (size === null) return refused("size");
  const root = fromBase64(base64);
  if (root === null || !isHash(root)) return refused("root");
  return found({ origin, size, root });
};

/** The whole note, signed by each of the log's keys. */
export const signCheckpoint = (checkpoint: Checkpoint, signers: readonly Signer[]): string => {
  const text = formatCheckpoint(checkpoint);
  return formatNote({ text, signatures: signers.map((signer) => signNote(text, signer)) });
};

/** What a verifier was given from outside: the log's name and keys, and the witnesses it believes. */
export type Trust = { origin: string; keys: readonly VerifierKey[]; witnesses?: readonly VerifierKey[] | undefined };

export type OpenedCheckpoint = {
  checkpoint: Checkpoint;
  note: Note;
  /** The log's keys that signed; none when no keys were given. */
  signedBy: readonly VerifierKey[];
  cosignatures: readonly { key: VerifierKey; timeS: number }[];
};

export type CheckpointFault = "malformed" | "other_origin" | NoteFault;

/** Reads a note as a checkpoint and believes nothing of it. */
export const readCheckpoint = (input: string | Uint8Array): Outcome<OpenedCheckpoint, "malformed"> => {
  const note = parseNote(input);
  const parsed = note.ok ? parseCheckpoint(note.value.text) : note;
  if (!note.ok || !parsed.ok) return refused("malformed");
  return found({ checkpoint: parsed.value, note: note.value, signedBy: [], cosignatures: [] });
};

/**
 * A checkpoint of the trusted log: signed by one of its keys, no known key's signature bad, witnesses included. The key's
 * name may differ from the origin. A witness alone does not vouch for a log: `key_unknown`.
 */
export const openCheckpoint = (
  input: string | Uint8Array,
  { origin, keys, witnesses = [] }: Trust,
  crypto: Crypto,
): Outcome<OpenedCheckpoint, CheckpointFault> => {
  const read = readCheckpoint(input);
  if (!read.ok) return read;
  if (read.value.checkpoint.origin !== origin) return refused("other_origin");
  const logKeys = keys.filter((key) => key.type === signatureType.note);
  const cosigners = witnesses.filter((key) => key.type === signatureType.cosignature);
  const opened = openNote(read.value.note, [...logKeys, ...cosigners], crypto);
  if (!opened.ok) return opened;
  const signedBy = opened.value.filter(({ timeS }) => timeS === null).map(({ key }) => key);
  if (signedBy.length === 0) return refused("key_unknown");
  const cosignatures = opened.value.flatMap(({ key, timeS }) => (timeS === null ? [] : [{ key, timeS }]));
  return found({ ...read.value, signedBy, cosignatures });
};
