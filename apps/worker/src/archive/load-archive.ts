import { leafHash } from "@countersign/audit/leaf";
import type { DetailsLine, LeafLine } from "@countersign/audit/ledger/archive";
import { fromBase64 } from "@countersign/audit/utf8";
import { type ArchivedEvent, ensureRestored, insertRestored, isLoaded, noteLoaded } from "@countersign/db/archives";
import type { TrustOf } from "@countersign/db/proven-leaf";
import type { Transaction } from "@countersign/db/transaction";
import { detailsLines, leafLines, UnreadableArchive } from "@countersign/service/archive-lines";
import { nodeCrypto } from "@countersign/service/crypto";
import { type ArchiveCheck, archiveFiles, checkArchive } from "./check-archive.ts";

const rowsAtOnce = 500;

/** Each leaf with its details, of an archive that was checked: both files are in the order of their indices. */
async function* archivedEvents(
  leaves: AsyncIterable<LeafLine>,
  details: AsyncIterable<DetailsLine>,
): AsyncGenerator<ArchivedEvent> {
  const lines = details[Symbol.asyncIterator]();
  let next = await lines.next();
  for await (const { index, leaf } of leaves) {
    const line: DetailsLine | null = !next.done && next.value.index === index ? next.value : null;
    if (line !== null) next = await lines.next();
    yield {
      leaf,
      leafHash: leafHash(leaf, nodeCrypto.sha256),
      details: line?.details ?? null,
      salt: line === null ? null : fromBase64(line.salt),
    };
  }
}

/**
 * Verifies an archive and, when nothing is wrong with it, puts it back into the log under the policy `restored`. Nothing is
 * loaded of one that does not verify. Answers the check and how many events were put back.
 */
export const loadArchive = async (
  tx: Transaction,
  manifestId: string,
  { folder, trustOf, at }: { folder: string; trustOf: TrustOf; at: string },
): Promise<ArchiveCheck & { loaded: number }> => {
  const files = archiveFiles(folder, manifestId);
  const check = await checkArchive(tx, manifestId, files, trustOf);
  if (check.manifest.state !== "dropped") {
    throw new UnreadableArchive(
      "This month is still in the log, or about to leave it. There is nothing to load back yet.",
    );
  }
  if (!check.verdict.ok || (await isLoaded(tx, manifestId))) return { ...check, loaded: 0 };
  await ensureRestored(tx, check.manifest.month);
  let loaded = 0;
  let rows: ArchivedEvent[] = [];
  const insert = async (): Promise<void> => {
    if (rows.length > 0) loaded += await insertRestored(tx, rows);
    rows = [];
  };
  for await (const event of archivedEvents(leafLines(files.leaves), detailsLines(files.details))) {
    rows.push(event);
    if (rows.length === rowsAtOnce) await insert();
  }
  await insert();
  await noteLoaded(tx, manifestId, loaded, at);
  return { ...check, loaded };
};
