import type { Database } from "./client.ts";
import type { Transaction } from "./transaction.ts";

export type Expired = { id: number; permitNumber: string; from: "active" | "inactive"; validTo: string };

const over = (db: Database, today: string) => db.sql`status in ('active', 'inactive') and valid_to < ${today}::date`;

/** Whether any permit in force ended before `today` (`YYYY-MM-DD`, in the office's time zone). */
export const hasOverduePermits = async (db: Database, today: string): Promise<boolean> =>
  (await db.sql`select from permits where ${over(db, today)} limit 1`).length > 0;

/** Expires at most `limit` permits that ended before `today`; one that somebody is working on at this moment is left for the next run. */
export const expirePermits = async (tx: Transaction, today: string, at: string, limit: number): Promise<Expired[]> => [
  ...(await tx.sql<Expired[]>`
    with due as (
      select id, status from permits where ${over(tx, today)} order by id limit ${limit} for update skip locked
    )
    update permits p set status = 'expired', updated_at = ${at}, updated_by = null, version = version + 1
    from due where p.id = due.id
    returning p.id::int as id, p.permit_number as "permitNumber", due.status as "from", p.valid_to::text as "validTo"`),
];
