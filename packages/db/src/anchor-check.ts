import type { Sha256 } from "@countersign/audit/json";
import type { Checkpoint } from "@countersign/audit/ledger/checkpoint";
import { type Hash, isSameHash } from "@countersign/audit/ledger/merkle";
import { verifyConsistency } from "@countersign/audit/ledger/verify-merkle";
import type { LogTree } from "./log-tree.ts";

/** Whether the tree of `size` leaves begins with what was signed; a smaller one was rolled back, another is a fork. */
export const compareWithAnchor = async (
  old: Checkpoint,
  { size, root }: { size: number; root: Hash | null },
  tree: LogTree,
  sha256: Sha256,
): Promise<"extends" | "rolled_back" | "forked"> => {
  if (size < old.size) return "rolled_back";
  if (old.size === 0) return "extends";
  const whole = root ?? (await tree.root(size));
  if (old.size === size) return isSameHash(old.root, whole) ? "extends" : "forked";
  const proof = await tree.consistency(old.size, size);
  const claim = { size1: old.size, size2: size, root1: old.root, root2: whole, proof };
  return verifyConsistency(claim, sha256) === "ok" ? "extends" : "forked";
};
