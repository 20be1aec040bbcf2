import { expect, test } from "vitest";
import { exportAddress } from "./permit-export.ts";

test("the file holds what the page shows: every filter goes along", () => {
  expect(exportAddress({ q: "pier 4&status=x", status: "active", type: "event", assigned: "7" }, "ndjson")).toBe(
    "/api/permits/export?search=pier+4%26status%3Dx&status=active&type=event&assignedTo=7&format=ndjson",
  );
  expect(exportAddress({ assigned: "nobody" }, "csv")).toBe("/api/permits/export?assignedTo=nobody&format=csv");
});
