import type { ContentCheck } from "./content-check.ts";

const header = /^%PDF-(?:1\.[0-7]|2\.0)[\t\n\f\r ]/;
const trailer = /startxref[\t\n\f\r ]+\d{1,12}[\t\n\f\r ]+%%EOF[\t\n\f\r ]*$/;

/** The version line at the very start, and where the cross-references begin at the very end (ISO 32000-2, §7.5). */
export const createPdfCheck = (): ContentCheck => ({
  add: () => true,
  end: ({ head, tail }) =>
    header.test(head.toString("latin1", 0, 16)) &&
    trailer.test(tail.toString("latin1", Math.max(0, tail.length - 1024))),
});
