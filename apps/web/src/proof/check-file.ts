import { type Leaf, leafHash, readLeaf } from "@countersign/audit/leaf";
import { openCheckpoint, readCheckpoint } from "@countersign/audit/ledger/checkpoint";
import type { Crypto } from "@countersign/audit/ledger/ed25519";
import { type LogProofRefusal, parseLogProof } from "@countersign/audit/ledger/proof";
import type { VerifierKey } from "@countersign/audit/ledger/vkey";
import { toBase64, toHex } from "@countersign/audit/utf8";
import { type Check, placeStep, type Step, signatureStep, verdictOf } from "./check-event.ts";
import { proofTexts } from "./proof-texts.ts";

/** What came out of a file: what it says of an event, and what of that fits. */
export type FileCheck = { check: Check; leaf: Leaf | null };

type Trusted = { key: VerifierKey | null; witnesses: readonly VerifierKey[]; crypto: Crypto };

const words = proofTexts;

/** Such a file does not say which epoch it is of; the name in its checkpoint does. */
const originIn = (note: string, name: string): string => {
  const read = readCheckpoint(note);
  const origin = read.ok ? read.value.checkpoint.origin : name;
  return origin.startsWith(`${name}/e`) && /^\d{1,9}$/.test(origin.slice(name.length + 2)) ? origin : name;
};

/** Computes each step of a proof file with nothing but the file and what this browser trusts; or why it is none. */
export const checkProofFile = (
  file: Uint8Array,
  { key, witnesses, crypto }: Trusted,
): { ok: true; value: FileCheck } | { ok: false; reason: LogProofRefusal } => {
  const parsed = parseLogProof(file);
  if (!parsed.ok) return parsed;
  const { index, leaf: text, proof, note } = parsed.value;
  const leaf = readLeaf(text);
  const hash = leafHash(text, crypto.sha256);
  const checkpoint = readCheckpoint(note);
  const leafStep: Step =
    leaf === null
      ? { part: "leaf", state: "differs", sentence: words.leaf.unreadable }
      : { part: "leaf", state: "fits", sentence: words.file.leaf, hash: toHex(hash) };
  const opened = key && openCheckpoint(note, { origin: originIn(note, key.name), keys: [key], witnesses }, crypto);
  const steps = [leafStep, placeStep({ index, hash, proof, checkpoint }, crypto), signatureStep(opened, key)];
  const size = checkpoint.ok ? checkpoint.value.checkpoint.size : null;
  return {
    ok: true,
    value: {
      check: {
        verdict: verdictOf(steps),
        place: size === null ? null : { index, size },
        way: { hashes: proof.map(toBase64), checkpoint: note },
        steps,
      },
      leaf,
    },
  };
};
