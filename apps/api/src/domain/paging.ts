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
