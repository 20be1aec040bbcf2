import { byteOrderMark, csvLine } from "./formats/csv.ts";

type Cell = string | number | boolean | null;
type Row = { readonly [column: string]: Cell };

type Format = {
  name: string;
  mediaType: string;
  extension: string;
  /** What stands before the first row. */
  head: (columns: readonly string[]) => string;
  line: (row: Row) => string;
};

/** How lists leave the system as files, row by row. */
export const formats = {
  csv: {
    name: "CSV",
    mediaType: "text/csv; charset=utf-8",
    extension: "csv",
    head: (columns) => byteOrderMark + csvLine(columns),
    line: (row) => csvLine(Object.values(row)),
  },
  ndjson: {
    name: "NDJSON",
    mediaType: "application/x-ndjson; charset=utf-8",
    extension: "ndjson",
    head: () => "",
    line: (row) => `${JSON.stringify(row)}\n`,
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as [FormatName, ...FormatName[]];
