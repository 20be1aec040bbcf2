import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isInBitmap } from "@countersign/audit/ledger/archive";
import { readCheckpoint } from "@countersign/audit/ledger/checkpoint";
import { createRange } from "@countersign/audit/ledger/compact-range";
import { isSameHash } from "@countersign/audit/ledger/merkle";
import type { Sql } from "@countersign/db/client";
import { runVerification } from "@countersign/db/run-verification";
import { nodeCrypto } from "@countersign/service/crypto";
import type { Office } from "./processes.ts";

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const leafAt = (hashes: Uint8Array, place: number): Uint8Array => hashes.subarray(place * 32, place * 32 + 32);

type Batch = { first: number; count: number; ids: string[]; hashes: Uint8Array };

type Gone = { first: number; bitmap: Uint8Array };

/** What retention says it removed, by the bitmaps of its manifests. */
const readGone = (sql: Sql): Promise<Gone[]> =>
  sql<Gone[]>`select first_index::int as first, bitmap from retention_manifest where epoch = 1 and state = 'dropped'`;

/**
 * Each stored event has one leaf and each leaf one event, or a manifest that says it was removed; positions run without a gap,
 * and every root that was signed is met. Answers how many were removed.
 */
export const checkLedger = async (
  sql: Sql,
  stored: ReadonlyMap<string, string>,
  findings: { miscounted: string[]; unproven: string[] },
): Promise<number> => {
  const sealed = new Map<string, string>();
  const gone = await readGone(sql);
  let removed = 0;
  const see = (id: string, hash: Uint8Array, index: number | null) => {
    if (sealed.has(id)) findings.miscounted.push(`${id} has two leaves`);
    sealed.set(id, base64(hash));
    const isGone = index !== null && gone.some(({ first, bitmap }) => isInBitmap(bitmap, first, index));
    if (isGone && !stored.has(id)) removed += 1;
    if (isGone && stored.has(id)) findings.miscounted.push(`${id} was removed and is stored`);
    if (!isGone && !stored.has(id)) findings.miscounted.push(`${id} has a leaf and is not stored`);
  };
  for (const { ids, hashes } of await sql<Batch[]>`select ids, hashes from ledger_pending`) {
    for (const [place, id] of ids.entries()) see(id, leafAt(hashes, place), null);
  }
  const signed = new Map<number, Uint8Array>();
  for (const { note } of await sql<{ note: string }[]>`select note from ledger_checkpoint where epoch = 1`) {
    const read = readCheckpoint(note);
    if (read.ok) signed.set(read.value.checkpoint.size, read.value.checkpoint.root);
    else findings.unproven.push("a checkpoint cannot be read");
  }
  const range = createRange(nodeCrypto.sha256);
  const batches = sql<Batch[]>`
    select first_index::int as first, count, ids, hashes from ledger_batch where epoch = 1 order by first_index`;
  for await (const rows of batches.cursor(200)) {
    for (const { first, count, ids, hashes } of rows) {
      if (first !== range.size()) findings.unproven.push(`after leaf ${range.size()} comes leaf ${first}`);
      if (ids.length !== count || hashes.length !== count * 32) findings.unproven.push(`the batch at ${first} is cut`);
      for (const [place, id] of ids.entries()) {
        see(id, leafAt(hashes, place), first + place);
        range.append(leafAt(hashes, place));
        const root = signed.get(range.size());
        if (root === undefined) continue;
        if (!isSameHash(root, range.root())) findings.unproven.push(`another root was signed at ${range.size()}`);
        signed.delete(range.size());
      }
    }
  }
  for (const size of signed.keys())
    findings.unproven.push(`a root was signed at ${size}, and there are ${range.size()} leaves`);
  for (const [id, hash] of stored)
    if (sealed.get(id) !== hash) findings.miscounted.push(`${id} has no leaf of its own`);
  return removed;
};

/** Whether everything that is stored stands under a signed checkpoint. */
export const isSigned = async (sql: Sql): Promise<boolean> => {
  const [row] = await sql<{ pending: boolean; leaves: number; signed: number }[]>`
    select exists (select from ledger_pending) as pending,
      coalesce((select max(first_index + count) from ledger_batch where epoch = 1), 0)::int as leaves,
      coalesce((select max(size) from ledger_checkpoint where epoch = 1), 0)::int as signed`;
  return row?.pending === false && row.leaves === row.signed;
};

/** Runs the product's own verifier over the whole log, which is being written; throws at anything it finds, else answers its size. */
export const verifyWhole = async ({ admin, dataDir }: Pick<Office, "admin" | "dataDir">): Promise<number> => {
  const anchor = join(dataDir, "ledger", "anchor");
  const run = await runVerification(admin, {
    crypto: nodeCrypto,
    keys: null,
    // The first one is written with the first checkpoint.
    readAnchors: async () => (existsSync(anchor) ? [await readFile(anchor, "utf8")] : []),
    full: true,
    startedBy: "chaos",
    now: Date.now,
    sleep,
  });
  if (run === null) throw new Error("nothing was verified");
  const { ok, findings, size } = run.report;
  if (!ok) throw new Error(`a false alarm: ${JSON.stringify(findings.slice(0, 3))}`);
  return size;
};
