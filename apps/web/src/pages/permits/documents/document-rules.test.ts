import { expect, test } from "vitest";
import type { Document } from "../../../api.ts";
import { reasonAgainst } from "./document-rules.ts";

const document = (state: Document["state"]): Document => ({
  id: 1,
  permit: { id: 1, permitNumber: "P-2026-000001" },
  name: "plan.pdf",
  kind: "Site plan",
  mediaType: "application/pdf",
  size: 812,
  sha256: "",
  state,
  uploadedAt: "2026-11-23T10:00:00.000Z",
  uploadedBy: null,
  verifiedAt: null,
  verifiedBy: null,
  version: 1,
});
const rights = ["documents.verify", "documents.delete"];

test("what was decided about a document is decided once, and can still be deleted", () => {
  expect(reasonAgainst("accept", document("uploaded"), rights)).toBeNull();
  expect(reasonAgainst("refuse", document("verified"), rights)).toBe("It is verified already; that is decided once.");
  expect(reasonAgainst("delete", document("verified"), rights)).toBeNull();
});

test("without the right, the reason names it", () => {
  expect(reasonAgainst("accept", document("uploaded"), ["documents.delete"])).toContain("documents.verify");
  expect(reasonAgainst("delete", document("uploaded"), ["documents.verify"])).toContain("documents.delete");
});
