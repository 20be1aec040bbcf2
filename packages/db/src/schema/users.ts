import { bigint, boolean, index, integer, pgTable, primaryKey, text, timestamp } from "drizzle-orm/pg-core";
import { bytea } from "./columns.ts";

const id = () => bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity();
const at = (name: string) => timestamp(name, { withTimezone: true, mode: "string" });

export const users = pgTable("users", {
  id: id(),
  username: text("username").notNull(),
  /** NFKC and case folded; two names that look alike are one name. */
  usernameFolded: text("username_folded").notNull().unique(),
  name: text("name").notNull(),
  email: text("email"),
  status: text("status", { enum: ["active", "inactive"] })
    .notNull()
    .default("active"),
  passwordHash: text("password_hash"),
  mustChangePassword: boolean("must_change_password").notNull().default(false),
  createdAt: at("created_at").notNull().defaultNow(),
  updatedAt: at("updated_at").notNull().defaultNow(),
  version: integer("version").notNull().default(1),
});

export const roles = pgTable("roles", {
  id: id(),
  name: text("name").notNull(),
  nameFolded: text("name_folded").notNull().unique(),
  description: text("description").notNull().default(""),
  createdAt: at("created_at").notNull().defaultNow(),
  updatedAt: at("updated_at").notNull().defaultNow(),
  version: integer("version").notNull().default(1),
});

export const roleFeatures = pgTable(
  "role_features",
  {
    roleId: bigint("role_id", { mode: "number" })
      .notNull()
      .references(() => roles.id, { onDelete: "cascade" }),
    feature: text("feature").notNull(),
  },
  (table) => [primaryKey({ columns: [table.roleId, table.feature] })],
);

export const userRoles = pgTable(
  "user_roles",
  {
    userId: bigint("user_id", { mode: "number" })
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    roleId: bigint("role_id", { mode: "number" })
      .notNull()
      .references(() => roles.id, { onDelete: "cascade" }),
  },
  (table) => [primaryKey({ columns: [table.userId, table.roleId] }), index("user_roles_role").on(table.roleId)],
);

export const sessions = pgTable(
  "sessions",
  {
    id: id(),
    /** SHA-256 of the token; the token itself is only in the browser. */
    tokenHash: bytea("token_hash").notNull().unique(),
    userId: bigint("user_id", { mode: "number" })
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: at("created_at").notNull().defaultNow(),
    lastSeenAt: at("last_seen_at").notNull().defaultNow(),
    expiresAt: at("expires_at").notNull(),
    ip: text("ip"),
    userAgent: text("user_agent"),
  },
  (table) => [index("sessions_user").on(table.userId), index("sessions_expires").on(table.expiresAt)],
);

/** Failed sign-ins by the SHA-256 of the folded name: names that are no user are often passwords and are not kept. */
export const signInFailures = pgTable("sign_in_failures", {
  nameHash: bytea("name_hash").primaryKey(),
  failures: integer("failures").notNull(),
  lastFailedAt: at("last_failed_at").notNull(),
});
