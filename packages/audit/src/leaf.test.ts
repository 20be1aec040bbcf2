import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { sealDraft } from "./event.ts";
import { detailsCommitment, leafHash, readLeaf, verifyEvent } from "./leaf.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
const event = sealDraft(
  { code: "permit_read", status: "success", actor: { type: "user", id: "7" }, source: "app", notes: "seen" },
  {
    id: "i",
    receivedAt: "2026-11-23T03:17:36.123Z",
    severity: "info",
    policy: "read",
    salt: new Uint8Array(32).fill(1),
  },
  sha256,
);
const flip = (bytes: Uint8Array) => bytes.map((byte, index) => (index === 5 ? byte ^ 1 : byte));
const other = event.leaf.replace('"7"', '"8"');

test("an untouched event is intact, one without details and salt is erased", () => {
  expect(verifyEvent(event, sha256)).toBe("intact");
  expect(verifyEvent({ ...event, details: null, salt: null }, sha256)).toBe("erased");
});
test.each([
  ["another leaf", { leaf: other }, "leaf_altered"],
  ["another leaf hash", { leafHash: flip(event.leafHash) }, "leaf_altered"],
  ["a longer leaf hash", { leafHash: Uint8Array.of(...event.leafHash, 0) }, "leaf_altered"],
  ["a cut leaf hash", { leafHash: event.leafHash.slice(1) }, "leaf_altered"],
  ["a leaf that is no JSON, with its hash", { leaf: "x", leafHash: leafHash("x", sha256) }, "leaf_altered"],
  ["a leaf without commitment, with its hash", { leaf: "{}", leafHash: leafHash("{}", sha256) }, "leaf_altered"],
  ["other details", { details: event.details.replace("seen", "sean") }, "details_altered"],
  ["the same details with a space", { details: ` ${event.details}` }, "details_altered"],
  ["another salt", { salt: flip(event.salt) }, "details_altered"],
  ["a short salt", { salt: event.salt.slice(1) }, "details_altered"],
  ["no details", { details: null }, "details_missing"],
  ["no salt", { salt: null }, "details_missing"],
] as const)("%s: %o is found", (_, change, verdict) => {
  expect(verifyEvent({ ...event, ...change }, sha256)).toBe(verdict);
});
test("another leaf with a hash of its own is intact by itself: only the tree shows it", () => {
  expect(verifyEvent({ ...event, leaf: other, leafHash: leafHash(other, sha256) }, sha256)).toBe("intact");
});
test("a salt of another length is refused", () => {
  expect(() => detailsCommitment("{}", new Uint8Array(31), sha256)).toThrow(RangeError);
});
test("a leaf is read as it was written", () => {
  expect(readLeaf(event.leaf)).toMatchObject({ v: 1, code: "permit_read", actor: { id: "7", type: "user" } });
  expect(readLeaf("[1]")).toBeNull();
});

test.each([0, 1, 5000, 5461, 5462, 20_000])("a text of %i characters is hashed whole, also beyond ASCII", (length) => {
  const salt = new Uint8Array(32).fill(9);
  for (const letter of ["a", "é", "€"]) {
    const text = letter.repeat(length);
    const leaf = createHash("sha256").update(Uint8Array.of(0)).update(text).digest();
    const details = createHash("sha256").update("countersign/details/1\n").update(salt).update(text).digest("base64");
    expect(leafHash(text, sha256)).toEqual(leaf);
    expect(detailsCommitment(text, salt, sha256)).toBe(details);
  }
});
