import type { Database } from "./client.ts";
import type { Transaction } from "./transaction.ts";

export type FirstSteps = {
  /** No permit, and nobody but the first administrator. */
  isNew: boolean;
  /** Somebody set the office's name or zone. */
  officeNamed: boolean;
  hasSecondPerson: boolean;
};

/** What a new office still has before it. */
export const firstSteps = async (db: Pick<Database, "sql"> | Transaction): Promise<FirstSteps> => {
  const [row] = await db.sql<FirstSteps[]>`
    with people as (select count(*) > 1 as several from (select from users limit 2) as first_two)
    select not several and not exists (select from permits) as "isNew", several as "hasSecondPerson",
      exists (select from system_config where key in ('display.office', 'display.time_zone')) as "officeNamed"
    from people`;
  return row ?? { isNew: false, officeNamed: false, hasSecondPerson: false };
};
