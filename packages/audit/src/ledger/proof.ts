import type { Leaf } from "../leaf.ts";
import { detailsCommitment, leafHash, readLeaf } from "../leaf.ts";
import { fromBase64, toBase64, utf8 } from "../utf8.ts";
import {
  type CheckpointFault,
  type OpenedCheckpoint,
  openCheckpoint,
  readCheckpoint,
  type Trust,
} from "./checkpoint.ts";
import { isCount, parseDecimal } from "./decimal.ts";
import type { Crypto } from "./ed25519.ts";
import { type Hash, isHash } from "./merkle.ts";
import { found, type Outcome, refused } from "./outcome.ts";
import { verifyInclusion } from "./verify-merkle.ts";
import { wellFormedText } from "./well-formed.ts";

/** One event with the proof that it is in the log: its place, its leaf, and a checkpoint as it was signed. */
export type LogProof = { index: number; leaf: string; proof: readonly Hash[]; note: string };

export type LogProofRefusal = "too_long" | "encoding" | "header" | "leaf" | "index" | "hash" | "no_checkpoint";

const header = "c2sp.org/tlog-proof@v1";
const fileBytes = 256 * 1024;
const maxHashes = 63;

/** The content of a `.tlog-proof` file (C2SP tlog-proof); `extra` is the leaf. */
export const formatLogProof = ({ index, leaf, proof, note }: LogProof): string => {
  if (!isCount(index) || proof.length > maxHashes || !proof.every(isHash)) throw new RangeError("not a proof");
  const hashes = proof.map((hash) => `${toBase64(hash)}\n`).join("");
  return `${header}\nextra ${toBase64(utf8(leaf))}\nindex ${index}\n${hashes}\n${note}`;
};

/** Reads such a file; nothing in it is believed yet. */
export const parseLogProof = (input: string | Uint8Array): Outcome<LogProof, LogProofRefusal> => {
  if (input.length > fileBytes) return refused("too_long");
  const file = wellFormedText(input);
  if (file === null) return refused("encoding");
  const blank = file.indexOf("\n\n");
  const [first, extra = "", place = "", ...lines] = file.slice(0, Math.max(blank, 0)).split("\n");
  if ((blank < 0 ? file.split("\n")[0] : first) !== header) return refused("header");
  if (blank < 0) return refused("no_checkpoint");
  const bytes = extra.startsWith("extra ") ? fromBase64(extra.slice(6)) : null;
  const leaf = bytes && wellFormedText(bytes);
  if (leaf === null) return refused("leaf");
  const index = place.startsWith("index ") ? parseDecimal(place.slice(6)) : null;
  if (index === null) return refused("index");
  const proof: Hash[] = [];
  for (const line of lines) {
    const hash = fromBase64(line);
    if (hash === null || !isHash(hash) || proof.length === maxHashes) return refused("hash");
    proof.push(hash);
  }
  return found({ index, leaf, proof, note: file.slice(blank + 2) });
};

/** What a proof may fail for, with the sentence that says so. */
export const logProofFaults = {
  unreadable: "The file is not a log proof, or it was cut or changed in its form.",
  malformed: "The checkpoint in the file is not in the form of one.",
  other_origin: "The checkpoint is of another log.",
  key_unknown: "None of the given keys signed the checkpoint.",
  bad_signature: "A signature on the checkpoint does not fit it: it was changed, or signed by another key.",
  not_included: "The event is not in the tree that the checkpoint signs, or not at this place.",
  leaf_unreadable: "The event in the file is not in the form of one.",
  details_differ: "The details are not those that the event committed to.",
} as const satisfies Record<
  CheckpointFault | "unreadable" | "not_included" | "leaf_unreadable" | "details_differ",
  string
>;
export type LogProofFault = keyof typeof logProofFaults;

/** `self_consistent`: no key was given, so anybody could have made the whole file. */
export type VerifiedProof = {
  trust: "signed" | "self_consistent";
  index: number;
  leaf: Leaf;
  leafText: string;
  checkpoint: OpenedCheckpoint["checkpoint"];
  cosignatures: OpenedCheckpoint["cosignatures"];
  details: "opened" | "not_given";
};

/** The text of an event's details and its salt, which open the commitment in the leaf. */
export type Opening = { details: string; salt: Uint8Array };

/** Checks one event against a checkpoint, with nothing but the file and what is trusted; null trusts nobody. */
export const verifyLogProof = (
  input: string | Uint8Array,
  trust: Trust | null,
  crypto: Crypto,
  opening?: Opening,
): Outcome<VerifiedProof, LogProofFault> => {
  const file = parseLogProof(input);
  if (!file.ok) return refused("unreadable");
  const { index, leaf: leafText, proof, note } = file.value;
  const opened = trust === null ? readCheckpoint(note) : openCheckpoint(note, trust, crypto);
  if (!opened.ok) return opened;
  const { checkpoint, cosignatures } = opened.value;
  const { size, root } = checkpoint;
  const hash = leafHash(leafText, crypto.sha256);
  if (verifyInclusion({ index, size, root, leafHash: hash, proof }, crypto.sha256) !== "ok")
    return refused("not_included");
  const leaf = readLeaf(leafText);
  if (leaf === null) return refused("leaf_unreadable");
  if (opening !== undefined) {
    const fits =
      opening.salt.length === 32 && detailsCommitment(opening.details, opening.salt, crypto.sha256) === leaf.details;
    if (!fits) return refused("details_differ");
  }
  return found({
    trust: trust === null ? "self_consistent" : "signed",
    index,
    leaf,
    leafText,
    checkpoint,
    cosignatures,
    details: opening === undefined ? "not_given" : "opened",
  });
};
