import { isFeature } from "@countersign/audit/features";
import { expect, test } from "vitest";
import { barFor, nav, navFor } from "./nav.ts";

const pages = nav.flatMap((group): readonly { to: string; key?: string; feature: string }[] => group.pages);
const letters = pages.flatMap(({ key }) => key ?? []);

test("no two pages share an address or a letter, and each takes a right that there is", () => {
  expect(new Set(pages.map(({ to }) => to)).size).toBe(pages.length);
  expect(new Set(letters).size).toBe(letters.length);
  expect(pages.filter(({ feature }) => !isFeature(feature))).toEqual([]);
});

test("whoever lacks a right sees neither its pages nor a group that has no other", () => {
  expect(navFor(["permits.read"]).map((group) => group.pages.map(({ to }) => to))).toEqual([["/permits"]]);
  expect(navFor([])).toEqual([]);
});

test("the bottom bar holds four pages at most, those that are meant for it first", () => {
  const bar = barFor(pages.map(({ feature }) => feature));
  expect(bar.length).toBeLessThanOrEqual(4);
  expect(bar.slice(0, 3).map(({ to }) => to)).toEqual(["/", "/log", "/permits"]);
});
