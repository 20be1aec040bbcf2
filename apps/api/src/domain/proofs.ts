import type { Sha256 } from "@countersign/audit/json";
import { formatNote, parseNote, parseSignatureLine } from "@countersign/audit/ledger/note";
import { formatLogProof } from "@countersign/audit/ledger/proof";
import type { Database } from "@countersign/db/client";
import type { EventRow } from "@countersign/db/events";
import { openLogTree } from "@countersign/db/log-tree";
import {
  checkpointOver,
  cosignatureLines,
  cosignedOver,
  findPosition,
  latestCheckpoint,
  type StoredCheckpoint,
} from "@countersign/db/sealing";
import { DomainError } from "./domain-error.ts";

const notSealed = () =>
  new DomainError(
    "conflict",
    "not_sealed",
    "This event is stored and not under a signed checkpoint yet. Try again in a moment.",
    {
      retryAfterS: 2,
    },
  );

/** A checkpoint with what witnesses signed of it. */
export const wholeNote = async (db: Database, { epoch, size, note }: StoredCheckpoint): Promise<string> => {
  const parsed = parseNote(note);
  if (!parsed.ok) return note;
  const lines = await cosignatureLines(db, epoch, size);
  const cosignatures = lines.flatMap((line) => parseSignatureLine(line) ?? []);
  return formatNote({ text: parsed.value.text, signatures: [...parsed.value.signatures, ...cosignatures] });
};

export type EventProof = {
  /** Where the event stands, in how large a tree. */
  epoch: number;
  index: number;
  size: number;
  /** The content of a `.tlog-proof` file (C2SP tlog-proof@v1). */
  file: string;
};

/** The proof that an event is in the log, against the newest checkpoint, of those that a witness signed if there is one. */
export const proveEvent = async (db: Database, event: EventRow, sha256: Sha256): Promise<EventProof> => {
  const position = await findPosition(db, event.id, event.receivedAt);
  if (position === undefined) throw notSealed();
  const { epoch, index } = position;
  const newest = await latestCheckpoint(db, epoch);
  const checkpoint =
    (await cosignedOver(db, epoch, index)) ??
    (newest !== undefined && newest.size > index ? newest : await checkpointOver(db, epoch, index));
  if (checkpoint === undefined) throw notSealed();
  const proof = await openLogTree(db, epoch, sha256).inclusion(index, checkpoint.size);
  const note = await wholeNote(db, checkpoint);
  return { epoch, index, size: checkpoint.size, file: formatLogProof({ index, leaf: event.leaf, proof, note }) };
};
