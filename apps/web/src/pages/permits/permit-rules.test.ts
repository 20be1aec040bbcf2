import { expect, test } from "vitest";
import type { Permit } from "../../api.ts";
import { reasonAgainst } from "./permit-rules.ts";

const permit = (over: Partial<Permit>): Permit => ({
  id: 1,
  permitNumber: "P-2026-000001",
  type: "Event",
  holderName: "Ana Ruiz",
  holderContact: null,
  site: null,
  status: "pending",
  validFrom: "2026-11-23",
  validTo: "2027-11-22",
  assignedTo: null,
  assignedAt: null,
  assignedBy: null,
  notes: null,
  createdAt: "2026-11-23T10:00:00.000Z",
  createdBy: null,
  updatedAt: "2026-11-23T10:00:00.000Z",
  updatedBy: null,
  version: 1,
  ...over,
});

test("a pending permit with both dates can be approved by whoever holds the right", () => {
  expect(reasonAgainst("approve", permit({}), ["permits.approve"])).toBeNull();
});

test("without the right, the reason names it", () => {
  expect(reasonAgainst("approve", permit({}), ["permits.read"])).toContain("permits.approve");
});

test("an active permit says why it cannot be approved again", () => {
  expect(reasonAgainst("approve", permit({ status: "active" }), ["permits.approve"])).toContain("active");
});

test("a permit without dates says which step is missing", () => {
  expect(reasonAgainst("approve", permit({ validTo: null }), ["permits.approve"])).toContain("dates");
});

test("a cancelled permit is not assigned, and nobody's permit is not un-assigned", () => {
  expect(reasonAgainst("assign", permit({ status: "cancelled" }), ["permits.assign"])).toContain("cancelled");
  expect(reasonAgainst("unassign", permit({}), ["permits.assign"])).toContain("nobody");
});
