import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea } from "./columns.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "string" });
const position = (name: string) => bigint(name, { mode: "number" });

/** Leaves in the order that is proven: those sealed at once, one row. The primary key lets no second sealer give out a position twice. */
export const ledgerBatch = pgTable(
  "ledger_batch",
  {
    epoch: integer("epoch").notNull(),
    firstIndex: position("first_index").notNull(),
    count: integer("count").notNull(),
    /** The smallest and the largest id in it, through which an event finds its position. */
    minId: uuid("min_id").notNull(),
    maxId: uuid("max_id").notNull(),
    ids: uuid("ids").array().notNull(),
    /** Leaf hashes, 32 bytes each. */
    hashes: bytea("hashes").notNull(),
    sealedAt: at("sealed_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.epoch, table.firstIndex] }),
    index("ledger_batch_sealed").on(table.sealedAt),
    index("ledger_batch_ids").on(table.maxId, table.minId),
  ],
);

/** 256 hashes of one level of the tree, whole and for ever (C2SP tlog-tiles). */
export const ledgerTile = pgTable(
  "ledger_tile",
  {
    epoch: integer("epoch").notNull(),
    level: smallint("level").notNull(),
    index: position("index").notNull(),
    hashes: bytea("hashes").notNull(),
  },
  (table) => [primaryKey({ columns: [table.epoch, table.level, table.index] })],
);

/** Signed notes, as published. */
export const ledgerCheckpoint = pgTable(
  "ledger_checkpoint",
  {
    epoch: integer("epoch").notNull(),
    size: position("size").notNull(),
    root: bytea("root").notNull(),
    note: text("note").notNull(),
    signedAt: at("signed_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.epoch, table.size] })],
);

/** What witnesses signed of a checkpoint: one line of its note each. */
export const ledgerCosignature = pgTable(
  "ledger_cosignature",
  {
    epoch: integer("epoch").notNull(),
    size: position("size").notNull(),
    witness: text("witness").notNull(),
    line: text("line").notNull(),
    cosignedAt: at("cosigned_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.epoch, table.size, table.witness] })],
);

/** Public keys of the log, its receipts and its witnesses. */
export const ledgerKey = pgTable("ledger_key", {
  vkey: text("vkey").primaryKey(),
  kind: text("kind", { enum: ["log", "receipt", "witness"] }).notNull(),
  addedAt: at("added_at").notNull(),
  retiredAt: at("retired_at"),
});

/** Verifications of the log and what they found. */
export const ledgerVerification = pgTable("ledger_verification", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  startedAt: at("started_at").notNull(),
  finishedAt: at("finished_at"),
  /** From this leaf on; 0 is the whole log. */
  fromIndex: position("from_index").notNull(),
  /** Leaves looked at so far, and in all. */
  done: position("done").notNull(),
  total: position("total").notNull(),
  ok: boolean("ok"),
  report: jsonb("report"),
  startedBy: text("started_by").notNull(),
});
