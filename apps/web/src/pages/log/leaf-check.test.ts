import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { hexHashOfLeaf } from "./leaf-check.ts";

test("the hash of a leaf is SHA-256 over a zero byte and its UTF-8 text", async () => {
  const leaf = '{"code":"permit_approve","v":1,"x":"é"}';
  const expected = createHash("sha256")
    .update(Buffer.from([0]))
    .update(leaf, "utf8")
    .digest("hex");
  expect(await hexHashOfLeaf(leaf)).toBe(expected);
});
