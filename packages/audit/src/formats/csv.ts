/** A text that a spreadsheet would take for a formula: such a sign first, after spaces or a byte order mark. */
const formula = /^[\s\uFEFF]*[=+\-@\t\r\n\0＝＋－＠]/u;

const cell = (value: string | number | boolean | null): string => {
  const text = value === null ? "" : String(value);
  const safe = typeof value === "string" && formula.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
};

/** One record of RFC 4180, every cell in quotes; texts that would run as a formula begin with an apostrophe. */
export const csvLine = (values: readonly (string | number | boolean | null)[]): string =>
  `${values.map(cell).join(",")}\r\n`;

/** Tells spreadsheets that the file is UTF-8. */
export const byteOrderMark = "\uFEFF";
