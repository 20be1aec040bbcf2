import { join } from "node:path";
import { StartError } from "@countersign/db/embedded/start-error";
import { createAnchor } from "../../apps/worker/src/sealing/anchor.ts";
import { anchorFileOf } from "../../apps/worker/src/sealing/open-ledger.ts";
import { readSettings } from "../start/settings.ts";
import { readGiven } from "./keys.ts";

type ReadAnchors = (epoch: number, isCurrent: boolean) => Promise<readonly string[]>;

/** A note of epoch 2 names the log with `/e2`. */
const epochOf = (note: string): number => Number(/^[^\n]*\/e([1-9]\d*)\n/.exec(note)?.[1] ?? 1);

/** The notes in the files that were named, else the anchor of this installation, if it is here. */
export const anchorReader = (files: readonly string[] | undefined): ReadAnchors => {
  if (files !== undefined) {
    return async (epoch, isCurrent) => {
      const notes = await Promise.all(files.map(async (file) => new TextDecoder().decode(await readGiven(file))));
      return notes.filter((note) => (isCurrent ? epochOf(note) >= epoch : epochOf(note) === epoch));
    };
  }
  const first = process.env.LEDGER_ANCHOR_FILE || join(readSettings().dataDir, "ledger", "anchor");
  return async (epoch, isCurrent) => {
    if (!isCurrent) return [];
    const file = anchorFileOf(first, epoch);
    const note = await createAnchor(file)
      .read()
      .catch((error: NodeJS.ErrnoException) => {
        throw new StartError(`The anchor ${file} cannot be read (${error.code}).`);
      });
    return note === null ? [] : [note];
  };
};
