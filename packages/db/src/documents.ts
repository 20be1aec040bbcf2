import { iso, person } from "./answered-columns.ts";
import type { Database } from "./client.ts";
import { containing } from "./like.ts";
import type { Person } from "./permits.ts";
import type { documentStates } from "./schema/documents.ts";
import type { Transaction } from "./transaction.ts";

export type DocumentState = (typeof documentStates)[number];

/** A file of a permit, without its bytes; SHA-256 in hex, times ISO 8601 UTC. */
export type Document = {
  id: number;
  permit: { id: number; permitNumber: string };
  name: string;
  kind: string;
  mediaType: string;
  size: number;
  sha256: string;
  state: DocumentState;
  uploadedAt: string;
  uploadedBy: Person | null;
  verifiedAt: string | null;
  verifiedBy: Person | null;
  version: number;
};

/** A document and where its bytes lie, which is nobody's business but ours. */
export type DocumentFile = { document: Document; storageKey: string };

const selection = `d.id::int as id,
  (select json_build_object('id', p.id, 'permitNumber', p.permit_number) from permits p where p.id = d.permit_id) as permit,
  d.name, d.kind, d.media_type as "mediaType", d.size::float8 as size, encode(d.sha256, 'hex') as sha256, d.state,
  ${iso("d.uploaded_at")} as "uploadedAt", ${person("d.uploaded_by")} as "uploadedBy",
  ${iso("d.verified_at")} as "verifiedAt", ${person("d.verified_by")} as "verifiedBy", d.version`;

type FileRow = Document & { storageKey: string };
const toFile = (row: FileRow | undefined): DocumentFile | undefined => {
  if (row === undefined) return undefined;
  const { storageKey, ...document } = row;
  return { document, storageKey };
};

export const findDocument = async (db: Database, id: number): Promise<Document | undefined> =>
  (await db.sql<Document[]>`select ${db.sql.unsafe(selection)} from documents d where d.id = ${id}`)[0];

export const findDocumentFile = async (db: Database, id: number): Promise<DocumentFile | undefined> =>
  toFile(
    (
      await db.sql<FileRow[]>`
        select ${db.sql.unsafe(selection)}, d.storage_key as "storageKey" from documents d where d.id = ${id}`
    )[0],
  );

/** A document and its file, its row locked until the transaction ends. */
export const lockDocument = async (tx: Transaction, id: number): Promise<DocumentFile | undefined> =>
  toFile(
    (
      await tx.sql<FileRow[]>`
        select ${tx.sql.unsafe(selection)}, d.storage_key as "storageKey" from documents d where d.id = ${id} for update of d`
    )[0],
  );

export type DocumentFilter = {
  permitId?: number | undefined;
  state?: DocumentState | undefined;
  mediaType?: string | undefined;
  /** In names, kinds and the numbers of permits. */
  search?: string | undefined;
};

/** Newest first, at most `limit`, strictly before `cursor` (a document id). */
export const listDocuments = async (
  db: Database,
  filter: DocumentFilter,
  cursor: number | null,
  limit: number,
): Promise<Document[]> => {
  const { sql } = db;
  const parts = [sql`true`];
  if (filter.permitId !== undefined) parts.push(sql`d.permit_id = ${filter.permitId}`);
  if (filter.state !== undefined) parts.push(sql`d.state = ${filter.state}`);
  if (filter.mediaType !== undefined) parts.push(sql`d.media_type = ${filter.mediaType}`);
  if (cursor !== null) parts.push(sql`d.id < ${cursor}`);
  if (filter.search !== undefined) {
    const pattern = containing(filter.search);
    parts.push(sql`(normalize(d.name) ilike ${pattern} or normalize(d.kind) ilike ${pattern}
      or exists (select from permits p where p.id = d.permit_id and p.permit_number ilike ${pattern}))`);
  }
  const where = parts.reduce((all, part) => sql`${all} and ${part}`);
  return [
    ...(await sql<Document[]>`
      select ${sql.unsafe(selection)} from documents d where ${where} order by d.id desc limit ${limit}`),
  ];
};

export type NewDocument = {
  permitId: number;
  name: string;
  kind: string;
  mediaType: string;
  size: number;
  sha256: Uint8Array;
  storageKey: string;
};

/**
 * Adds a document whose file was noted before. Nothing is added, and undefined answered, when that was so long ago that the
 * file may soon be taken for one that nobody wants.
 */
export const insertDocument = async (
  tx: Transaction,
  document: NewDocument,
  { by, at }: { by: number; at: string },
): Promise<Document | undefined> => {
  const [row] = await tx.sql<{ id: number }[]>`
    insert into documents (permit_id, name, kind, media_type, size, sha256, storage_key, uploaded_at, uploaded_by)
    select ${document.permitId}, ${document.name}, ${document.kind}, ${document.mediaType}, ${document.size}, ${document.sha256},
      f.storage_key, ${at}::timestamptz, ${by}
    from document_files f where f.storage_key = ${document.storageKey} and f.created_at > now() - interval '50 minutes'
    returning id::int as id`;
  return row === undefined ? undefined : findDocument(tx, row.id);
};

/** Records what somebody found out about a locked document and raises its version. */
export const setDocumentState = async (
  tx: Transaction,
  id: number,
  state: DocumentState,
  { by, at }: { by: number; at: string },
): Promise<Document> => {
  await tx.sql`
    update documents set state = ${state}, verified_at = ${at}::timestamptz, verified_by = ${by}, version = version + 1 where id = ${id}`;
  const document = await findDocument(tx, id);
  if (document === undefined) throw new Error(`document ${id} is gone although its row was locked`);
  return document;
};

export const deleteDocument = async (tx: Transaction, id: number): Promise<void> => {
  await tx.sql`delete from documents where id = ${id}`;
};

/** Notes a file before its first byte is written. The time is the server's own: it says how old the bytes are, not when an act happened. */
export const noteFile = async (db: Database, storageKey: string): Promise<void> => {
  await db.sql`insert into document_files (storage_key, created_at) values (${storageKey}, now())`;
};

/** Forgets a file whose bytes are gone. */
export const forgetFile = async (db: Database, storageKey: string): Promise<void> => {
  await db.sql`
    delete from document_files f where storage_key = ${storageKey}
      and not exists (select from documents d where d.storage_key = f.storage_key)`;
};

/** Keys of files noted more than an hour ago that no document refers to; at most `limit`. */
export const unwantedFiles = async (db: Database, limit: number): Promise<string[]> =>
  (
    await db.sql<{ key: string }[]>`
      select storage_key as key from document_files f
      where created_at < now() - interval '1 hour' and not exists (select from documents d where d.storage_key = f.storage_key)
      order by created_at limit ${limit}`
  ).map(({ key }) => key);
