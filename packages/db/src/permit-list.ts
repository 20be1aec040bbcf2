import type { Database } from "./client.ts";
import { containing } from "./like.ts";
import { type Permit, type PermitStatus, permitColumns } from "./permits.ts";
import { lastOfAll, type Order, type Place, readingOrder, type SortKey, sortedBy } from "./sorted-pages.ts";
import { inTransaction } from "./transaction.ts";

export type PermitFilter = {
  search?: string | undefined;
  status?: PermitStatus | undefined;
  type?: string | undefined;
  assignedTo?: number | "nobody" | undefined;
  /** In force, and ending on one of these days (`YYYY-MM-DD`, both of them included). */
  ending?: { from: string; to: string } | undefined;
};

/** What permits can be sorted by. Those without a last day, and those that nobody has, come after all others. */
const sortKeys = {
  number: { sql: "p.permit_number", type: "text" },
  holder: { sql: readingOrder("p.holder_name"), type: "text" },
  status: { sql: "p.status", type: "text" },
  validTo: { sql: "coalesce(p.valid_to, 'infinity'::date)", type: "date" },
  assignee: {
    sql: `coalesce((select ${readingOrder("u.name")} from users u where u.id = p.assigned_to), ${lastOfAll})`,
    type: "text",
  },
} as const satisfies Record<string, SortKey>;

export type PermitSort = keyof typeof sortKeys;
export const permitSorts = Object.keys(sortKeys) as [PermitSort, ...PermitSort[]];

const matching = ({ sql }: Database, filter: PermitFilter) => {
  const parts = [sql`true`];
  if (filter.status !== undefined) parts.push(sql`status = ${filter.status}`);
  if (filter.type !== undefined) parts.push(sql`type = ${filter.type}`);
  if (filter.assignedTo === "nobody") parts.push(sql`assigned_to is null`);
  else if (filter.assignedTo !== undefined) parts.push(sql`assigned_to = ${filter.assignedTo}`);
  if (filter.ending !== undefined)
    parts.push(
      sql`status in ('active', 'inactive') and valid_to between ${filter.ending.from}::date and ${filter.ending.to}::date`,
    );
  if (filter.search !== undefined) {
    const pattern = containing(filter.search);
    parts.push(
      sql`(permit_number ilike ${pattern} or normalize(holder_name) ilike ${pattern} or normalize(site) ilike ${pattern})`,
    );
  }
  return parts.reduce((all, part) => sql`${all} and ${part}`);
};

/** At most `limit`, strictly after a place; newest first unless an order is given. Search is in number, holder and site. */
export const listPermits = async (
  db: Database,
  filter: PermitFilter,
  { order, after, limit }: { order: Order<PermitSort> | null; after: Place | null; limit: number },
): Promise<(Permit & { sortKey: string })[]> => {
  const { sql } = db;
  const sorting = sortedBy(sql, order === null ? null : sortKeys[order.by], {
    id: "p.id",
    isDescending: order?.isDescending ?? true,
    after,
  });
  return [
    ...(await sql<(Permit & { sortKey: string })[]>`
      select ${sql.unsafe(permitColumns)}, ${sorting.key} from permits p
      where ${matching(db, filter)} and ${sorting.from} order by ${sorting.order} limit ${limit}`),
  ];
};

const rowsAtOnce = 1000;

/** Every permit of a filter as of one moment, newest first; in pieces, so that any number of them needs little memory. */
export const eachPermit = (
  db: Database,
  filter: PermitFilter,
  take: (permits: readonly Permit[]) => Promise<void>,
): Promise<void> =>
  inTransaction(db, async (tx) => {
    await tx.sql`set local statement_timeout = '5min'`;
    const query = tx.sql<Permit[]>`
      select ${tx.sql.unsafe(permitColumns)} from permits p where ${matching(tx, filter)} order by p.id desc`;
    // Not with a callback: the driver waits for none that takes the last rows, and drops its error.
    for await (const permits of query.cursor(rowsAtOnce)) await take(permits);
  });
