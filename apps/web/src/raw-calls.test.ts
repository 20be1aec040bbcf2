import { expect, test } from "vitest";
import { failureOf } from "./api.ts";
import { fileNameIn, refusalIn } from "./raw-calls.ts";

test("a refusal of bytes reads like a refusal of the router: sentence, reason, fields, request id and wait", () => {
  const body = {
    error: {
      code: "busy",
      message: "Nothing was kept.",
      requestId: "r1",
      fields: [{ path: "name", rule: "extension" }],
    },
  };
  expect(failureOf(refusalIn(body, "2"))).toEqual({
    reason: "busy",
    message: "Nothing was kept.",
    requestId: "r1",
    retryAfterS: 2,
    fields: [{ path: "name", rule: "extension" }],
  });
  expect(failureOf(refusalIn({ error: { code: "invalid_input", message: "No.", path: "kind" } }, null)).fields).toEqual(
    [{ path: "kind", rule: "invalid_input" }],
  );
});

test("an answer that is none of ours, a gateway's page say, counts as no answer", () => {
  expect(failureOf(refusalIn("<html>", null)).reason).toBe("unreachable");
  expect(failureOf(refusalIn({ error: "no" }, null)).reason).toBe("unreachable");
});

test("a file is saved under the name that the server gave it", () => {
  expect(fileNameIn('attachment; filename="permits-2026-11-23.csv"')).toBe("permits-2026-11-23.csv");
  expect(fileNameIn("attachment")).toBeNull();
  expect(fileNameIn(null)).toBeNull();
});
