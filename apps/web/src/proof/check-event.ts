import { detailsCommitment, leafHash, readLeaf } from "@countersign/audit/leaf";
import { openCheckpoint, readCheckpoint } from "@countersign/audit/ledger/checkpoint";
import type { Crypto } from "@countersign/audit/ledger/ed25519";
import type { Hash } from "@countersign/audit/ledger/merkle";
import { parseLogProof } from "@countersign/audit/ledger/proof";
import { verifyInclusion } from "@countersign/audit/ledger/verify-merkle";
import type { VerifierKey } from "@countersign/audit/ledger/vkey";
import { fromBase64, toBase64, toHex } from "@countersign/audit/utf8";
import type { LogEntry } from "../api.ts";
import { count } from "../format.ts";
import { proofTexts } from "./proof-texts.ts";
import { type Difference, shownOtherwise } from "./shown-values.ts";

export type Part = keyof typeof proofTexts.parts;
export type StepState = keyof typeof proofTexts.states;
/** One thing that was computed, with the hash that came out of it. */
export type Step = { part: Part; state: StepState; sentence: string; hash?: string };
export type Check = {
  verdict: keyof typeof proofTexts.verdict;
  /** Where the event stands, by its proof; null when that cannot be read. */
  place: { index: number; size: number } | null;
  /** The hashes beside the way from the leaf to the root, lowest first, and the signed text that holds the root. */
  way: { hashes: readonly string[]; checkpoint: string } | null;
  steps: readonly Step[];
};

/** What the server gives to be checked; nothing of it is believed. */
export type GivenProof = { id: string; epoch: number; file: string; details: string | null; salt: string | null };

type Checking = {
  given: GivenProof;
  /** The event as the page shows it. */
  shown: LogEntry;
  key: VerifierKey | null;
  witnesses: readonly VerifierKey[];
  crypto: Crypto;
};

type Opened = ReturnType<typeof openCheckpoint>;

const words = proofTexts;
const saltBytes = 32;

/** A log that goes on after a loss carries the number of its epoch in its name. */
const originOf = (name: string, epoch: number): string => (epoch === 1 ? name : `${name}/e${epoch}`);

/** What the trusted key makes of a checkpoint; null where none is trusted. */
export const signatureStep = (opened: Opened | null, key: VerifierKey | null): Step => {
  const step = { part: "signature" } as const;
  if (opened === null || key === null) return { ...step, state: "open", sentence: words.signature.open };
  if (!opened.ok) return { ...step, state: "differs", sentence: words.signature.faults[opened.reason] };
  const cosigned = opened.value.cosignatures.map((cosignature) => words.signature.cosigned(cosignature.key.name));
  return { ...step, state: "fits", sentence: [words.signature.fits(key.name, key.keyId), ...cosigned].join(" ") };
};

const checkSignature = (note: string, { given, key, witnesses, crypto }: Checking): Step =>
  signatureStep(
    key && openCheckpoint(note, { origin: originOf(key.name, given.epoch), keys: [key], witnesses }, crypto),
    key,
  );

type Way = { index: number; hash: Hash; proof: readonly Hash[]; checkpoint: ReturnType<typeof readCheckpoint> };

/** Whether a way leads from the leaf to the root. */
export const placeStep = ({ index, hash, proof, checkpoint }: Way, { sha256 }: Crypto): Step => {
  const step = { part: "place" } as const;
  if (!checkpoint.ok) return { ...step, state: "open", sentence: words.place.open };
  const { size, root } = checkpoint.value.checkpoint;
  const isThere = verifyInclusion({ index, size, root, leafHash: hash, proof }, sha256) === "ok";
  if (!isThere) return { ...step, ...differing(words.place.differs) };
  return { ...step, ...fitting(words.place.fits(count(proof.length), count(size))), hash: toBase64(root) };
};

const checkDetails = (commitment: string, { given: { details, salt }, crypto }: Checking): Step => {
  const step = { part: "details" } as const;
  if (details === null && salt === null) return { ...step, state: "open", sentence: words.details.erased };
  if (details === null || salt === null) return { ...step, state: "differs", sentence: words.details.half };
  const bytes = fromBase64(salt);
  const fits = bytes?.length === saltBytes && detailsCommitment(details, bytes, crypto.sha256) === commitment;
  return fits
    ? { ...step, state: "fits", sentence: words.details.fits, hash: commitment }
    : { ...step, state: "differs", sentence: words.details.differs };
};

const differenceWords = ({ field, shown, sealed }: Difference): string =>
  field === "details"
    ? words.fields.details
    : words.shown.pair(words.fields[field], shown ?? words.shown.nothing, sealed ?? words.shown.nothing);

export const verdictOf = (steps: readonly Step[]): Check["verdict"] => {
  if (steps.some(({ state }) => state === "differs")) return "differs";
  return steps.some(({ state }) => state === "open") ? "partly" : "intact";
};

/** Computes each step from what is shown to the signature, and says of each whether it fits. */
export const checkEvent = (checking: Checking): Check => {
  const { given, shown, crypto } = checking;
  const parsed = parseLogProof(given.file);
  if (!parsed.ok) {
    const steps: Step[] = [{ part: "leaf", state: "differs", sentence: words.leaf.noProof }];
    return { verdict: "differs", place: null, way: null, steps };
  }
  const { index, leaf: leafText, proof, note } = parsed.value;
  const hash = leafHash(leafText, crypto.sha256);
  const leaf = readLeaf(leafText);
  const checkpoint = readCheckpoint(note);

  const leafStep = (): Step => {
    const step = { part: "leaf" } as const;
    if (leaf === null) return { ...step, state: "differs", sentence: words.leaf.unreadable };
    if (leaf.id !== shown.id) return { ...step, state: "differs", sentence: words.leaf.other };
    const fits = toHex(hash) === shown.leafHash.toLowerCase();
    if (fits) return { ...step, ...fitting(words.leaf.fits) };
    return { ...step, ...differing(words.leaf.hashDiffers), hash: toHex(hash) };
  };
  const detailsStep: Step =
    leaf === null
      ? { part: "details", state: "open", sentence: words.details.open }
      : checkDetails(leaf.details, checking);
  const shownStep = (): Step => {
    const step = { part: "shown" } as const;
    if (leaf === null) return { ...step, state: "open", sentence: words.shown.open };
    const isOpened = detailsStep.state === "fits";
    const found = shownOtherwise(shown, leaf, isOpened ? given.details : null);
    if (found.length > 0) return { ...step, ...differing(words.shown.differs(found.map(differenceWords))) };
    return isOpened
      ? { ...step, ...fitting(words.shown.fits) }
      : { ...step, state: "open", sentence: words.shown.leafOnly };
  };
  const place = placeStep({ index, hash, proof, checkpoint }, crypto);
  const steps = [leafStep(), place, checkSignature(note, checking), detailsStep, shownStep()];
  return {
    verdict: verdictOf(steps),
    place: checkpoint.ok ? { index, size: checkpoint.value.checkpoint.size } : null,
    way: { hashes: proof.map(toBase64), checkpoint: note },
    steps,
  };
};

const fitting = (sentence: string) => ({ state: "fits", sentence }) as const;
const differing = (sentence: string) => ({ state: "differs", sentence }) as const;
