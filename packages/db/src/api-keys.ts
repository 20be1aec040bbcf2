import { featureOfKind, type KeyKind, keyKinds } from "@countersign/audit/key-kinds";
import { iso, person } from "./answered-columns.ts";
import { arrayTypes } from "./array-types.ts";
import type { Database } from "./client.ts";
import type { Transaction } from "./transaction.ts";

/** Times are ISO 8601 UTC. The secret is nowhere. */
export type ApiKey = {
  id: number;
  name: string;
  kind: KeyKind;
  /** What a key begins with, so that people can tell them apart. */
  prefix: string;
  codes: string[];
  networks: string[];
  createdAt: string;
  createdBy: { id: number; name: string } | null;
  expiresAt: string;
  revokedAt: string | null;
  revokedBy: { id: number; name: string } | null;
  lastUsedAt: string | null;
};

const selection = `k.id::int as id, name, kind, 'cs_' || public_id as prefix, codes, networks, ${iso("created_at")} as "createdAt",
  ${person("k.created_by")} as "createdBy", ${iso("expires_at")} as "expiresAt", ${iso("revoked_at")} as "revokedAt",
  ${person("k.revoked_by")} as "revokedBy", ${iso("last_used_at")} as "lastUsedAt"`;

const list = arrayTypes.texts.serialize;

export type NewApiKey = Pick<ApiKey, "name" | "kind" | "codes" | "networks" | "expiresAt"> & {
  publicId: string;
  /** SHA-256. */
  secretHash: Uint8Array;
};

export const insertApiKey = async (
  tx: Transaction,
  key: NewApiKey,
  { at, by }: { at: string; by: number },
): Promise<ApiKey> => {
  const [row] = await tx.sql<ApiKey[]>`
    insert into api_keys as k (name, kind, public_id, secret_hash, codes, networks, created_at, created_by, expires_at)
    values (${key.name}, ${key.kind}, ${key.publicId}, ${key.secretHash}, ${list(key.codes)}::text::text[], ${list(key.networks)}::text::text[], ${at}, ${by}, ${key.expiresAt})
    returning ${tx.sql.unsafe(selection)}`;
  if (row === undefined) throw new Error("the key was not inserted");
  return row;
};

/** Newest first, strictly before `cursor` (an id), at most `limit`. */
export const listApiKeys = async (db: Database, cursor: number | null, limit: number): Promise<ApiKey[]> => [
  ...(await db.sql<ApiKey[]>`
    select ${db.sql.unsafe(selection)} from api_keys k where ${cursor}::bigint is null or k.id < ${cursor}::bigint
    order by k.id desc limit ${limit}`),
];

export const findApiKey = async (db: Database, id: number): Promise<ApiKey | undefined> =>
  (await db.sql<ApiKey[]>`select ${db.sql.unsafe(selection)} from api_keys k where id = ${id}`)[0];

export const lockApiKey = async (tx: Transaction, id: number): Promise<ApiKey | undefined> =>
  (await tx.sql<ApiKey[]>`select ${tx.sql.unsafe(selection)} from api_keys k where id = ${id} for update of k`)[0];

/** Moves the end of a locked key. */
export const endApiKey = async (
  tx: Transaction,
  id: number,
  end: { revokedAt: string; by: number } | { expiresAt: string },
): Promise<ApiKey> => {
  const [row] = await ("revokedAt" in end
    ? tx.sql<ApiKey[]>`update api_keys k set revoked_at = ${end.revokedAt}, revoked_by = ${end.by} where id = ${id}
        returning ${tx.sql.unsafe(selection)}`
    : tx.sql<
        ApiKey[]
      >`update api_keys k set expires_at = ${end.expiresAt} where id = ${id} returning ${tx.sql.unsafe(selection)}`);
  if (row === undefined) throw new Error(`key ${id} is gone although its row was locked`);
  return row;
};

export type UsableKey = Pick<ApiKey, "id" | "name" | "kind" | "codes" | "networks"> & { secretHash: Uint8Array };

const featureWords = keyKinds.map((kind) => `when '${kind}' then '${featureOfKind[kind]}'`).join(" ");

/** Not revoked, and its maker is active and still has the right that it carries. */
const usable = `revoked_at is null and exists (
  select from users u join user_roles ur on ur.user_id = u.id join role_features rf on rf.role_id = ur.role_id
  where u.id = k.created_by and u.status = 'active'
    and rf.feature = case k.kind ${featureWords} end)`;

/**
 * A key that is neither revoked nor over at `at`, and whose maker is active and still has the right that it carries; notes that it was
 * used, at most once a minute.
 */
export const findUsableKey = async (db: Database, publicId: string, at: string): Promise<UsableKey | undefined> => {
  const [row] = await db.sql<UsableKey[]>`
    with touched as (
      update api_keys set last_used_at = ${at} where public_id = ${publicId}
        and (last_used_at is null or last_used_at < ${at}::timestamptz - interval '1 minute')
    )
    select id::int as id, name, kind, codes, networks, secret_hash as "secretHash" from api_keys k
    where public_id = ${publicId} and expires_at > ${at} and ${db.sql.unsafe(usable)}`;
  return row;
};

/** Those of some keys that are good at `at`. Does not count as a use. */
export const usableKeys = async (db: Database, ids: readonly number[], at: string): Promise<Set<number>> => {
  const rows = await db.sql<{ id: number }[]>`
    select id::int as id from api_keys k
    where id = any(${`{${ids.join(",")}}`}::text::bigint[]) and expires_at > ${at} and ${db.sql.unsafe(usable)}`;
  return new Set(rows.map(({ id }) => id));
};
