import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { archiveNames, type DetailsLine } from "@countersign/audit/ledger/archive";
import { detailsLines, leafLines, textLines } from "@countersign/service/archive-lines";
import { writeZippedLines } from "@countersign/service/durable-file";

/** An archive that is not where it should be, or cannot be read: nothing in it can be erased until it is. */
export class ArchiveOutOfReach extends Error {
  override name = "ArchiveOutOfReach";
}

const reaching = async <Result>(name: string, read: () => Promise<Result>): Promise<Result> => {
  try {
    return await read();
  } catch (error) {
    throw new ArchiveOutOfReach(`The archive ${name} cannot be read.`, { cause: error });
  }
};

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
  for await (const line of textLines(file)) if (!indices.has((JSON.parse(line) as DetailsLine).index)) yield line;
}

const hashOf = async (file: string): Promise<Uint8Array> => {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest();
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
    const indices = await reaching(leaves, () => indicesOf(join(folder, leaves), wanted));
    if (indices.size === 0) continue;
    const detailsSha256 = (await reaching(details, () => hasDetailsOf(file, indices)))
      ? await writeZippedLines(file, linesWithout(file, indices))
      : await hashOf(file);
    erased.push({ manifestId, detailsSha256 });
  }
  return erased;
};

/** A user as actor, object or target in a leaf: canonical JSON, so it can be looked for as text. */
const namedIn = (userId: string) => {
  const named = `{"id":${JSON.stringify(userId)},"type":"user"}`;
  return (leaf: string): boolean => ["actor", "object", "target"].some((part) => leaf.includes(`"${part}":${named}`));
};

/** The events of a user that still have details in the archives of some manifests, in the order of their ids. */
export const archivedAbout = async (
  folder: string,
  manifestIds: readonly string[],
  userId: string,
): Promise<string[]> => {
  const isAbout = namedIn(userId);
  const ids: string[] = [];
  for (const manifestId of manifestIds) {
    const { leaves, details } = archiveNames(manifestId);
    const found = new Map<number, string>();
    await reaching(leaves, async () => {
      for await (const { index, id, leaf } of leafLines(join(folder, leaves))) if (isAbout(leaf)) found.set(index, id);
    });
    if (found.size === 0) continue;
    await reaching(details, async () => {
      for await (const { index } of detailsLines(join(folder, details))) {
        const id = found.get(index);
        if (id !== undefined) ids.push(id);
      }
    });
  }
  return ids.sort();
};
