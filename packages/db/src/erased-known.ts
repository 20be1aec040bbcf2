import type { Crypto } from "@countersign/audit/ledger/ed25519";
import { toBase64 } from "@countersign/audit/utf8";
import { arrayTypes } from "./array-types.ts";
import { idsHashOf, listErased } from "./erasures.ts";
import { provenLeaf, type TrustOf } from "./proven-leaf.ts";
import type { Transaction } from "./transaction.ts";

/** Says of some events which of them a proven erasure names. */
export type ReadErased = (tx: Transaction, ids: readonly string[]) => Promise<ReadonlySet<string>>;

/**
 * Believes an erasure when the event that tells of it is proven to be in the log and its list is the one whose hash and count
 * that event holds. A list that somebody made longer, or an erasure without its event, explains nothing.
 */
export const erasedReader = (crypto: Crypto, trustOf: TrustOf): ReadErased => {
  const proven = new Set<string>();
  const isProven = async (tx: Transaction, id: string): Promise<boolean> => {
    if (proven.has(id)) return true;
    const [row] = await tx.sql<{ leaf: string | null }[]>`select leaf from erasure where id = ${id}`;
    const leaf = row?.leaf ? await provenLeaf(tx, row.leaf, { crypto, trustOf }) : null;
    if (leaf?.code !== "sys_details_erased" || leaf.status !== "success" || leaf.object?.id !== id) return false;
    const ids = await listErased(tx, id);
    const isList = leaf.facts?.count === ids.length && leaf.facts.ids === toBase64(idsHashOf(ids, crypto.sha256));
    if (isList) proven.add(id);
    return isList;
  };
  return async (tx, ids) => {
    const named = await tx.sql<{ eventId: string; erasureId: string }[]>`
      select event_id as "eventId", erasure_id as "erasureId" from erasure_event
      where event_id = any(${arrayTypes.uuids.serialize(ids)}::text::uuid[])`;
    const erased = new Set<string>();
    // Asked anew for each stretch: one that began while the log is read is proven by then, and one that is not may be soon.
    const refused = new Set<string>();
    for (const { eventId, erasureId } of named) {
      if (refused.has(erasureId)) continue;
      if (await isProven(tx, erasureId)) erased.add(eventId);
      else refused.add(erasureId);
    }
    return erased;
  };
};
