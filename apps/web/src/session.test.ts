import { expect, test } from "vitest";
import { returnPath } from "./session.ts";

test.each([
  ["/permits/41?edit=1", "/permits/41?edit=1"],
  ["//evil.example", "/log"],
  ["/\\evil.example", "/log"],
  ["https://evil.example", "/log"],
  ["javascript:alert(1)", "/log"],
  ["/sign-in?to=/log", "/log"],
  [undefined, "/log"],
])("after signing in, %j leads to %s", (to, path) => expect(returnPath(to)).toBe(path));
