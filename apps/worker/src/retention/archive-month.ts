import { join } from "node:path";
import { leafHash } from "@countersign/audit/leaf";
import { archiveNames, type DetailsLine, type LeafLine } from "@countersign/audit/ledger/archive";
import { createRange } from "@countersign/audit/ledger/compact-range";
import { isSameHash } from "@countersign/audit/ledger/merkle";
import type { Database } from "@countersign/db/client";
import { type Manifest, readContents } from "@countersign/db/retention-manifests";
import { readMonthRows } from "@countersign/db/retention-places";
import { nodeCrypto } from "@countersign/service/crypto";
import { writeZippedLines } from "@countersign/service/durable-file";

/** The month is not what its manifest says. */
export class MonthChanged extends Error {
  override name = "MonthChanged";
}

export type Archived = { leaves: string; leavesSha256: Uint8Array; details: string; detailsSha256: Uint8Array };

/**
 * Writes what a manifest is about to two files, durable when it resolves; written again they stand in place of the first.
 * Throws `MonthChanged` when the leaves do not make the manifest's root.
 */
export const archiveMonth = async (db: Database, manifest: Manifest, folder: string): Promise<Archived> => {
  const { sha256 } = nodeCrypto;
  const names = archiveNames(manifest.id);
  const range = createRange(sha256);
  const leafLines = async function* () {
    for await (const { index, id, leaf } of readMonthRows(db, manifest)) {
      range.append(leafHash(leaf, sha256));
      yield JSON.stringify({ index, id, leaf } satisfies LeafLine);
    }
  };
  const detailsLines = async function* () {
    for await (const { index, details, salt } of readMonthRows(db, manifest)) {
      if (details === null || salt === null) continue;
      yield JSON.stringify({ index, details, salt: Buffer.from(salt).toString("base64") } satisfies DetailsLine);
    }
  };
  const leavesSha256 = await writeZippedLines(join(folder, names.leaves), leafLines());
  const { root } = await readContents(db, manifest.id);
  if (range.size() !== manifest.count || !isSameHash(range.root(), root)) {
    throw new MonthChanged(`${manifest.partition} does not make the root of its manifest`);
  }
  const detailsSha256 = await writeZippedLines(join(folder, names.details), detailsLines());
  return { ...names, leavesSha256, detailsSha256 };
};
