import type { Database } from "@countersign/db/client";
import { bigint, index, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";

/**
 * The log of the design that the product replaces: one flat table with a serial key, the same facts as columns, and an index
 * for each page of it; nothing is partitioned, hashed or protected.
 */
const peerLog = pgTable(
  "peer_log",
  {
    id: bigint({ mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    code: text().notNull(),
    userId: text("user_id"),
    contentType: text("content_type"),
    objectId: text("object_id"),
    objectDescription: text("object_description"),
    changes: jsonb(),
    status: text().notNull(),
    errorMessage: text("error_message"),
    ip: text(),
    userAgent: text("user_agent"),
    method: text(),
    endpoint: text(),
    notes: text(),
    at: timestamp({ withTimezone: true, mode: "string" }).notNull(),
  },
  (table) => [
    index("peer_log_at").on(table.at),
    index("peer_log_code").on(table.code, table.at),
    index("peer_log_user").on(table.userId, table.at),
    index("peer_log_object").on(table.contentType, table.objectId, table.at),
  ],
);

export type PeerRow = Omit<typeof peerLog.$inferInsert, "id">;

export const createPeerLog = async ({ sql }: Database): Promise<void> => {
  await sql.unsafe(`
    create table peer_log (id bigint primary key generated always as identity, code text not null, user_id text,
      content_type text, object_id text, object_description text, changes jsonb, status text not null, error_message text,
      ip text, user_agent text, method text, endpoint text, notes text, at timestamptz not null);
    create index peer_log_at on peer_log (at);
    create index peer_log_code on peer_log (code, at);
    create index peer_log_user on peer_log (user_id, at);
    create index peer_log_object on peer_log (content_type, object_id, at);
    grant select, insert on peer_log to public;
  `);
};

/** One INSERT, one commit: a statement that the driver prepares once. */
export const insertPlainly = async ({ sql }: Database, row: PeerRow): Promise<void> => {
  await sql`insert into peer_log (code, user_id, content_type, object_id, object_description, changes, status, error_message,
      ip, user_agent, method, endpoint, notes, at)
    values (${row.code}, ${row.userId ?? null}, ${row.contentType ?? null}, ${row.objectId ?? null},
      ${row.objectDescription ?? null}, ${row.changes === undefined ? null : JSON.stringify(row.changes)}::text::jsonb, ${row.status},
      ${row.errorMessage ?? null}, ${row.ip ?? null}, ${row.userAgent ?? null}, ${row.method ?? null},
      ${row.endpoint ?? null}, ${row.notes ?? null}, ${row.at})`;
};

/** The same through the ORM. */
export const insertByOrm = async ({ orm }: Database, row: PeerRow): Promise<void> => {
  await orm.insert(peerLog).values(row);
};
