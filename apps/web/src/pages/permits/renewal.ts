import { addDays } from "@countersign/audit/calendar";

/** As long again as a new permit is valid, from the old last day or, when that is past, from today. */
export const nextLastDay = (validTo: string | null, today: string, validDays: number): string =>
  addDays(validTo !== null && validTo > today ? validTo : today, validDays);
