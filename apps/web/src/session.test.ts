import { expect, test } from "vitest";
import { returnPath } from "./session.ts";

test.each([
  ["/permits/41?edit=1", "/permits/41?edit=1"],
  ["//evil.example", "/"],
  ["/\\evil.example", "/"],
  ["https://evil.example", "/"],
  ["javascript:alert(1)", "/"],
  ["/sign-in?to=/log", "/"],
  [undefined, "/"],
])("after signing in, %j leads to %s", (to, path) => expect(returnPath(to)).toBe(path));
