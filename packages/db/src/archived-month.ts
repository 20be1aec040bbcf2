import type { DropFacts } from "@countersign/audit/ledger/archive";
import type { Crypto } from "@countersign/audit/ledger/ed25519";
import type { Hash } from "@countersign/audit/ledger/merkle";
import { readDropFacts } from "@countersign/audit/ledger/verify-archive";
import { erasedReader, type ReadErased } from "./erased-known.ts";
import { readPositions } from "./positions.ts";
import { provenLeaf, type TrustOf } from "./proven-leaf.ts";
import { findManifest, type Manifest, readContents } from "./retention-manifests.ts";
import type { Transaction } from "./transaction.ts";

/** What the database knows of an archived month, once the event of its manifest is proven. */
export type ArchivedMonth = {
  manifest: Manifest;
  facts: DropFacts;
  bitmap: Uint8Array;
  /** The hashes that were sealed at these indices, which are in order. */
  sealedAt: (indices: readonly number[]) => Promise<ReadonlyMap<number, Hash>>;
  erasedAmong: (ids: readonly string[]) => ReturnType<ReadErased>;
};

/** Null when there is no such manifest; `not_proven` when no signed checkpoint stands over its event. */
export const openArchivedMonth = async (
  tx: Transaction,
  manifestId: string,
  { crypto, trustOf }: { crypto: Crypto; trustOf: TrustOf },
): Promise<ArchivedMonth | "not_proven" | null> => {
  const manifest = await findManifest(tx, manifestId);
  if (manifest === undefined) return null;
  const { leaf: text, bitmap } = await readContents(tx, manifestId);
  const leaf = await provenLeaf(tx, text, { crypto, trustOf });
  const facts = leaf && readDropFacts(leaf);
  if (facts === null || leaf?.object?.id !== manifestId) return "not_proven";
  const readErased = erasedReader(crypto, trustOf);
  return {
    manifest,
    facts,
    bitmap,
    sealedAt: async (indices) => {
      const sealed = new Map<number, Hash>();
      const wanted = new Set(indices.filter((index) => index >= facts.first && index <= facts.last));
      if (wanted.size === 0) return sealed;
      const [from, to] = [Math.min(...wanted), Math.max(...wanted)];
      for await (const piece of readPositions(tx, facts.epoch, from, to + 1, () => undefined)) {
        for (const { index, hash } of piece) if (hash !== null && wanted.has(index)) sealed.set(index, hash);
      }
      return sealed;
    },
    erasedAmong: (ids) => readErased(tx, ids),
  };
};
