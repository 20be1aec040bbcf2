import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { archiveNames, type DetailsLine } from "@countersign/audit/ledger/archive";
import { leafLines, textLines } from "@countersign/service/archive-lines";
import { syncFolder } from "@countersign/service/durable-file";

/** The indices in one archive whose events are among the ids. */
const indicesOf = async (file: string, ids: ReadonlySet<string>): Promise<Set<number>> => {
  const found = new Set<number>();
  for await (const { index, id } of leafLines(file)) if (ids.has(id)) found.add(index);
  return found;
};

const hasDetailsOf = async (file: string, indices: ReadonlySet<number>): Promise<boolean> => {
  for await (const line of textLines(file)) if (indices.has((JSON.parse(line) as DetailsLine).index)) return true;
  return false;
};

async function* linesWithout(file: string, indices: ReadonlySet<number>): AsyncGenerator<string> {
  for await (const line of textLines(file)) {
    if (!indices.has((JSON.parse(line) as DetailsLine).index)) yield `${line}\n`;
  }
}

/** Writes a file of details anew without these lines; the old one stands until the new one is durable. */
const rewrite = async (folder: string, name: string, indices: ReadonlySet<number>): Promise<void> => {
  const file = join(folder, name);
  const part = `${file}.part`;
  const handle = await open(part, "w", 0o600);
  try {
    await pipeline(
      Readable.from(linesWithout(file, indices)),
      createGzip(),
      handle.createWriteStream({ autoClose: false }),
    );
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, file);
  await syncFolder(folder);
};

export type ErasedArchive = { manifestId: string; detailsSha256: Uint8Array };

/**
 * Takes the details of these events out of the archives of some manifests, and answers those that hold leaves of them with
 * the hash that the file of details has now. Files of leaves are never written. Whoever calls this keeps retention from
 * writing archives meanwhile.
 */
export const eraseArchives = async (
  folder: string,
  manifestIds: readonly string[],
  ids: readonly string[],
): Promise<ErasedArchive[]> => {
  const wanted = new Set(ids);
  const erased: ErasedArchive[] = [];
  for (const manifestId of manifestIds) {
    const { leaves, details } = archiveNames(manifestId);
    const file = join(folder, details);
    const indices = await indicesOf(join(folder, leaves), wanted);
    if (indices.size === 0) continue;
    if (await hasDetailsOf(file, indices)) await rewrite(folder, details, indices);
    const hash = createHash("sha256");
    await pipeline(createReadStream(file), hash);
    erased.push({ manifestId, detailsSha256: hash.digest() });
  }
  return erased;
};
