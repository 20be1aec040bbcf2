import type { Order, Place } from "@countersign/db/sorted-pages";
import { z } from "zod";
import { pageSize } from "./fields.ts";

/** Where a page of a list by row id begins: after the id in `cursor`, and how long it is. */
export const rowPage = {
  cursor: z
    .string()
    .regex(/^[1-9]\d{0,15}$/)
    .nullish(),
  limit: pageSize,
};

export const rowCursor = (cursor: string | null | undefined): number | null => (cursor == null ? null : Number(cursor));

/** A page from `limit + 1` rows, and where the next one begins. */
export const toPage = <Row extends { id: number }>(
  rows: readonly Row[],
  limit: number,
): { items: Row[]; nextCursor: string | null } => {
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.id) : null };
};

/** The same for a list that can be sorted by these names; with a sign before it the other way round. */
export const sortedRowPage = <Sort extends string>(names: readonly [Sort, ...Sort[]]) => ({
  sort: z.enum([...names, ...names.map((name) => `-${name}` as const)]).optional(),
  cursor: z
    .string()
    .max(2000)
    .regex(/^[1-9]\d{0,15}(~[^\0]*)?$/su)
    .refine((text) => text.isWellFormed())
    .nullish(),
  limit: pageSize,
});

export const orderOf = <Sort extends string>(sort: Sort | `-${Sort}` | undefined): Order<Sort> | null =>
  sort === undefined ? null : { by: sort.replace(/^-/, "") as Sort, isDescending: sort.startsWith("-") };

export const placeOf = (cursor: string | null | undefined): Place | null => {
  if (cursor == null) return null;
  const [id = "", ...key] = cursor.split("~");
  return { id: Number(id), key: key.join("~") };
};

/** Whether a cursor has a key exactly where the list is sorted by one: another list's place is none in this one. */
export const isPlaceIn = ({
  sort,
  cursor,
}: {
  sort?: string | undefined;
  cursor?: string | null | undefined;
}): boolean => cursor == null || (sort === undefined) === (placeOf(cursor)?.key === "");

/** A page from `limit + 1` sorted rows. */
export const toSortedPage = <Row extends { id: number; sortKey: string }>(
  rows: readonly Row[],
  limit: number,
): { items: Omit<Row, "sortKey">[]; nextCursor: string | null } => {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    items: rows.slice(0, limit).map(({ sortKey: _, ...row }) => row),
    nextCursor: last === undefined ? null : last.sortKey === "" ? String(last.id) : `${last.id}~${last.sortKey}`,
  };
};
