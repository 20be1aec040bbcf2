import { parseInstant } from "@countersign/audit/instant";
import { z } from "zod";

/** A stored text of a domain object: as sent, not blank, no NUL, no half of a surrogate pair; at most `most` UTF-16 units. */
export const text = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .refine((value) => value.trim() !== "", { params: { rule: "blank" } })
    .refine((value) => !value.includes("\0") && value.isWellFormed(), { params: { rule: "forbidden_character" } });

/** A time as RFC 3339 writes it, with an offset. */
export const instant = z
  .string()
  .max(64)
  .refine((value) => parseInstant(value) !== null, { params: { rule: "instant" } });

/** The milliseconds since 1970 of a time that was checked. */
export const msOf = (time: string): number => parseInstant(time)?.ms ?? Number.NaN;

/** The input of what needs none: a member in it is a mistake like any other. */
export const noInput = z.strictObject({}).optional();

/** Null empties the field; absent leaves it alone. */
export const optionalText = (most: number) => text(most).nullable().optional();

/** Why somebody acts; it goes to the notes of the event. */
export const reason = text(2000).optional();
export const requiredReason = text(2000);

export const rowId = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
export const version = z.number().int().min(1).max(2_147_483_647);
/** 0 as long as nobody has changed it. */
export const settingVersion = z.number().int().min(0).max(2_147_483_647);
export const pageSize = z.number().int().min(1).max(200).default(50);

const isCalendarDay = (value: string): boolean => {
  const time = Date.parse(`${value}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
};

/** `YYYY-MM-DD`, a day that exists, 1900 to 9999. */
export const day = z
  .string()
  .regex(/^(19|[2-9]\d)\d\d-\d\d-\d\d$/)
  .refine(isCalendarDay, { params: { rule: "no_such_day" } });

/** A field that another operation changes: naming it here is refused with the operation to call. */
export const changedBy = (operation: string) =>
  z
    .custom<undefined>((value) => value === undefined, {
      params: {
        rule: "use_another_operation",
        sentence: `Nothing was changed: this field is changed by ${operation}.`,
      },
    })
    .optional();
