import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytea } from "./columns.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "string" });

export const requestStates = ["pending", "approved", "refused", "withdrawn", "expired", "failed"] as const;
export const decisions = ["approved", "refused"] as const;

/** Acts that wait for a second person, or did. They refer to nobody by foreign key: who asked may be gone meanwhile. */
export const approvalRequest = pgTable(
  "approval_request",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    event: text("event").notNull(),
    /** The procedure, as `permits.delete`. */
    operation: text("operation").notNull(),
    /** What whoever decides needs besides `approvals.decide`. */
    feature: text("feature").notNull(),
    /** What the act with this input needs besides. */
    alsoNeeds: text("also_needs").array().notNull().default(sql`'{}'`),
    /** The exact input, as canonical JSON. */
    input: text("input").notNull(),
    /** What the object was like when it was asked, as canonical JSON. */
    objectVersion: text("object_version").notNull(),
    /** SHA-256 over RFC 8785 {event, input, objectVersion}. */
    hash: bytea("hash").notNull(),
    object: jsonb("object"),
    target: jsonb("target"),
    /** What would change, as it was when it was asked, in the order of the fields. */
    changes: json("changes").notNull(),
    requesterId: bigint("requester_id", { mode: "number" }).notNull(),
    requesterName: text("requester_name").notNull(),
    reason: text("reason").notNull(),
    state: text("state", { enum: requestStates }).notNull().default("pending"),
    quorum: integer("quorum").notNull(),
    createdAt: at("created_at").notNull(),
    expiresAt: at("expires_at").notNull(),
    closedAt: at("closed_at"),
    /** The event of the act that was done, or failed. */
    outcomeEvent: uuid("outcome_event"),
    failure: text("failure"),
    version: integer("version").notNull().default(1),
  },
  (table) => [
    index("approval_request_due").on(table.expiresAt).where(sql`state = 'pending'`),
    index("approval_request_requester").on(table.requesterId, table.id),
    index("approval_request_closed").on(table.id).where(sql`state <> 'pending'`),
    uniqueIndex("approval_request_once").on(table.requesterId, table.hash).where(sql`state = 'pending'`),
    check("approval_request_quorum", sql`${table.quorum} between 1 and 3`),
    check("approval_request_closed_at", sql`(${table.state} = 'pending') = (${table.closedAt} is null)`),
  ],
);

export const approvalDecision = pgTable(
  "approval_decision",
  {
    requestId: bigint("request_id", { mode: "number" })
      .notNull()
      .references(() => approvalRequest.id, { onDelete: "restrict" }),
    userId: bigint("user_id", { mode: "number" }).notNull(),
    userName: text("user_name").notNull(),
    decision: text("decision", { enum: decisions }).notNull(),
    reason: text("reason"),
    decidedAt: at("decided_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.requestId, table.userId] })],
);
