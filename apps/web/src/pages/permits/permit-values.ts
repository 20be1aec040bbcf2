import type { Permit } from "../../api.ts";
import { texts } from "../../texts.ts";

/** What the form holds: every field as text, an empty one for what is not set. */
export type PermitValues = {
  type: string;
  holderName: string;
  holderContact: string;
  site: string;
  validFrom: string;
  validTo: string;
  notes: string;
};

export type PermitField = keyof PermitValues;
export const permitFields: readonly PermitField[] = [
  "type",
  "holderName",
  "holderContact",
  "site",
  "validFrom",
  "validTo",
  "notes",
];

export const valuesOf = (permit: Permit): PermitValues => ({
  type: permit.type,
  holderName: permit.holderName,
  holderContact: permit.holderContact ?? "",
  site: permit.site ?? "",
  validFrom: permit.validFrom ?? "",
  validTo: permit.validTo ?? "",
  notes: permit.notes ?? "",
});

export const changedFields = (before: PermitValues, after: PermitValues): PermitField[] =>
  permitFields.filter((field) => before[field] !== after[field]);

/** What to send of a changed form: the fields that differ, an emptied one as null. */
export const updateOf = (before: PermitValues, after: PermitValues) => {
  const changed = new Set(changedFields(before, after));
  const text = (field: PermitField) => (changed.has(field) ? { [field]: after[field] } : {});
  const nullable = (field: PermitField) =>
    changed.has(field) ? { [field]: after[field] === "" ? null : after[field] } : {};
  return {
    ...text("type"),
    ...text("holderName"),
    ...nullable("holderContact"),
    ...nullable("site"),
    ...nullable("validFrom"),
    ...nullable("validTo"),
    ...nullable("notes"),
  };
};

/** What to send of a new form: empty fields are left out. */
export const creationOf = (values: PermitValues) => ({
  type: values.type,
  holderName: values.holderName,
  ...(values.holderContact !== "" && { holderContact: values.holderContact }),
  ...(values.site !== "" && { site: values.site }),
  ...(values.validFrom !== "" && { validFrom: values.validFrom }),
  ...(values.validTo !== "" && { validTo: values.validTo }),
  ...(values.notes !== "" && { notes: values.notes }),
});

/** What can be said of a form before the server is asked. */
export const problemsOf = (values: PermitValues): Partial<Record<PermitField, string>> => ({
  ...(values.type === "" && { type: texts.form.required }),
  ...(values.holderName.trim() === "" && { holderName: texts.form.required }),
  ...(values.validFrom !== "" &&
    values.validTo !== "" &&
    values.validTo < values.validFrom && { validTo: texts.form.datesOrder }),
});
