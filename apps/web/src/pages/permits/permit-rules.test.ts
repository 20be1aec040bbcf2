import { expect, test } from "vitest";
import type { Permit } from "../../api.ts";
import { mainActs, type PermitAct, permitActs, reasonAgainst } from "./permit-rules.ts";

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

const all = Object.values(permitActs).map(({ feature }) => feature);
const legal = (over: Partial<Permit>, known = {}) =>
  Object.keys(permitActs).filter((act) => reasonAgainst(act as PermitAct, permit(over), all, known) === null);

test("of each state, exactly the acts that the office allows are offered", () => {
  expect(legal({})).toEqual(["edit", "assign", "approve", "reject", "cancel", "delete"]);
  expect(legal({ status: "active" })).toEqual(["edit", "assign", "renew", "deactivate", "cancel", "delete"]);
  expect(legal({ status: "inactive" })).toEqual(["edit", "assign", "activate", "cancel", "delete"]);
  expect(legal({ status: "expired" })).toEqual(["edit", "renew", "delete"]);
  expect(legal({ status: "rejected" })).toEqual(["edit", "delete"]);
  expect(legal({ status: "cancelled" })).toEqual(["edit", "delete"]);
});

test("what a permit waits for is legal in its state", () => {
  for (const [status, act] of Object.entries(mainActs)) {
    if (act !== null) expect(legal({ status: status as Permit["status"] })).toContain(act);
  }
});

test("a permit whose last day has passed is neither approved nor activated", () => {
  const known = { today: "2027-11-23" };
  expect(reasonAgainst("approve", permit({}), all, known)).toContain("22 Nov 2027");
  expect(reasonAgainst("activate", permit({ status: "inactive" }), all, known)).toContain("22 Nov 2027");
  expect(reasonAgainst("approve", permit({}), all, { today: "2027-11-22" })).toBeNull();
});

test("an expired permit is renewed while the days of grace last", () => {
  const renew = (today: string) =>
    reasonAgainst("renew", permit({ status: "expired" }), all, { today, renewGraceDays: 30 });
  expect(renew("2027-12-22")).toBeNull();
  expect(renew("2027-12-23")).toContain("more than 30 days ago");
});

test("a permit with documents is not deleted", () => {
  expect(reasonAgainst("delete", permit({}), all, { hasDocuments: true })).toContain("documents");
});
