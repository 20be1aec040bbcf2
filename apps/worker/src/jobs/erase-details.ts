import { join } from "node:path";
import { toBase64 } from "@countersign/audit/utf8";
import {
  eraseBatch,
  finishErasure,
  isSigned,
  manifestsOver,
  manifestsWithArchive,
  nextBatch,
  noteDetailsHash,
  noteProblem,
  setErasing,
  vacuumErased,
} from "@countersign/db/erasing";
import type { findHold } from "@countersign/db/erasure-holds";
import {
  type Erasure,
  erasuresAfter,
  eventsRepeating,
  idsHashOf,
  insertErasure,
  listErased,
  openErasures,
} from "@countersign/db/erasures";
import { heldAmong, lockHolds, newestHold } from "@countersign/db/legal-holds";
import { keepEnvelope } from "@countersign/db/outbox";
import { lockRetention } from "@countersign/db/retention-runs";
import { inTransaction } from "@countersign/db/transaction";
import { nodeCrypto } from "@countersign/service/crypto";
import { replaceFile } from "@countersign/service/durable-file";
import { ArchiveOutOfReach, archivedAbout, eraseArchives } from "../archive/erase-archives.ts";
import type { Deps } from "../deps.ts";

const mostRepeating = 100_000;

export type ErasingOptions = {
  /** Where a copy of each manifest lies outside of the database, for the day a backup is restored. */
  manifestDir: string;
  /** Where retention puts what it removes. */
  archiveDir: string;
  findHold: typeof findHold;
};

/** A manifest as it lies beside the database: enough to erase again, and nothing that names anybody. */
const manifestOf = (erasure: Erasure, ids: readonly string[]): string => {
  const { id, subjectId, byQuery, basis, reason, count, idsHash, requestedAt, requestedBy, eventId } = erasure;
  const manifest = { id, subjectId, byQuery, basis, reason, count, idsHash, requestedAt, requestedBy, eventId, ids };
  return `${JSON.stringify(manifest)}\n`;
};

/**
 * Brings every recorded erasure one step further, or to its end: its manifest must be signed first, a hold stops it, then
 * details and salts go batch by batch, in the archives, too, and at last the account. Every step can be repeated, so a
 * worker that was killed is followed by the next.
 */
export const eraseDetailsJob =
  (deps: Deps, { manifestDir, archiveDir, findHold }: ErasingOptions) =>
  async (signal: AbortSignal): Promise<void> => {
    const { db, now, log, crashPoint } = deps;
    const at = () => new Date(now()).toISOString();

    /** Whether no hold stands against it; what stands is told in its state. */
    const isFree = async (erasure: Erasure, ids: readonly string[]): Promise<boolean> => {
      const hold = await findHold(db, erasure.subjectId, ids);
      if (hold !== erasure.heldBy || erasure.state !== "erasing") await setErasing(db, erasure.id, at(), hold);
      return hold === null;
    };

    /** False while something of it waits to be stored, or when a hold was placed meanwhile: then it is looked at again. */
    const eraseStored = async ({ id }: Erasure, holdsSeen: number): Promise<boolean> => {
      let waiting = 0;
      for (let after: string | undefined; !signal.aborted; ) {
        const batch = await inTransaction(db, async (tx) => {
          await lockHolds(tx);
          if ((await newestHold(tx)) !== holdsSeen) return null;
          // What waited to be stored when holds were looked at may be in the log by now.
          if ((await heldAmong(tx, await nextBatch(tx, id, after))).size > 0) return null;
          return eraseBatch(tx, id, after);
        });
        if (batch === null) return false;
        if (batch.last === null) return waiting === 0;
        crashPoint("after_erase_batch");
        waiting += batch.waiting;
        after = batch.last;
      }
      return false;
    };

    /** Records what stands of the person in the archive as an erasure of its own, which completes this one. */
    const followIntoArchive = async (erasure: Erasure, ids: readonly string[]): Promise<void> => {
      const { subjectId, basis, reason } = erasure;
      if (subjectId === null || (await erasuresAfter(db, erasure.id)).length > 0) return;
      const known = new Set(ids);
      const archived = await archivedAbout(archiveDir, await manifestsWithArchive(db), subjectId);
      const about = archived.filter((id) => !known.has(id));
      const repeating = (await eventsRepeating(db, about, null, mostRepeating)).filter((id) => !known.has(id));
      const further = [...new Set([...about, ...repeating])].sort();
      if (further.length === 0) return;
      const { recorder, nextId, publish } = deps;
      const [id, envelopeId] = [nextId(), nextId()];
      const idsHash = idsHashOf(further, nodeCrypto.sha256);
      const event = recorder.seal({
        code: "sys_details_erased",
        status: "success",
        actor: { type: "platform" },
        source: "worker",
        object: { type: "subject", id, label: `user ${subjectId} in the archive` },
        notes: reason,
        metadata: { basis, count: further.length },
        facts: {
          count: further.length,
          ids: toBase64(idsHash),
          basis,
          follows: erasure.id,
          subject: `user:${subjectId}`,
        },
      });
      if (event === null) throw new Error("sys_details_erased cannot be switched off");
      await inTransaction(db, async (tx) => {
        const order = {
          id,
          subjectId: null,
          byQuery: false,
          basis,
          reason,
          follows: erasure.id,
          ids: further,
          idsHash,
        };
        await insertErasure(tx, { ...order, requestedAt: at(), requestedBy: "worker" });
        await keepEnvelope(tx, envelopeId, [event]);
      });
      publish([envelopeId]);
    };

    const finish = async (erasure: Erasure, archives: number): Promise<void> => {
      const { recorder, nextId, publish } = deps;
      const { id, count, subjectId, eventId } = erasure;
      const envelopeId = nextId();
      const isDone = await inTransaction(db, async (tx) => {
        const event = recorder.seal({
          code: "sys_erasure_done",
          status: "success",
          actor: { type: "platform" },
          source: "worker",
          object: { type: "subject", id, label: subjectId === null ? "the chosen events" : `user ${subjectId}` },
          metadata: { count, archives },
          facts: { count, archives, manifest: eventId ?? "" },
        });
        if (event === null) throw new Error("sys_erasure_done cannot be switched off");
        const finished = await finishErasure(tx, id, { eventId: event.id, at: at(), archives });
        if (finished === null) return false;
        await keepEnvelope(tx, envelopeId, [event]);
        return true;
      });
      if (!isDone) return;
      publish([envelopeId]);
      log.info({ erasure: id, count, archives }, "details erased");
    };

    const bringOn = async (erasure: Erasure): Promise<void> => {
      if (!(await isSigned(db, erasure))) return;
      // One at a time, and not while retention writes archives or moves rows.
      await inTransaction(db, async (tx) => {
        if (!(await lockRetention(tx))) return;
        const ids = await listErased(db, erasure.id);
        const holdsSeen = await newestHold(db);
        if (!(await isFree(erasure, ids))) return;
        await replaceFile(join(manifestDir, `${erasure.id}.json`), manifestOf(erasure, ids));
        if (!(await eraseStored(erasure, holdsSeen))) return;
        // The log does not wait for an archive that somebody moved; the account does.
        await followIntoArchive(erasure, ids);
        const erased = await eraseArchives(archiveDir, await manifestsOver(db, erasure.id), ids);
        for (const { manifestId, detailsSha256 } of erased) await noteDetailsHash(db, manifestId, detailsSha256);
        crashPoint("after_erase_archives");
        await vacuumErased(db, erasure.id);
        await finish(erasure, erased.length);
      });
    };

    for (const erasure of await openErasures(db)) {
      if (signal.aborted) return;
      let problem: string | null = null;
      await bringOn(erasure).catch((error: unknown) => {
        log.warn({ err: error, erasure: erasure.id }, "an erasure failed and will go on");
        problem = error instanceof ArchiveOutOfReach ? error.message : "It was broken off by an error.";
      });
      if (problem !== erasure.problem) await noteProblem(db, erasure.id, problem);
    }
  };
