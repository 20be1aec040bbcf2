import type { Database } from "./client.ts";

export type CodeMonth = { policy: string; code: string; month: string; count: number };

/** Events by type and UTC month of receiving, from the roll-up, each type under the policy it has now; before `toMonth`, exclusive. */
export const countCodeMonths = async (db: Database, toMonth: string): Promise<CodeMonth[]> => [
  ...(await db.sql<CodeMonth[]>`
    select t.policy, d.code, to_char(d.day, 'YYYY-MM') as month, sum(d.count)::float8 as count
    from event_day d join event_types t on t.code = d.code
    where d.day < ${`${toMonth}-01`}::date group by 1, 2, 3 order by 3, 4 desc limit 100000`),
];
