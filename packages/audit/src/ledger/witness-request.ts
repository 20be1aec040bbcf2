import { fromBase64, toBase64 } from "../utf8.ts";
import { isCount, parseDecimal } from "./decimal.ts";
import { type Hash, isHash } from "./merkle.ts";
import { type NoteSignature, parseSignatureLine } from "./note.ts";
import { found, type Outcome, refused } from "./outcome.ts";
import { wellFormedText } from "./well-formed.ts";

/** What a witness is asked: to cosign the checkpoint `note`, whose tree begins with the one of `oldSize` that it knows. */
export type AddCheckpoint = { oldSize: number; proof: readonly Hash[]; note: string };

export type AddCheckpointRefusal = "too_long" | "encoding" | "no_blank_line" | "old_size" | "too_many_hashes" | "hash";

const maxHashes = 63;
const requestBytes = 128 * 1024;

/** The body of add-checkpoint (C2SP tlog-witness). */
export const formatAddCheckpoint = ({ oldSize, proof, note }: AddCheckpoint): string => {
  if (!isCount(oldSize) || proof.length > maxHashes || !proof.every(isHash)) throw new RangeError("not a request");
  return `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join("")}\n${note}`;
};

/** Reads that body; the checkpoint is still to be opened. */
export const parseAddCheckpoint = (input: string | Uint8Array): Outcome<AddCheckpoint, AddCheckpointRefusal> => {
  if (input.length > requestBytes) return refused("too_long");
  const body = wellFormedText(input);
  if (body === null) return refused("encoding");
  const blank = body.indexOf("\n\n");
  if (blank < 0) return refused("no_blank_line");
  const [first = "", ...lines] = body.slice(0, blank).split("\n");
  const oldSize = first.startsWith("old ") ? parseDecimal(first.slice(4)) : null;
  if (oldSize === null) return refused("old_size");
  if (lines.length > maxHashes) return refused("too_many_hashes");
  const proof: Hash[] = [];
  for (const line of lines) {
    const hash = fromBase64(line);
    if (hash === null || !isHash(hash)) return refused("hash");
    proof.push(hash);
  }
  return found({ oldSize, proof, note: body.slice(blank + 2) });
};

/**
 * The signature lines of a witness's answer; null when a line is none. Lines of unknown keys may be among them, so only those
 * that `openCheckpoint` verifies count.
 */
export const parseCosignatureLines = (body: string): NoteSignature[] | null => {
  if (!body.endsWith("\n") || body.length > requestBytes) return null;
  const signatures: NoteSignature[] = [];
  for (const line of body.slice(0, -1).split("\n")) {
    const signature = parseSignatureLine(line);
    if (signature === null) return null;
    signatures.push(signature);
  }
  return signatures;
};
