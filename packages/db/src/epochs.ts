import type { SealedEvent } from "@countersign/audit/event";
import { keepEnvelope } from "./outbox.ts";
import { batchesFrom, currentEpoch, latestCheckpoint, sealedSize } from "./sealing.ts";
import { storeEnvelopes } from "./store.ts";
import type { Transaction } from "./transaction.ts";

const hashBytes = 32;

/** What an epoch ended with: leaves that had a position, and how many of them stood under a checkpoint. */
export type EpochEnd = { epoch: number; size: number; signedSize: number; signedRoot: Uint8Array | null };

export const readEpochEnd = async (tx: Transaction): Promise<EpochEnd> => {
  const epoch = await currentEpoch(tx);
  const size = await sealedSize(tx, epoch);
  const checkpoint = await latestCheckpoint(tx, epoch, size);
  return { epoch, size, signedSize: checkpoint?.size ?? 0, signedRoot: checkpoint?.root ?? null };
};

/**
 * Begins the next epoch with `event` as its first leaf. Leaves of the old one that no checkpoint covers follow it, so that
 * they are signed after all. Whoever calls this holds the ledger's lock.
 */
export const openEpoch = async (
  tx: Transaction,
  { epoch, signedSize }: EpochEnd,
  event: SealedEvent,
  envelopeId: string,
): Promise<{ epoch: number; moved: number }> => {
  const next = epoch + 1;
  await keepEnvelope(tx, envelopeId, [event]);
  await storeEnvelopes(tx, [envelopeId], async () => {
    throw new Error("the event that opens the epoch could not be stored");
  });
  await tx.sql`
    with opening as (delete from ledger_pending where envelope_id = ${envelopeId} returning ids, hashes)
    insert into ledger_batch (epoch, first_index, count, min_id, max_id, ids, hashes, sealed_at)
    select ${next}, 0, 1, ids[1], ids[1], ids, hashes, ${event.receivedAt} from opening`;
  let position = 1;
  for (let from = signedSize; ; ) {
    const [batch] = (await batchesFrom(tx, epoch, from, 2)).filter(
      ({ firstIndex, count }) => firstIndex + count > from,
    );
    if (batch === undefined) return { epoch: next, moved: position - 1 };
    const skipped = Math.max(0, from - batch.firstIndex);
    const count = batch.count - skipped;
    await tx.sql`
      with rest as (
        select ids[${skipped + 1}::int:] as ids, substring(hashes from ${skipped * hashBytes + 1}::int) as hashes
        from ledger_batch where epoch = ${epoch} and first_index = ${batch.firstIndex}
      )
      insert into ledger_batch (epoch, first_index, count, min_id, max_id, ids, hashes, sealed_at)
      select ${next}, ${position}, ${count}, (select id from unnest(ids) as id order by id limit 1),
        (select id from unnest(ids) as id order by id desc limit 1), ids, hashes, ${event.receivedAt} from rest`;
    position += count;
    from = batch.firstIndex + batch.count;
  }
};
