import { expect, test } from "vitest";
import { changedFields, creationOf, type PermitValues, problemsOf, updateOf } from "./permit-values.ts";

const values: PermitValues = {
  type: "Event",
  holderName: "Quayside Events",
  holderContact: "office@quayside.example",
  site: "",
  validFrom: "2026-11-23",
  validTo: "2027-11-22",
  notes: "",
};

test("only what differs is sent, and an emptied field is sent as null", () => {
  const after = { ...values, holderContact: "", site: "Pier 4" };
  expect(changedFields(values, after)).toEqual(["holderContact", "site"]);
  expect(updateOf(values, after)).toEqual({ holderContact: null, site: "Pier 4" });
});

test("an unchanged form sends nothing", () => expect(updateOf(values, { ...values })).toEqual({}));

test("a new permit leaves out what is empty", () => {
  expect(creationOf({ ...values, holderContact: "", validTo: "" })).toEqual({
    type: "Event",
    holderName: "Quayside Events",
    validFrom: "2026-11-23",
  });
});

test("a missing holder and dates in the wrong order are said before the server is asked", () => {
  expect(problemsOf(values)).toEqual({});
  expect(Object.keys(problemsOf({ ...values, holderName: "  ", validTo: "2026-01-01" }))).toEqual([
    "holderName",
    "validTo",
  ]);
});
