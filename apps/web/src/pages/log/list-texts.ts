/** Marks of rows whose content is not all there, or not where it was. */
export const listTexts = { restored: "from the archive", erased: "personal parts erased" } as const;
