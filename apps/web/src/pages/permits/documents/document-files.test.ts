import { expect, test } from "vitest";
import { acceptOf, kindOfFile, mediaTypeOf, problemOf } from "./document-files.ts";

const rules = { documentMaxMb: 1, documentMediaTypes: ["pdf", "jpg"] };

test("a file of the right kind and size may be sent", () => {
  expect(problemOf({ name: "Site plan.PDF", size: 1024 * 1024 }, rules)).toBeNull();
  expect(problemOf({ name: "front.jpeg", size: 1 }, rules)).toBeNull();
});

test("what the server would refuse is said before anything is sent", () => {
  expect(problemOf(null, rules)).toBe("Choose a file.");
  expect(problemOf({ name: "plan.png", size: 1 }, rules)).toBe("This is none of PDF or JPG.");
  expect(problemOf({ name: "plan", size: 1 }, rules)).toBe("This is none of PDF or JPG.");
  expect(problemOf({ name: "plan.pdf", size: 0 }, rules)).toBe("This file is empty.");
  expect(problemOf({ name: "plan.pdf", size: 1024 * 1024 + 1 }, rules)).toBe(
    "This file has 1.0 MB; at most 1 MB are taken.",
  );
});

test("the media type is that of the name, whatever the system calls the file", () => {
  expect(mediaTypeOf("a.b.jpeg", rules.documentMediaTypes)).toBe("image/jpeg");
  expect(mediaTypeOf("a.png", rules.documentMediaTypes)).toBeNull();
  expect(acceptOf(rules.documentMediaTypes)).toBe(".pdf,.jpg,.jpeg");
  expect(kindOfFile("application/pdf")).toBe("PDF");
});
