import type postgres from "postgres";

/** One element of an array's text form: in quotes, with backslashes, or plain. */
const element = /"((?:[^"\\]|\\.)*)"|([^,{}]+)/gs;

const parse = (text: string): (string | null)[] =>
  [...text.matchAll(element)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain === "NULL" ? null : (plain ?? "")) : quoted.replace(/\\(.)/gs, "$1"),
  );

const serialize = (list: readonly unknown[]): string =>
  `{${list.map((item) => (item === null ? "NULL" : `"${String(item).replace(/["\\]/g, "\\$&")}"`)).join(",")}}`;

const listOf = <Item>(oid: number, toItem: (text: string) => Item) => ({
  to: oid,
  from: [oid],
  serialize,
  parse: (text: string): (Item | null)[] => parse(text).map((item) => (item === null ? null : toItem(item))),
});

/**
 * The arrays that statements send and answer, flat ones only. Declared here because the driver would ask each new
 * connection for the arrays of the database, and a connection that is lost at that moment ends the process: postgres.js
 * 3.4.9 leaves that promise to nobody.
 */
export const arrayTypes = {
  texts: listOf(1009, String),
  uuids: listOf(2951, String),
  integers: listOf(1007, Number),
  bigints: listOf(1016, Number),
} satisfies Record<string, postgres.PostgresType>;
