import { sql } from "drizzle-orm";
import { bigint, check, date, index, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { users } from "./users.ts";

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "string" });
const userId = (name: string) => bigint(name, { mode: "number" }).references(() => users.id, { onDelete: "set null" });

export const permitStatuses = ["pending", "active", "inactive", "rejected", "cancelled", "expired"] as const;

export const permits = pgTable(
  "permits",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    permitNumber: text("permit_number").notNull().unique(),
    type: text("type").notNull(),
    holderName: text("holder_name").notNull(),
    holderContact: text("holder_contact"),
    site: text("site"),
    status: text("status", { enum: permitStatuses }).notNull().default("pending"),
    validFrom: date("valid_from", { mode: "string" }),
    /** The last valid day in the office's time zone. */
    validTo: date("valid_to", { mode: "string" }),
    assignedTo: userId("assigned_to"),
    assignedAt: at("assigned_at"),
    assignedBy: userId("assigned_by"),
    notes: text("notes"),
    createdAt: at("created_at").notNull().defaultNow(),
    createdBy: userId("created_by"),
    updatedAt: at("updated_at").notNull().defaultNow(),
    updatedBy: userId("updated_by"),
    version: integer("version").notNull().default(1),
  },
  (table) => [
    index("permits_status").on(table.status, table.id),
    index("permits_due").on(table.validTo).where(sql`status in ('active', 'inactive')`),
    index("permits_assigned").on(table.assignedTo, table.id),
    index("permits_holder").on(sql`lower(normalize(holder_name, NFD))`, table.id),
    index("permits_end").on(sql`coalesce(valid_to, 'infinity'::date)`, table.id),
    check("permits_dates", sql`${table.validFrom} <= ${table.validTo}`),
  ],
);

/** The last number given out in a year: numbers are never used twice, not even after a deletion. */
export const permitNumbers = pgTable("permit_numbers", {
  year: integer("year").primaryKey(),
  last: integer("last").notNull(),
});
