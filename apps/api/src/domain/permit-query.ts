import { addDays, dayIn } from "@countersign/audit/calendar";
import { type PermitFilter, permitSorts } from "@countersign/db/permit-list";
import { permitStatuses } from "@countersign/db/schema/permits";
import { z } from "zod";
import type { Services } from "../services.ts";
import { day, rowId, text } from "./fields.ts";
import { isPlaceIn, orderOf, placeOf, sortedRowPage } from "./paging.ts";

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

/** The key of a place among last days is a day, or none at all. */
const isDayWhereAsked = ({
  sort,
  cursor,
}: {
  sort?: string | undefined;
  cursor?: string | null | undefined;
}): boolean => {
  const place = placeOf(cursor);
  if (place === null || orderOf(sort)?.by !== "validTo") return true;
  return place.key === "infinity" || day.safeParse(place.key).success;
};

export const permitListQuery = z
  .strictObject({ ...permitQuery, ...sortedRowPage(permitSorts) })
  .refine((input) => isPlaceIn(input) && isDayWhereAsked(input), { path: ["cursor"], params: { rule: "cursor" } });
