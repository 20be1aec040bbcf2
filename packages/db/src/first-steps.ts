import type { Database } from "./client.ts";
import { secondDecider } from "./deciders.ts";
import type { Transaction } from "./transaction.ts";

export type FirstSteps = {
  /** No permit, and nobody but the first administrator. */
  isNew: boolean;
  /** Somebody set the office's name or zone. */
  officeNamed: boolean;
  /** Whether somebody besides the first can decide on what is critical; `awaited` until they chose a password of their own. */
  secondPerson: "none" | "awaited" | "able";
};

/** What a new office still has before it. */
export const firstSteps = async (db: Pick<Database, "sql"> | Transaction): Promise<FirstSteps> => {
  const [row] = await db.sql<Omit<FirstSteps, "secondPerson">[]>`
    with people as (select count(*) > 1 as several from (select from users limit 2) as first_two)
    select not several and not exists (select from permits) as "isNew",
      exists (select from system_config where key in ('display.office', 'display.time_zone')) as "officeNamed"
    from people`;
  return { ...(row ?? { isNew: false, officeNamed: false }), secondPerson: await secondDecider(db) };
};
