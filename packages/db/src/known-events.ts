import { canonicalize } from "@countersign/audit/canonical-json";
import type { Sha256 } from "@countersign/audit/json";
import { leafHash, readLeaf } from "@countersign/audit/leaf";
import { type DropFacts, isInBitmap } from "@countersign/audit/ledger/archive";
import { isSameHash } from "@countersign/audit/ledger/merkle";
import { arrayTypes } from "./array-types.ts";
import type { ReadErased } from "./erased-known.ts";
import { findPosition } from "./sealing.ts";
import type { Transaction } from "./transaction.ts";
import type { ReadKnown } from "./verification.ts";

type Row = {
  id: string;
  partition: string;
  first: number;
  last: number;
  count: number;
  bitmap: Uint8Array;
  root: Uint8Array;
  eventId: string;
  leaf: string;
  plannedAt: string;
};
type HeldRow = { id: string; holdId: string; leaf: string | null; isTold: boolean };
type Gone = Pick<Row, "first" | "last" | "bitmap">;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** Whether a manifest is what its event says, and that event has its place in the tree. */
const isSound = async (tx: Transaction, epoch: number, row: Row, sha256: Sha256): Promise<boolean> => {
  const { partition, first, last, count, bitmap, root, leaf } = row;
  const facts: DropFacts = { partition, epoch, first, last, count, bitmap: base64(sha256(bitmap)), root: base64(root) };
  const said = readLeaf(leaf);
  if (said?.id !== row.eventId || said.code !== "sys_retention_drop") return false;
  if (said.facts === undefined || canonicalize(said.facts) !== canonicalize(facts)) return false;
  const position = await findPosition(tx, row.eventId, row.plannedAt);
  return position !== undefined && isSameHash(position.hash, leafHash(leaf, sha256));
};

const manifestsOver = (tx: Transaction, epoch: number, from: number, to: number): Promise<Row[]> =>
  tx.sql<Row[]>`
    select id, partition, first_index::float8 as first, last_index::float8 as last, count::float8 as count, bitmap, root,
      event_id as "eventId", leaf, planned_at as "plannedAt"
    from retention_manifest where epoch = ${epoch} and last_index >= ${from} and first_index <= ${to} and state in ('detached', 'dropped')`;

/** Whether a hold's own copy of the leaf that tells of it is what was sealed. */
const isPlaced = async (tx: Transaction, { holdId, leaf }: HeldRow, sha256: Sha256): Promise<boolean> => {
  const said = leaf === null ? null : readLeaf(leaf);
  if (leaf === null || !said || said.code !== "sys_hold_placed" || said.status !== "success") return false;
  if (said.object?.type !== "legal_hold" || said.object.id !== holdId) return false;
  const position = await findPosition(tx, said.id, said.receivedAt);
  return position !== undefined && isSameHash(position.hash, leafHash(leaf, sha256));
};

/** Those of these events that stand under `held` for a hold that an event tells of, in the log or sealed and since removed. */
const heldOf = async (tx: Transaction, ids: readonly string[], sha256: Sha256): Promise<Set<string>> => {
  const rows = await tx.sql<HeldRow[]>`
    select h.id, h.hold_id::text as "holdId", l.leaf, exists (select from event_log e where e.object_type = 'legal_hold'
      and e.object_id = h.hold_id::text and e.code = 'sys_hold_placed' and e.status = 'success') as "isTold"
    from held_event h join legal_hold l on l.id = h.hold_id where h.id = any(${arrayTypes.uuids.serialize(ids)}::text::uuid[])`;
  const placed = new Map<string, boolean>();
  for (const row of rows) {
    if (!placed.has(row.holdId)) placed.set(row.holdId, row.isTold || (await isPlaced(tx, row, sha256)));
  }
  return new Set(rows.filter(({ holdId }) => placed.get(holdId)).map(({ id }) => id));
};

/**
 * What the recorded manifests, erasures and holds explain. A manifest that was changed, or whose event was never sealed, explains nothing;
 * of those that were found sound only such are remembered as may still be met, for one walk in the order of the leaves.
 */
export const createReadKnown = (sha256: Sha256, readErased: ReadErased): ReadKnown => {
  const checked = new Map<string, Gone | null>();
  return async (tx, epoch, positions) => {
    const from = positions[0]?.index ?? 0;
    const to = positions.at(-1)?.index ?? from;
    for (const [key, sound] of checked) if (sound !== null && sound.last < from) checked.delete(key);
    const gone: Gone[] = [];
    for (const row of await manifestsOver(tx, epoch, from, to)) {
      const key = `${epoch} ${row.id}`;
      if (!checked.has(key)) checked.set(key, (await isSound(tx, epoch, row, sha256)) ? row : null);
      const sound = checked.get(key);
      if (sound) gone.push(sound);
    }
    const named = positions.flatMap(({ id }) => id ?? []);
    const held = await heldOf(tx, named, sha256);
    const erased = await readErased(tx, named);
    const ids = new Map(positions.map(({ index, id }) => [index, id]));
    return (index) => ({
      expired: gone.some(({ first, bitmap }) => isInBitmap(bitmap, first, index)),
      erased: erased.has(ids.get(index) ?? ""),
      held: held.has(ids.get(index) ?? ""),
    });
  };
};
