import type { Sql } from "./client.ts";

/** A list's order: by a key of its rows, rows with the same key by id. */
export type Order<Sort extends string> = { by: Sort; isDescending: boolean };

/** The row after which a page begins: its id, and its key as text where the list is sorted by one. */
export type Place = { id: number; key: string };

/** SQL that is never null, and what it gives. */
export type SortKey = { sql: string; type: "text" | "date" };

/** Texts in the order in which people look them up: whatever their case, accented letters beside the plain ones, and the same on every server. */
export const readingOrder = (column: string): string => `lower(normalize(${column}, NFD))`;

/** After all texts, where there is none. */
export const lastOfAll = "chr(1114111)";

/** The parts of a statement that reads a list from a place on, by the id alone when there is no key; `id` is the column of the ids. */
export const sortedBy = (
  sql: Sql,
  key: SortKey | null,
  { id, isDescending, after }: { id: string; isDescending: boolean; after: Place | null },
) => {
  const [direction, beyond] = isDescending ? ["desc", "<"] : ["asc", ">"];
  if (key === null) {
    return {
      key: sql`'' as "sortKey"`,
      from: after === null ? sql`true` : sql`${sql.unsafe(`${id} ${beyond}`)} ${after.id}`,
      order: sql.unsafe(`${id} ${direction}`),
    };
  }
  return {
    key: sql.unsafe(`(${key.sql})::text as "sortKey"`),
    from:
      after === null
        ? sql`true`
        : sql`${sql.unsafe(`(${key.sql}, ${id}) ${beyond}`)} (${after.key}::text::${sql.unsafe(key.type)}, ${after.id}::bigint)`,
    order: sql.unsafe(`${key.sql} ${direction}, ${id} ${direction}`),
  };
};
