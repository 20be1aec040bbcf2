import { bitmapOf, type DropFacts } from "@countersign/audit/ledger/archive";
import { type CompactRange, createRange } from "@countersign/audit/ledger/compact-range";
import { atLength, holdMonth } from "@countersign/db/held-events";
import { type ActiveHold, activeHolds, lockHolds, newestHold } from "@countersign/db/legal-holds";
import { keepEnvelope } from "@countersign/db/outbox";
import { dropEmptyMonth, insertManifest } from "@countersign/db/retention-manifests";
import type { SkipReason, StoredMonth } from "@countersign/db/retention-months";
import { countMonth, readPlaces } from "@countersign/db/retention-places";
import { inTransaction } from "@countersign/db/transaction";
import { nodeCrypto } from "@countersign/service/crypto";
import type { Deps } from "../deps.ts";

type Places = { epoch: number; indices: number[]; range: CompactRange };
export type Planned =
  | { outcome: "planned" | "empty"; held: number }
  | { outcome: "skipped"; reason: SkipReason; held: number };

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

/** Where every row of a month has its place; `changed` when a row is not what was sealed, `unsealed` when one has no place. */
const placesOf = async (deps: Deps, month: StoredMonth, rows: number): Promise<Places[] | SkipReason> => {
  const places: Places[] = [];
  try {
    for await (const { epoch, index, hash } of readPlaces(deps.db, month)) {
      let of = places.at(-1);
      if (of?.epoch !== epoch) {
        of = { epoch, indices: [], range: createRange(nodeCrypto.sha256) };
        places.push(of);
      }
      of.indices.push(index);
      of.range.append(hash);
    }
  } catch (error) {
    if (error instanceof RangeError) return "changed";
    throw error;
  }
  const found = places.reduce((sum, { indices }) => sum + indices.length, 0);
  if (found < rows) return "unsealed";
  // In two epochs a row may have two places, in one of them never.
  return places.some(({ indices }) => indices.length > rows) ? "changed" : places;
};

/** The holds that stand, and the newest there is, with none under way that is not among them. */
const holdsNow = ({ db }: Deps): Promise<{ holds: ActiveHold[]; seen: number }> =>
  inTransaction(db, async (tx) => {
    await lockHolds(tx);
    return { holds: await activeHolds(tx), seen: await newestHold(tx) };
  });

/** Manifests of a month and the events that tell of them, kept together before anything else happens to it. */
const keepManifests = async (
  deps: Deps,
  runId: number,
  { policy, month, partition, bytes }: StoredMonth,
  { places, rows, holdsSeen }: { places: readonly Places[]; rows: number; holdsSeen: number },
): Promise<void> => {
  const { db, recorder, nextId, publish, now } = deps;
  const envelopes: string[] = [];
  await inTransaction(db, async (tx) => {
    for (const { epoch, indices, range } of places) {
      const { first, last, bitmap } = bitmapOf(indices);
      const bitmapSha256 = nodeCrypto.sha256(bitmap);
      const root = range.root();
      const id = nextId();
      const count = indices.length;
      const facts: DropFacts = {
        partition,
        epoch,
        first,
        last,
        count,
        bitmap: toBase64(bitmapSha256),
        root: toBase64(root),
      };
      const event = recorder.seal({
        code: "sys_retention_drop",
        status: "success",
        actor: { type: "platform" },
        source: "worker",
        object: { type: "retention_manifest", id, label: `${policy} ${month}` },
        facts,
        metadata: { count },
      });
      if (event === null) throw new Error("the event of a manifest is switched off");
      const plannedAt = new Date(now()).toISOString();
      await insertManifest(tx, {
        ...{ id, runId, policy, month, partition, epoch, first, last, count, rows, bytes, holdsSeen, plannedAt },
        ...{ bitmap, bitmapSha256, root, eventId: event.id, leaf: event.leaf },
      });
      const envelopeId = nextId();
      await keepEnvelope(tx, envelopeId, [event]);
      envelopes.push(envelopeId);
    }
  });
  publish(envelopes);
};

/** Sets aside what is held in a month that may go, and says in a manifest what else there is. */
export const planMonth = async (deps: Deps, runId: number, month: StoredMonth): Promise<Planned> => {
  const { db } = deps;
  const { holds, seen } = await holdsNow(deps);
  const held = await holdMonth(db, month, holds);
  const rows = await atLength(db, (tx) => countMonth(tx, month));
  if (rows === 0) {
    await dropEmptyMonth(db, month.partition);
    return { outcome: "empty", held };
  }
  const places = await placesOf(deps, month, rows);
  if (typeof places === "string") return { outcome: "skipped", reason: places, held };
  await keepManifests(deps, runId, month, { places, rows, holdsSeen: seen });
  return { outcome: "planned", held };
};
