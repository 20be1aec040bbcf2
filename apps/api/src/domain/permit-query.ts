import { addDays, dayIn } from "@countersign/audit/calendar";
import { type PermitFilter, permitSorts } from "@countersign/db/permit-list";
import { permitStatuses } from "@countersign/db/schema/permits";
import { z } from "zod";
import type { Services } from "../services.ts";
import { day, rowId, text } from "./fields.ts";
import { orderOf, placeOf, sortedRowPage } from "./paging.ts";

/** What narrows a list of permits. */
export const permitQuery = {
  search: text(256).optional(),
  status: z.enum(permitStatuses).optional(),
  type: text(100).optional(),
  assignedTo: z.union([rowId, z.literal("nobody")]).optional(),
  /** In force, with a last valid day from today to so many days from today, as the office counts days. */
  endsWithinDays: z.number().int().min(1).max(366).optional(),
};

type PermitQuery = z.output<z.ZodObject<typeof permitQuery>>;

export const toPermitFilter = (
  { endsWithinDays, ...filter }: PermitQuery,
  { now, settings }: Pick<Services, "now" | "settings">,
): PermitFilter => {
  if (endsWithinDays === undefined) return filter;
  const today = dayIn(settings["display.time_zone"], now());
  return { ...filter, ending: { from: today, to: addDays(today, endsWithinDays) } };
};

/** Whether a cursor was made by a list of this order: another's is no place in this one. */
const isPlaceIn = (by: string | undefined, key: string | undefined): boolean => {
  if (key === undefined || by === undefined) return (key ?? "") === "";
  return by === "validTo" ? key === "infinity" || day.safeParse(key).success : key !== "";
};

export const permitListQuery = z
  .strictObject({ ...permitQuery, ...sortedRowPage(permitSorts) })
  .refine(({ sort, cursor }) => isPlaceIn(orderOf(sort)?.by, placeOf(cursor)?.key), {
    path: ["cursor"],
    params: { rule: "cursor" },
  });
