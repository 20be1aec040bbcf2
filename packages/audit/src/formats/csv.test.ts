import { expect, test } from "vitest";
import { formats } from "../formats.ts";
import { csvLine } from "./csv.ts";

test.each([
  ["=HYPERLINK(1)", `"'=HYPERLINK(1)"`],
  ["+1+1", `"'+1+1"`],
  ["-1", `"'-1"`],
  ["@cmd", `"'@cmd"`],
  ["\t=1", `"'\t=1"`],
  ["  =1", `"'  =1"`],
  ["\uFEFF=1", `"'\uFEFF=1"`],
  ["\r\n=1", `"'\r\n=1"`],
  ["\0=1", `"'\0=1"`],
  ["＝1+1", `"'＝1+1"`],
  ["－1", `"'－1"`],
  ["plain = text", `"plain = text"`],
  ['say "hi", now', `"say ""hi"", now"`],
  ["two\nlines", `"two\nlines"`],
])("%j is written as %s", (value, written) => {
  expect(csvLine([value])).toBe(`${written}\r\n`);
});

test("numbers are no formulas, and nothing is an empty cell", () => {
  expect(csvLine([-1, null, true])).toBe('"-1","","true"\r\n');
});

test("a CSV file begins with a byte order mark and its columns, an NDJSON file with its first row", () => {
  expect(formats.csv.head(["id", "name"])).toBe('\uFEFF"id","name"\r\n');
  expect(formats.ndjson.head() + formats.ndjson.line({ id: 1, name: "=1" })).toBe('{"id":1,"name":"=1"}\n');
});
