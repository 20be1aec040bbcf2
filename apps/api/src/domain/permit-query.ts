import { permitStatuses } from "@countersign/db/schema/permits";
import { z } from "zod";
import { rowId, text } from "./fields.ts";

/** What narrows a list of permits. */
export const permitQuery = {
  search: text(256).optional(),
  status: z.enum(permitStatuses).optional(),
  type: text(100).optional(),
  assignedTo: z.union([rowId, z.literal("nobody")]).optional(),
};
