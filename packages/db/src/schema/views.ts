import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { users } from "./users.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "string" });
const userId = (name: string) =>
  bigint(name, { mode: "number" })
    .notNull()
    .references(() => users.id, { onDelete: "cascade" });

/** Questions to the log under a name of somebody's: the search of its page as text. */
export const savedViews = pgTable(
  "saved_views",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    ownerId: userId("owner_id"),
    name: text("name").notNull(),
    nameFolded: text("name_folded").notNull(),
    query: text("query").notNull(),
    /** Everybody who may read the log sees it. */
    shared: boolean("shared").notNull().default(false),
    createdAt: at("created_at").notNull(),
    updatedAt: at("updated_at").notNull(),
    version: integer("version").notNull().default(1),
  },
  (table) => [
    uniqueIndex("saved_views_name").on(table.ownerId, table.nameFolded),
    index("saved_views_shared").on(table.id).where(sql`shared`),
  ],
);

/** What a view is to somebody: starred, or the one that the log opens with. */
export const viewMarks = pgTable(
  "view_marks",
  {
    userId: userId("user_id"),
    viewId: bigint("view_id", { mode: "number" })
      .notNull()
      .references(() => savedViews.id, { onDelete: "cascade" }),
    starred: boolean("starred").notNull().default(false),
    isDefault: boolean("is_default").notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.viewId] }),
    uniqueIndex("view_marks_default").on(table.userId).where(sql`is_default`),
    index("view_marks_view").on(table.viewId),
  ],
);
