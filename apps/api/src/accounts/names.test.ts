import { expect, test } from "vitest";
import { foldName, mixedScripts } from "./names.ts";

test.each([
  ["Admin", "ADMIN"],
  ["ｊｏｈｎ", "John"],
  ["ﬁnn", "FINN"],
  ["straße", "STRASSE"],
  ["ℌans", "hans"],
  ["ας", "ΑΣ"],
  ["ΣΊΣΥΦΟΣ", "σίσυφος"],
  ["cafe\u0301", "CAFÉ"],
  ["ann ", " ann"],
  ["K\u212Aelvin", "kkelvin"],
])("%s and %s are one name", (one, other) => {
  expect(foldName(one)).toBe(foldName(other));
});

test("folding a folded name changes nothing", () => {
  for (const name of ["İstanbul", "ẞ", "ŉ", "ǰ", "ΐ", "ﬃ", "Ⅷ", "ꮳ"]) {
    expect([name, foldName(foldName(name))]).toEqual([name, foldName(name)]);
  }
});

test("names that differ stay different", () => {
  expect(foldName("ann")).not.toBe(foldName("anne"));
  expect(foldName("admin")).not.toBe(foldName("аdmin"));
});

test.each([
  ["аdmin", ["Cyrillic", "Latin"]],
  ["pαul", ["Greek", "Latin"]],
  ["ᎠᎠadmin", ["Cherokee", "Latin"]],
  ["ᚠadmin", ["Latin", "another script"]],
  ["admin.2-b_c", null],
  ["Владимир 2", null],
  ["山田たろうカナ", null],
  ["ｊｏｈｎ", null],
])("%s mixes %j", (name, scripts) => {
  expect(mixedScripts(name)).toEqual(scripts);
});
