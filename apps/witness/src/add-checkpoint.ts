import { type Checkpoint, openCheckpoint, readCheckpoint } from "@countersign/audit/ledger/checkpoint";
import { cosign } from "@countersign/audit/ledger/cosignature";
import type { Crypto } from "@countersign/audit/ledger/ed25519";
import { emptyRoot, type Hash, isSameHash } from "@countersign/audit/ledger/merkle";
import { formatNote, formatSignatureLine, type Note } from "@countersign/audit/ledger/note";
import type { Signer } from "@countersign/audit/ledger/sign-note";
import { verifyConsistency } from "@countersign/audit/ledger/verify-merkle";
import { parseAddCheckpoint } from "@countersign/audit/ledger/witness-request";
import type { Logs } from "./logs.ts";
import { StateError, type StateFile } from "./state-file.ts";

export type WitnessDeps = {
  logs: Logs;
  state: StateFile;
  signer: Signer;
  crypto: Crypto;
  /** Milliseconds since 1970. */
  now: () => number;
  /** For fault tests: the checkpoint is durable, the answer not yet given. */
  crashPoint: (point: "after_persist") => void;
  /**
   * Hears of a checkpoint that the log signed and that was not proven to extend what was cosigned. `isFork`: two roots of one
   * size, both signed, which is proof against the log; otherwise it may be the sender's mistake.
   */
  onUnproven: (facts: { origin: string; isFork: boolean; cosigned: string | null; refused: string }) => void;
};

/** An answer of C2SP tlog-witness; `size` is the size cosigned last, of a conflict. */
export type Answer =
  | { status: 200; lines: string }
  | { status: 400 | 403 | 404 | 422; sentence: string }
  | { status: 409; size: number };

type Request = { oldSize: number; proof: readonly Hash[]; checkpoint: Checkpoint; note: Note };

const no = (status: 400 | 403 | 404 | 422, sentence: string): { status: typeof status; sentence: string } => ({
  status,
  sentence,
});

/** What needs no memory: the form, a known log, its signature, the order of the sizes. */
const openRequest = (body: Uint8Array, { logs, crypto }: WitnessDeps): Request | Answer => {
  const request = parseAddCheckpoint(body);
  const read = request.ok ? readCheckpoint(request.value.note) : request;
  if (!request.ok || !read.ok) return no(400, "This is not an old size, a proof and a signed checkpoint.");
  const { origin } = read.value.checkpoint;
  const keys = logs.get(origin);
  if (keys === undefined) return no(404, "This witness does not know the log.");
  const opened = openCheckpoint(request.value.note, { origin, keys }, crypto);
  if (!opened.ok) return no(403, "No key of the log signed this, or a signature of one is wrong.");
  const { checkpoint, note, signedBy } = opened.value;
  const { oldSize, proof } = request.value;
  if (oldSize > checkpoint.size) return no(400, "The old size is above the size of the checkpoint.");
  const trusted = note.signatures.filter(({ name, keyId }) =>
    signedBy.some((key) => key.name === name && key.keyId === keyId),
  );
  return { oldSize, proof, checkpoint, note: { text: note.text, signatures: trusted } };
};

/** Whether the checkpoint extends what was cosigned; null when it does. */
const refusalOf = (request: Request, known: Checkpoint | null, { sha256 }: Crypto): Answer | null => {
  const { oldSize, proof, checkpoint } = request;
  const size = known?.size ?? 0;
  if (oldSize !== size) return { status: 409, size };
  const emptyTree = emptyRoot(sha256);
  if (checkpoint.size === 0 && !isSameHash(checkpoint.root, emptyTree)) {
    return no(422, "The root is not the one of an empty tree.");
  }
  if (oldSize === 0) return proof.length === 0 ? null : no(422, "From size 0 there is nothing to prove.");
  const claim = {
    size1: oldSize,
    size2: checkpoint.size,
    root1: known?.root ?? emptyTree,
    root2: checkpoint.root,
    proof,
  };
  if (verifyConsistency(claim, sha256) === "ok") return null;
  return no(422, "The proof does not lead from what this witness cosigned to the checkpoint.");
};

/**
 * Cosigns a checkpoint that extends the one cosigned before it (C2SP tlog-witness). Compared and made durable in one step,
 * before the answer. Throws StateError when the memory cannot be relied on.
 */
export const createWitness = (deps: WitnessDeps) => {
  const { state, signer, crypto, now, crashPoint, onUnproven } = deps;
  return async (body: Uint8Array): Promise<Answer> => {
    const request = openRequest(body, deps);
    if ("status" in request) return request;
    const { checkpoint, note } = request;
    const { origin } = checkpoint;
    const answer = await state.update<Answer>((known) => {
      if (known === null) throw new StateError("The state file is gone; nothing is signed.");
      const cosigned = known.logs.get(origin) ?? null;
      const refusal = refusalOf(request, cosigned?.checkpoint ?? null, crypto);
      if (refusal !== null) {
        if (refusal.status === 422) {
          const isFork =
            cosigned?.checkpoint.size === checkpoint.size && !isSameHash(cosigned.checkpoint.root, checkpoint.root);
          onUnproven({ origin, isFork, cosigned: cosigned?.note ?? null, refused: formatNote(note) });
        }
        return { state: null, result: refusal };
      }
      const cosignature = cosign(note.text, signer, Math.floor(now() / 1000));
      const whole = formatNote({ text: note.text, signatures: [...note.signatures, cosignature] });
      const logs = new Map(known.logs).set(origin, { checkpoint, note: whole });
      return {
        state: { ...known, logs },
        result: { status: 200, lines: `${formatSignatureLine(cosignature)}\n` },
      };
    });
    if (answer.status === 200) crashPoint("after_persist");
    return answer;
  };
};
