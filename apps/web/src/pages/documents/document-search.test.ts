import { expect, test } from "vitest";
import { documentInput, parseDocumentSearch } from "./document-search.ts";

test("what is no state or no kind of file is not asked for", () => {
  expect(parseDocumentSearch({ state: "lost", type: "constructor", q: "" })).toEqual({});
});

test("reading twice gives the same, and a kind of file is asked for by its media type", () => {
  const search = parseDocumentSearch({ state: "refused", type: "jpg", q: 2026 });
  expect(parseDocumentSearch(search)).toEqual(search);
  expect(documentInput(search)).toEqual({ state: "refused", mediaType: "image/jpeg", search: "2026" });
});
