import { type EventCode, eventCodes, eventType } from "@countersign/audit/catalogue";
import type { EventFilter } from "@countersign/audit/event-filter";

/** The types that a filter leaves by its codes and categories; null when it names neither. */
export const codesWithin = ({ codes = [], categories = [], not = {} }: EventFilter): EventCode[] | null => {
  const { codes: unwanted = [], categories: unwantedCategories = [] } = not;
  if (codes.length + categories.length + unwanted.length + unwantedCategories.length === 0) return null;
  return eventCodes.filter(
    (code) =>
      (codes.length === 0 || codes.includes(code)) &&
      (categories.length === 0 || categories.includes(eventType(code).category)) &&
      !unwanted.includes(code) &&
      !unwantedCategories.includes(eventType(code).category),
  );
};
