import { createHash } from "node:crypto";
import { type Checkpoint, readCheckpoint } from "@countersign/audit/ledger/checkpoint";
import { z } from "zod";

/** The newest checkpoint of a log that was cosigned, and the note as it was, cosignature included. */
export type Cosigned = { checkpoint: Checkpoint; note: string };

/** All that a witness knows. `vkey` is null only between the first two steps of the very first start. */
export type State = { vkey: string | null; logs: ReadonlyMap<string, Cosigned> };

const schema = z.strictObject({ v: z.literal(1), vkey: z.string().nullable(), notes: z.array(z.string()) });

const hashOf = (json: string): string => createHash("sha256").update(json).digest("hex");

/** Two lines: JSON, and its SHA-256, so that a file which was cut or changed is not taken for a memory. */
export const formatState = ({ vkey, logs }: State): string => {
  const json = JSON.stringify({ v: 1, vkey, notes: [...logs.values()].map(({ note }) => note) });
  return `${json}\n${hashOf(json)}\n`;
};

/** Reads that text; null when anything in it is not as it was written. */
export const parseState = (text: string): State | null => {
  const [json = "", hash, end, ...more] = text.split("\n");
  if (end !== "" || more.length > 0 || hash !== hashOf(json)) return null;
  const { vkey, notes } = schema.parse(JSON.parse(json));
  const logs = new Map<string, Cosigned>();
  for (const note of notes) {
    const read = readCheckpoint(note);
    if (!read.ok || logs.has(read.value.checkpoint.origin)) return null;
    logs.set(read.value.checkpoint.origin, { checkpoint: read.value.checkpoint, note });
  }
  return { vkey, logs };
};
