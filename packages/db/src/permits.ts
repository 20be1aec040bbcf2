import { iso, person } from "./answered-columns.ts";
import type { Database } from "./client.ts";
import { containing } from "./like.ts";
import type { permitStatuses } from "./schema/permits.ts";
import type { Transaction } from "./transaction.ts";

export type PermitStatus = (typeof permitStatuses)[number];
export type Person = { id: number; name: string };

/** Dates are `YYYY-MM-DD` in the office's time zone, times ISO 8601 UTC. */
export type Permit = {
  id: number;
  permitNumber: string;
  type: string;
  holderName: string;
  holderContact: string | null;
  site: string | null;
  status: PermitStatus;
  validFrom: string | null;
  validTo: string | null;
  assignedTo: Person | null;
  assignedAt: string | null;
  assignedBy: Person | null;
  notes: string | null;
  createdAt: string;
  createdBy: Person | null;
  updatedAt: string;
  updatedBy: Person | null;
  version: number;
};

/** The columns of a `Permit`, read from `permits p`. */
export const permitColumns = `p.id::int as id, permit_number as "permitNumber", type, holder_name as "holderName",
  holder_contact as "holderContact", site, status, valid_from::text as "validFrom", valid_to::text as "validTo",
  ${person("p.assigned_to")} as "assignedTo", ${iso("assigned_at")} as "assignedAt", ${person("p.assigned_by")} as "assignedBy",
  notes, ${iso("created_at")} as "createdAt", ${person("p.created_by")} as "createdBy", ${iso("updated_at")} as "updatedAt",
  ${person("p.updated_by")} as "updatedBy", version`;

/** A permit, its row locked until the transaction ends: one lock an act. */
export const lockPermit = async (tx: Transaction, id: number): Promise<Permit | undefined> =>
  (await tx.sql<Permit[]>`select ${tx.sql.unsafe(permitColumns)} from permits p where id = ${id} for update of p`)[0];

export const findPermit = async (db: Database, id: number): Promise<Permit | undefined> =>
  (await db.sql<Permit[]>`select ${db.sql.unsafe(permitColumns)} from permits p where id = ${id}`)[0];

export type NewPermit = Pick<
  Permit,
  "type" | "holderName" | "holderContact" | "site" | "validFrom" | "validTo" | "notes"
>;

/** Who did something, and when (ISO 8601). */
export type Stamp = { by: number; at: string };

/** Inserts a pending permit under the next number of `year`; numbers are never used twice. */
export const insertPermit = async (
  tx: Transaction,
  permit: NewPermit,
  year: number,
  { by, at }: Stamp,
): Promise<Permit> => {
  const [row] = await tx.sql<Permit[]>`
    with number as (
      insert into permit_numbers (year, last) values (${year}, 1)
      on conflict (year) do update set last = permit_numbers.last + 1 returning last
    )
    insert into permits as p (permit_number, type, holder_name, holder_contact, site, valid_from, valid_to, notes, created_by, updated_by,
      created_at, updated_at)
    select 'P-' || ${year}::int || '-' || lpad(last::text, 6, '0'), ${permit.type}, ${permit.holderName}, ${permit.holderContact},
      ${permit.site}, ${permit.validFrom}, ${permit.validTo}, ${permit.notes}, ${by}, ${by}, ${at}::timestamptz, ${at}::timestamptz from number
    returning ${tx.sql.unsafe(permitColumns)}`;
  if (row === undefined) throw new Error("the permit was not inserted");
  return row;
};

export type PermitPatch = Partial<NewPermit> & {
  status?: PermitStatus;
  /** The user who gets it; null takes the permit back from whoever had it. */
  assignment?: number | null;
};

/** Changes a locked permit and raises its version. */
export const updatePermit = async (
  tx: Transaction,
  id: number,
  patch: PermitPatch,
  { by, at }: Stamp,
): Promise<Permit> => {
  const { sql } = tx;
  const { assignment, ...fields } = patch;
  const columns: { [column: string]: string | number | null } = { updated_by: by, updated_at: at };
  for (const [field, value] of Object.entries(fields)) columns[columnOf[field as keyof typeof columnOf]] = value;
  if (assignment !== undefined) {
    columns.assigned_to = assignment;
    columns.assigned_by = assignment === null ? null : by;
    columns.assigned_at = assignment === null ? null : at;
  }
  const [row] = await sql<Permit[]>`
    update permits p set ${sql(columns)}, version = version + 1
    where id = ${id} returning ${sql.unsafe(permitColumns)}`;
  if (row === undefined) throw new Error(`permit ${id} is gone although its row was locked`);
  return row;
};

const columnOf = {
  type: "type",
  holderName: "holder_name",
  holderContact: "holder_contact",
  site: "site",
  validFrom: "valid_from",
  validTo: "valid_to",
  notes: "notes",
  status: "status",
} as const satisfies Record<keyof Omit<PermitPatch, "assignment">, string>;

export const deletePermit = async (tx: Transaction, id: number): Promise<void> => {
  await tx.sql`delete from permits where id = ${id}`;
};

export const countDocuments = async (db: Database, permitId: number): Promise<number> =>
  Number((await db.sql`select count(*)::int as count from documents where permit_id = ${permitId}`)[0]?.count);

/** Active users who hold `permits.read`, by name; at most `limit`. */
export const listAssignees = async (db: Database, search: string | undefined, limit: number) => {
  const pattern = containing(search ?? "");
  return [
    ...(await db.sql<{ id: number; name: string; username: string }[]>`
    select u.id::int as id, u.name, u.username from users u
    where u.status = 'active' and (normalize(u.name) ilike ${pattern} or normalize(u.username) ilike ${pattern})
      and exists (select from user_roles join role_features using (role_id) where user_id = u.id and feature = 'permits.read')
    order by u.name, u.id limit ${limit}`),
  ];
};

/** An active user who may be given a permit, kept so until the transaction ends; or nothing. */
export const findAssignee = async (tx: Transaction, userId: number): Promise<Person | undefined> =>
  (
    await tx.sql<Person[]>`
    select u.id::int as id, u.name from users u where u.id = ${userId} and u.status = 'active'
      and exists (select from user_roles join role_features using (role_id) where user_id = u.id and feature = 'permits.read') for share of u`
  )[0];
