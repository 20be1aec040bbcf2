import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { archiveNames } from "@countersign/audit/ledger/archive";
import type { Database } from "@countersign/db/client";
import { failureCode } from "@countersign/db/failures";
import { skippedAmong } from "@countersign/db/retention-manifests";

const idsOf = (names: readonly string[]): string[] => [
  ...new Set(names.flatMap((name) => /^([0-9a-f-]{36})\.(?:leaves|details)\.ndjson\.gz$/.exec(name)?.[1] ?? [])),
];

/** Removes the files of months that stay in the log after all: nothing would look into them when somebody is erased. */
export const sweepArchive = async (db: Database, folder: string): Promise<void> => {
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (failureCode(error) === "ENOENT") return [];
    throw error;
  });
  for (const id of await skippedAmong(db, idsOf(names))) {
    const { leaves, details } = archiveNames(id);
    for (const name of [leaves, details]) await rm(join(folder, name), { force: true });
  }
};
