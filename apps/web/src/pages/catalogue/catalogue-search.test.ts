import { expect, test } from "vitest";
import { parseCatalogueSearch } from "./catalogue-search.ts";

test("of an address only what the catalogue knows counts", () => {
  expect(parseCatalogueSearch({ q: "x", show: "off", severity: "low", page: 3 })).toEqual({
    q: "x",
    show: "off",
    severity: "low",
  });
  expect(parseCatalogueSearch({ q: "  ", show: "nonsense", severity: 7 })).toEqual({});
});
