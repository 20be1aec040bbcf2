import { type Leaf, leafHash, readLeaf } from "@countersign/audit/leaf";
import { openCheckpoint, readCheckpoint, type Trust } from "@countersign/audit/ledger/checkpoint";
import type { Crypto } from "@countersign/audit/ledger/ed25519";
import { isSameHash } from "@countersign/audit/ledger/merkle";
import { verifyInclusion } from "@countersign/audit/ledger/verify-merkle";
import { openLogTree } from "./log-tree.ts";
import { findPosition, latestCheckpoint } from "./sealing.ts";
import type { Transaction } from "./transaction.ts";

/** Whom to believe about the checkpoints of an epoch; null believes the note as it is. */
export type TrustOf = (epoch: number) => Trust | null;

/**
 * What a leaf says, if it stands in the log under a signed checkpoint: its hash is the one that was sealed for its id, and
 * its place is proven to the root that the key signed. Null for any other text.
 */
export const provenLeaf = async (
  tx: Transaction,
  text: string,
  { crypto, trustOf }: { crypto: Crypto; trustOf: TrustOf },
): Promise<Leaf | null> => {
  const leaf = readLeaf(text);
  const position = leaf === null ? undefined : await findPosition(tx, leaf.id, leaf.receivedAt);
  const hash = leafHash(text, crypto.sha256);
  if (leaf === null || position === undefined || !isSameHash(hash, position.hash)) return null;
  const { epoch, index } = position;
  const checkpoint = await latestCheckpoint(tx, epoch);
  if (checkpoint === undefined) return null;
  const trust = trustOf(epoch);
  const read = trust === null ? readCheckpoint(checkpoint.note) : openCheckpoint(checkpoint.note, trust, crypto);
  if (!read.ok || read.value.checkpoint.size <= index) return null;
  const { size, root } = read.value.checkpoint;
  const proof = await openLogTree(tx, epoch, crypto.sha256)
    .inclusion(index, size)
    .catch(() => null);
  const isIn = proof !== null && verifyInclusion({ index, size, root, leafHash: hash, proof }, crypto.sha256) === "ok";
  return isIn ? leaf : null;
};
