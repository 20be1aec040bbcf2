import { expect, test } from "vitest";
import { hasHash, shownKind } from "./document-content.ts";

test("images are shown, PDF where the browser has a viewer, all else is saved", () => {
  expect(["image/png", "image/jpeg", "application/pdf"].map((type) => shownKind(type, true))).toEqual([
    "image",
    "image",
    "pdf",
  ]);
  expect(shownKind("application/pdf", false)).toBeNull();
  expect(shownKind("text/html", true)).toBeNull();
  expect(shownKind("image/svg+xml", true)).toBeNull();
});

test("bytes that are not those of the upload are told from them", async () => {
  // FIPS 180-4, the example of one block.
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(await hasHash(new Blob(["abc"]), abc)).toBe(true);
  expect(await hasHash(new Blob(["abd"]), abc)).toBe(false);
});
