import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { canonicalize } from "./canonical-json.ts";
import { type Change, changesBetween, hasChanges, type ShrunkValue, shrinkChanges } from "./changes.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();

test("only what differs is a change", () => {
  const before = { id: 1, status: "pending", holder: "Ana", notes: null };
  expect(changesBetween(before, { ...before, status: "active" })).toEqual({
    status: { old: "pending", new: "active" },
  });
  expect(hasChanges(changesBetween(before, { ...before }))).toBe(false);
});
test("a creation shows every value as new, a deletion as old", () => {
  expect(changesBetween(null, { status: "pending", notes: null })).toEqual({ status: { old: null, new: "pending" } });
  expect(changesBetween({ status: "pending", notes: undefined }, null)).toEqual({
    status: { old: "pending", new: null },
  });
});
test("a field set to null is a change, and null is the same as absent", () => {
  expect(changesBetween({ assigned_to: 7 }, { assigned_to: null })).toEqual({ assigned_to: { old: 7, new: null } });
  expect(changesBetween({ assigned_to: null }, {})).toEqual({});
});
test.each([0, "", false])("%j is a value, not an absence", (value) => {
  expect(changesBetween({ field: null }, { field: value })).toEqual({ field: { old: null, new: value } });
});
test("time, author and version of a change are left out, and so is what the caller names", () => {
  const before = { updated_at: 1, updatedAt: 1, updated_by: 1, updatedBy: 1, version: 1, secret: 1, site: "a" };
  const after = { updated_at: 2, updatedAt: 2, updated_by: 2, updatedBy: 2, version: 2, secret: 2, site: "b" };
  expect(changesBetween(before, after, { ignore: ["secret"] })).toEqual({ site: { old: "a", new: "b" } });
});
test("dates are compared by their moment and kept in ISO 8601, big numbers as text", () => {
  const moment = "2026-11-23T03:17:35.900Z";
  expect(changesBetween({ at: new Date(moment) }, { at: new Date(moment) })).toEqual({});
  expect(changesBetween({ at: null, n: 1n }, { at: new Date(moment), n: 2n })).toEqual({
    at: { old: null, new: moment },
    n: { old: "1", new: "2" },
  });
});
test("the order of keys inside a value is no change", () => {
  expect(changesBetween({ site: { a: 1, b: [2] } }, { site: { b: [2], a: 1 } })).toEqual({});
});
test("a list says what came and what went, counting repeats", () => {
  expect(changesBetween({ roles: ["a", "a", "b"] }, { roles: ["a", "c"] })).toEqual({
    roles: { old: ["a", "a", "b"], new: ["a", "c"], added: ["c"], removed: ["a", "b"] },
  });
  expect(changesBetween({ roles: null }, { roles: ["a"] })).toEqual({
    roles: { old: null, new: ["a"], added: ["a"], removed: [] },
  });
});
test("a list in another order is a change in which nothing came or went", () => {
  expect(changesBetween({ steps: [1, 2] }, { steps: [2, 1] })).toEqual({
    steps: { old: [1, 2], new: [2, 1], added: [], removed: [] },
  });
});

const shrunk = (value: Change["new"]) => shrinkChanges({ field: { old: null, new: value } }, sha256).field?.new;
test("a value of exactly 8 KiB stays, one byte more is kept as hash, size and beginning", () => {
  const fits = "x".repeat(8190);
  expect(shrunk(fits)).toBe(fits);
  const long = `${fits}x`;
  expect(shrunk(long)).toEqual({
    sha256: sha256(Buffer.from(`"${long}"`)).toString("hex"),
    bytes: 8193,
    head: "x".repeat(256),
  });
});
test("size counts UTF-8 bytes and the beginning splits no code point", () => {
  const value = shrunk(`x${"😀".repeat(2100)}`) as ShrunkValue;
  expect(value).toMatchObject({ bytes: 8403, head: `x${"😀".repeat(63)}` });
  expect(Buffer.byteLength(value.head)).toBe(253);
});
test("a large list and what came into it are kept as hash, size and beginning", () => {
  const list = Array.from({ length: 3000 }, (_, index) => index);
  const hash = sha256(Buffer.from(canonicalize(list))).toString("hex");
  expect(shrinkChanges(changesBetween({ ids: [] }, { ids: list }), sha256)).toMatchObject({
    ids: { old: [], new: { sha256: hash }, added: [{ sha256: hash }], removed: [] },
  });
});
