import { bigint, index, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { bytea } from "./columns.ts";
import { permits } from "./permits.ts";
import { users } from "./users.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "string" });
const userId = (name: string) => bigint(name, { mode: "number" }).references(() => users.id, { onDelete: "set null" });

export const documentStates = ["uploaded", "verified", "refused"] as const;

export const documents = pgTable(
  "documents",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    permitId: bigint("permit_id", { mode: "number" })
      .notNull()
      .references(() => permits.id, { onDelete: "restrict" }),
    /** As the uploader called it; never a path. */
    name: text("name").notNull(),
    kind: text("kind").notNull(),
    mediaType: text("media_type").notNull(),
    size: bigint("size", { mode: "number" }).notNull(),
    sha256: bytea("sha256").notNull(),
    storageKey: text("storage_key").notNull().unique(),
    state: text("state", { enum: documentStates }).notNull().default("uploaded"),
    uploadedAt: at("uploaded_at").notNull(),
    uploadedBy: userId("uploaded_by"),
    verifiedAt: at("verified_at"),
    verifiedBy: userId("verified_by"),
    version: integer("version").notNull().default(1),
  },
  (table) => [
    index("documents_permit").on(table.permitId, table.id),
    index("documents_state").on(table.state, table.id),
  ],
);

/** Every file that may be in the storage, noted before its first byte: one that no document refers to is removed later. */
export const documentFiles = pgTable("document_files", {
  storageKey: text("storage_key").primaryKey(),
  createdAt: at("created_at").notNull(),
});
