import { describe, expect, test } from "vitest";
import { makeRow } from "../testing/log.ts";
import { sha256 } from "../testing/node-crypto.ts";
import { flipBit } from "../testing/sequence.ts";
import { checkRow, checkUnsealed, type Known, type LogRow } from "./check-row.ts";

const nothing: Known = { expired: false, erased: false, held: false };
const check = (row: LogRow, change: Partial<LogRow> | null, known: Partial<Known> = {}) =>
  checkRow(
    { index: 3, id: row.id, leafHash: row.leafHash },
    change && { ...row, ...change },
    { ...nothing, ...known },
    sha256,
  ).map(({ index, id, code, part }) => {
    expect([index, id]).toEqual([3, row.id]);
    return part === null ? code : `${code} ${part}`;
  });

const full = makeRow(5);
const sparse = makeRow(4);
const parts = ["leaf", "leafHash", "details", "salt"];
const columns = Object.keys(full).filter((name) => !parts.includes(name)) as (keyof LogRow)[];

test("an untouched row is OK, with all columns and with few, with microseconds and without", () => {
  expect(check(full, {})).toEqual(["OK"]);
  expect(check(sparse, {})).toEqual(["OK"]);
  expect(check(full, { receivedAt: "2026-11-23T03:17:36.123Z" })).toEqual(["OK"]);
});
describe.each([
  ["full", full],
  ["sparse", sparse],
])("in a %s row", (_, row) => {
  test("all nineteen columns are compared", () => {
    expect(columns.length).toBe(19);
  });
  test.each(columns)("another %s is found and named", (column) => {
    expect(check(row, { [column]: "another" })).toEqual([`COLUMN_MISMATCH ${column}`]);
    if (row[column] !== null) expect(check(row, { [column]: null })).toEqual([`COLUMN_MISMATCH ${column}`]);
  });
});
test("a time that differs by a microsecond is found", () => {
  expect(check(full, { receivedAt: "2026-11-23T03:17:36.123001Z" })).toEqual(["COLUMN_MISMATCH receivedAt"]);
  expect(check(full, { occurredAt: "2026-11-23T03:17:36.900000Z" })).toEqual(["COLUMN_MISMATCH occurredAt"]);
});
test("every column that differs is named", () => {
  expect(check(full, { code: "x", actorId: "8" })).toEqual(["COLUMN_MISMATCH code", "COLUMN_MISMATCH actorId"]);
});
test("restored stands for the policy only of what a manifest says was removed", () => {
  expect(check(full, { policy: "restored" }, { expired: true })).toEqual(["OK"]);
  expect(check(full, { policy: "restored" })).toEqual(["COLUMN_MISMATCH policy"]);
  expect(check(full, { policy: "restored" }, { held: true })).toEqual(["COLUMN_MISMATCH policy"]);
});

test("held stands for the policy only under a recorded hold", () => {
  expect(check(full, { policy: "held" }, { held: true })).toEqual(["OK"]);
  expect(check(full, { policy: "held" })).toEqual(["COLUMN_MISMATCH policy"]);
  expect(check(full, { policy: "read" }, { held: true })).toEqual(["COLUMN_MISMATCH policy"]);
});
test.each([
  ["another leaf", { leaf: sparse.leaf }, ["ALTERED leaf"]],
  ["another leaf with its hash and columns", { ...sparse, id: full.id }, ["ALTERED leaf"]],
  ["a leaf with a space more", { leaf: `${full.leaf} ` }, ["ALTERED leaf"]],
  ["an empty leaf", { leaf: "" }, ["ALTERED leaf"]],
  ["another leaf hash", { leafHash: flipBit(full.leafHash, 3) }, ["ALTERED leaf_hash"]],
  ["other details", { details: "{}" }, ["ALTERED details"]],
  ["another salt", { salt: new Uint8Array(32) }, ["ALTERED details"]],
  ["a short salt", { salt: new Uint8Array(31) }, ["ALTERED details"]],
  ["no details and salt", { details: null, salt: null }, ["DETAILS_MISSING details"]],
  ["no details", { details: null }, ["DETAILS_MISSING details"]],
  ["no salt", { salt: null }, ["DETAILS_MISSING salt"]],
  ["no row", null, ["MISSING row"]],
] as const)("%s: %o is found", (_, change, found) => {
  expect(check(full, change)).toEqual(found);
});
test("what a manifest says makes a loss valid, and only the loss that it names", () => {
  expect(check(full, null, { expired: true })).toEqual(["OK_EXPIRED"]);
  expect(check(full, null, { erased: true })).toEqual(["MISSING row"]);
  expect(check(full, { details: null, salt: null }, { erased: true })).toEqual(["OK_ERASED"]);
  expect(check(full, { details: null }, { erased: true })).toEqual(["DETAILS_MISSING details"]);
  expect(check(full, { details: null, salt: null }, { expired: true })).toEqual(["DETAILS_MISSING details"]);
  expect(check(full, { code: "x", details: null, salt: null }, { erased: true })).toEqual(["COLUMN_MISMATCH code"]);
});
test("a row at no index is extra, or unsealed once it has waited for more than a minute", () => {
  expect(checkUnsealed("a", null)).toEqual({ code: "EXTRA", index: null, id: "a", part: "row" });
  expect(checkUnsealed("a", 61)).toEqual({ code: "UNSEALED", index: null, id: "a", part: "row" });
  expect(checkUnsealed("a", 60)).toBeNull();
});
