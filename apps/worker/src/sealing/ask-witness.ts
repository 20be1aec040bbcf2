import type { Crypto } from "@countersign/audit/ledger/ed25519";
import { formatSignatureLine, parseNote } from "@countersign/audit/ledger/note";
import { openNote } from "@countersign/audit/ledger/open-note";
import type { VerifierKey } from "@countersign/audit/ledger/vkey";
import { formatAddCheckpoint, parseCosignatureLines } from "@countersign/audit/ledger/witness-request";
import type { LogTree } from "@countersign/db/log-tree";
import type { StoredCheckpoint } from "@countersign/db/sealing";
import type { TextAnswer } from "./post-text.ts";

export type Asking = {
  checkpoint: StoredCheckpoint;
  /** The size it is believed to have cosigned last; 0 for none. */
  cosigned: number;
  key: VerifierKey;
  tree: Pick<LogTree, "consistency">;
  crypto: Crypto;
  now: () => number;
  post: (body: string) => Promise<TextAnswer>;
};

export type Asked =
  | { outcome: "cosigned"; line: string; timeS: number }
  /** It cosigned a larger tree of this log than there is now. */
  | { outcome: "ahead"; size: number }
  /** What it cosigned is, by its word, not the beginning of this log. */
  | { outcome: "forked"; size: number }
  | { outcome: "failed"; why: string };

const maxFutureS = 3600;

const failed = (why: string): Asked => ({ outcome: "failed", why });

/** The cosignature among the lines of an answer, checked; lines of keys that nobody named are passed over. */
const readCosignature = (lines: string, { checkpoint, key, crypto, now }: Asking): Asked => {
  const note = parseNote(checkpoint.note);
  const signatures = parseCosignatureLines(lines);
  if (!note.ok || signatures === null) return failed("its answer is no list of signatures");
  const opened = openNote({ text: note.value.text, signatures }, [key], crypto);
  if (!opened.ok) return failed(`its answer holds no cosignature of its key (${opened.reason})`);
  const signature = signatures.find(({ name, keyId }) => name === key.name && keyId === key.keyId);
  const timeS = opened.value[0]?.timeS ?? 0;
  if (signature === undefined || timeS < 1 || timeS > now() / 1000 + maxFutureS) {
    return failed("the time of its cosignature is none, or to come");
  }
  return { outcome: "cosigned", line: formatSignatureLine(signature), timeS };
};

const sizeIn = (body: string): number | null => {
  const digits = /^(0|[1-9]\d{0,15})\n?$/.exec(body)?.[1];
  return digits !== undefined && Number.isSafeInteger(Number(digits)) ? Number(digits) : null;
};

/** Asks a witness to cosign a checkpoint (C2SP tlog-witness): once, and once more from the size it says it knows. */
export const askWitness = async (asking: Asking): Promise<Asked> => {
  const { checkpoint, tree, post } = asking;
  const { size, note } = checkpoint;
  const ask = async (oldSize: number): Promise<TextAnswer> => {
    const proof = oldSize > 0 && oldSize < size ? await tree.consistency(oldSize, size) : [];
    return post(formatAddCheckpoint({ oldSize, proof, note }));
  };
  let oldSize = Math.min(asking.cosigned, size);
  for (const isLast of [false, true]) {
    const answer = await ask(oldSize);
    if (answer.status === null) return failed(answer.why);
    const { status, body } = answer;
    if (status === 200) return readCosignature(body, asking);
    if (status === 422) return { outcome: "forked", size: oldSize };
    if (status !== 409) return failed(`it answered ${status}`);
    const known = sizeIn(body);
    // Older witnesses answer so, too, when the size is the same and the root is not.
    if (known === oldSize || (known === null && oldSize === size)) return { outcome: "forked", size: oldSize };
    if (known === null) return failed("it answered 409 without a size");
    if (known > size) return { outcome: "ahead", size: known };
    if (isLast) break;
    oldSize = known;
  }
  return failed("its size changed between two answers");
};
