import { z } from "zod";
import { eventQueryWith } from "../domain/event-query.ts";
import { placeOf } from "./follow-log.ts";

/** What narrows the log, without a place in its pages, and where to go on after a break. */
export const liveQuery = eventQueryWith({
  lastEventId: z
    .string()
    .refine((text) => placeOf(text) !== null, { params: { rule: "place" } })
    .nullish(),
});
