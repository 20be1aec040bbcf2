import type { Sha256 } from "@countersign/audit/json";
import type { Recorder } from "@countersign/audit/recorder";
import { fromBase64, toBase64 } from "@countersign/audit/utf8";
import { z } from "zod";
import { arrayTypes } from "./array-types.ts";
import type { Database } from "./client.ts";
import { StartError } from "./embedded/start-error.ts";
import { idsHashOf, insertErasure } from "./erasures.ts";
import { keepEnvelope } from "./outbox.ts";
import { inTransaction, type Transaction } from "./transaction.ts";

const manifestSchema = z.object({
  id: z.uuid(),
  subjectId: z.string().nullable(),
  byQuery: z.boolean(),
  basis: z.string(),
  reason: z.string(),
  idsHash: z.string(),
  ids: z.array(z.uuid()),
});

/** A manifest as it lies beside the database. */
export type KeptManifest = z.output<typeof manifestSchema>;

/** Reads such a file. Throws a `StartError` when its list is not the one whose hash it names. */
export const readManifest = (text: string, name: string, sha256: Sha256): KeptManifest => {
  const parsed = manifestSchema.safeParse(
    (() => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return null;
      }
    })(),
  );
  if (!parsed.success) throw new StartError(`${name} is no manifest of an erasure.`);
  const { ids, idsHash } = parsed.data;
  const said = fromBase64(idsHash);
  if (said === null || toBase64(idsHashOf(ids, sha256)) !== idsHash) {
    throw new StartError(`${name} was changed: its list is not the one whose hash it names.`);
  }
  return parsed.data;
};

export type Replay = { erasure: string; follows: string; count: number; account: "goes" | "none" | "protected" };

export type ReplayDeps = {
  recorder: Recorder;
  nextId: () => string;
  sha256: Sha256;
  at: string;
};

const withDetails = async (tx: Transaction, ids: readonly string[]): Promise<string[]> =>
  (
    await tx.sql<{ id: string }[]>`
      select id from event_log where id = any(${arrayTypes.uuids.serialize(ids)}::text::uuid[]) and details is not null order by id`
  ).map(({ id }) => id);

/** Switches the account off that a backup brought back, so that it can go; a protected one stays. */
const closeAccount = async (tx: Transaction, subjectId: string | null): Promise<Replay["account"]> => {
  if (subjectId === null) return "none";
  const [user] = await tx.sql<{ isProtected: boolean }[]>`
    select is_protected_user(id) as "isProtected" from users where id::text = ${subjectId} for update`;
  if (user === undefined) return "none";
  if (user.isProtected) return "protected";
  await tx.sql`update users set status = 'inactive', version = version + 1 where id::text = ${subjectId} and status = 'active'`;
  await tx.sql`delete from sessions where user_id::text = ${subjectId}`;
  return "goes";
};

/** Whether a request, a decision or a note that the backup brought back names the person. */
const isNamedElsewhere = async (tx: Transaction, subjectId: string | null): Promise<boolean> => {
  if (subjectId === null) return false;
  const nobody = `user ${subjectId}`;
  const [row] = await tx.sql<{ named: boolean }[]>`
    select exists (select from approval_request where state <> 'pending' and requester_id::text = ${subjectId} and requester_name <> ${nobody})
      or exists (select from approval_decision where user_id::text = ${subjectId} and user_name <> ${nobody})
      or exists (select from alerts cross join lateral jsonb_array_elements(notes) as note
        where note #>> '{by,id}' = ${subjectId} and note #>> '{by,name}' <> ${nobody}) as named`;
  return row?.named === true;
};

const replayOne = async (
  tx: Transaction,
  manifest: KeptManifest,
  { recorder, nextId, sha256, at }: ReplayDeps,
): Promise<Replay | null> => {
  const { id: follows, byQuery, basis, reason } = manifest;
  const open = await tx.sql`select from erasure where (id = ${follows} or follows = ${follows}) and state <> 'done'`;
  if (open.length > 0) return null;
  const ids = await withDetails(tx, manifest.ids);
  const account = await closeAccount(tx, manifest.subjectId);
  const subjectId = account === "protected" ? null : manifest.subjectId;
  if (ids.length === 0 && account !== "goes" && !(await isNamedElsewhere(tx, subjectId))) return null;
  const id = nextId();
  const idsHash = idsHashOf(ids, sha256);
  await insertErasure(tx, {
    ...{ id, subjectId, byQuery, basis, reason, follows, ids, idsHash },
    requestedAt: at,
    requestedBy: "restore",
  });
  const event = recorder.seal({
    code: "sys_details_erased",
    status: "success",
    actor: { type: "platform" },
    source: "cli",
    object: {
      type: "subject",
      id,
      label: manifest.subjectId === null ? "the chosen events" : `user ${manifest.subjectId}`,
    },
    notes: reason,
    metadata: { basis, count: ids.length, follows },
    facts: {
      count: ids.length,
      ids: toBase64(idsHash),
      basis,
      follows,
      ...(subjectId !== null && { subject: `user:${subjectId}` }),
    },
  });
  if (event === null) throw new Error("sys_details_erased cannot be switched off");
  await keepEnvelope(tx, nextId(), [event]);
  return { erasure: id, follows, count: ids.length, account };
};

/**
 * After a backup was restored: records again every erasure whose details, or whose account, the backup brought back. A worker
 * then does them like any other. What needs no repeating is left; answers what was recorded. Safe to run twice.
 */
export const replayErasures = async (
  db: Database,
  manifests: readonly KeptManifest[],
  deps: ReplayDeps,
): Promise<Replay[]> => {
  const done: Replay[] = [];
  for (const manifest of manifests) {
    const replay = await inTransaction(db, (tx) => replayOne(tx, manifest, deps));
    if (replay !== null) done.push(replay);
  }
  return done;
};
