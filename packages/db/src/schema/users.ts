import { keyKinds } from "@countersign/audit/key-kinds";
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
  /** When a session was last opened; sessions themselves are gone once they are over. */
  lastSignInAt: at("last_sign_in_at"),
  createdAt: at("created_at").notNull().defaultNow(),
  updatedAt: at("updated_at").notNull().defaultNow(),
  version: integer("version").notNull().default(1),
});

export const roles = pgTable("roles", {
  id: id(),
  name: text("name").notNull(),
  nameFolded: text("name_folded").notNull().unique(),
  description: text("description").notNull().default(""),
  /** Which shipped role this is; `administrator` can neither be removed nor lose a feature. Null for roles of the office's own. */
  shipped: text("shipped").unique(),
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
    /** When the password was last given. */
    authenticatedAt: at("authenticated_at").notNull().defaultNow(),
    /** The rights of the user changed: the next request gets a new token. */
    renewDue: boolean("renew_due").notNull().default(false),
    /** The token before the last renewal, good for a minute longer for requests that were under way. */
    previousTokenHash: bytea("previous_token_hash").unique(),
    renewedAt: at("renewed_at"),
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

/** Keys of other services. The secret is shown once and stands here as SHA-256. */
export const apiKeys = pgTable("api_keys", {
  id: id(),
  name: text("name").notNull(),
  /** An ingest key only states events, a reader key only reads the log, a stream key only fetches its stream. */
  kind: text("kind", { enum: keyKinds }).notNull(),
  /** The part of the key that is no secret. */
  publicId: text("public_id").notNull().unique(),
  secretHash: bytea("secret_hash").notNull(),
  /** Event codes an ingest key may state. */
  codes: text("codes").array().notNull(),
  /** Networks it may be used from, as `10.0.0.0/8`; none means anywhere. */
  networks: text("networks").array().notNull(),
  createdAt: at("created_at").notNull(),
  createdBy: bigint("created_by", { mode: "number" }).references(() => users.id, { onDelete: "set null" }),
  expiresAt: at("expires_at").notNull(),
  revokedAt: at("revoked_at"),
  revokedBy: bigint("revoked_by", { mode: "number" }).references(() => users.id, { onDelete: "set null" }),
  lastUsedAt: at("last_used_at"),
});
