import { expect, test } from "vitest";
import { queryOfAddress } from "./view-address.ts";

const now = Date.UTC(2026, 10, 30);

test("the address of a view of the log is read as its query", () => {
  expect(queryOfAddress("http://localhost:8000/log?object=permit:41&range=30d", now)).toMatchObject({
    objectType: "permit",
    objectId: "41",
    days: 30,
  });
  expect(queryOfAddress(" /log?code=permit_create&event=0192f5b2-7c1e-7b3a-9d7e-1234567890ab#y ", now)).toMatchObject({
    codes: ["permit_create"],
  });
});

test("what narrows nothing, is another page, or has a filter that nobody understands, is none", () => {
  for (const address of [
    "",
    "/log",
    "/log?range=30d",
    "/permits?q=x",
    "permit:41",
    "javascript:/log?code=permit_create",
    "/log?code=permit_create&severity=loud",
  ]) {
    expect([address, queryOfAddress(address, now)]).toEqual([address, null]);
  }
});
