import { bigint, integer, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { users } from "./users.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "string" });

/** Settings that somebody has changed; a key that is not here has its default. Retention periods stand in `retention_policy`. */
export const systemConfig = pgTable("system_config", {
  key: text("key").primaryKey(),
  value: jsonb("value").notNull(),
  version: integer("version").notNull().default(1),
  updatedAt: at("updated_at").notNull().defaultNow(),
  updatedBy: bigint("updated_by", { mode: "number" }).references(() => users.id, { onDelete: "set null" }),
});

/** What the set-up has done once and must not do again, such as shipping roles that were removed since. */
export const setupSteps = pgTable("setup_steps", {
  name: text("name").primaryKey(),
  doneAt: at("done_at").notNull().defaultNow(),
});
