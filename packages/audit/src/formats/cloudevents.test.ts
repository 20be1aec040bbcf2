import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { isUuid7, uuid7Time } from "../uuid7.ts";
import { codeOfType, eventIdOf, isUriReference, objectOfSubject } from "./cloudevents.ts";

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const time = "2026-11-23T03:17:36.123Z";

test.each([
  ["permit_approve", "permit_approve"],
  ["org.example.permit_approve", "permit_approve"],
  ["permit_approve.v2", null],
  ["org.example.", null],
  ["constructor", null],
  ["", null],
])("the type %j names the code %j", (type, code) => {
  expect(codeOfType(type)).toBe(code);
});

test.each([
  ["permit/17", { type: "permit", id: "17" }],
  ["document/a/b", { type: "document", id: "a/b" }],
  ["permit", null],
  ["permit/", null],
  ["/17", null],
])("the subject %j names the object %j", (subject, object) => {
  expect(objectOfSubject(subject)).toEqual(object);
});

test.each([
  "https://portal.example/desk?x=1#top",
  "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
  "mailto:office@example.org",
  "/portal",
  "portal/desk:7",
  "../portal",
  "1-555-123-4567",
  "?q",
  "#part",
  "a%20b",
])("%j is a URI-reference", (text) => {
  expect(isUriReference(text)).toBe(true);
});

test.each(["", "a b", "1a:b", ":b", "a%2", "a#b#c", "a\nb", "é", "<a>", 'a"b', "a\\b", "a^b"])(
  "%j is no URI-reference",
  (text) => {
    expect(isUriReference(text)).toBe(false);
  },
);

test("judging a long source takes no time", () => {
  const start = performance.now();
  isUriReference(`${"a".repeat(30_000)} `);
  isUriReference(`${"%41".repeat(10_000)} `);
  expect(performance.now() - start).toBeLessThan(100);
});

const always = () => true;

test("an id that is a UUIDv7 stays", () => {
  const id = "01a20668-b8fb-7cc3-98c4-dc0c0c07398f";
  expect(eventIdOf({ id, source: "/a" }, () => false, sha256)).toBe(id);
});

test("any other id becomes one that its time, source and id decide", () => {
  const given = { id: "A234-1234-1234", source: "/portal", time };
  const id = eventIdOf(given, always, sha256) ?? "";
  expect(isUuid7(id)).toBe(true);
  expect(uuid7Time(id)).toBe(Date.parse(time));
  // The clock of the sender may write the same moment in another way.
  expect(eventIdOf({ ...given, time: "2026-11-23T04:17:36.123+01:00" }, always, sha256)).toBe(id);
  for (const other of [{ id: "A234-1234-1235" }, { source: "/other" }, { time: "2026-11-23T03:17:36.124Z" }]) {
    expect(eventIdOf({ ...given, ...other }, always, sha256)).not.toBe(id);
  }
});

test("what stands in the id cannot be moved into the source", () => {
  const ids = ["b", "\nb"].map((id) => eventIdOf({ id, source: "a", time }, always, sha256));
  expect(new Set(ids).size).toBe(2);
});

test("without a time, or with one whose ids are not taken, there is no id", () => {
  const given = { id: "1", source: "/portal" };
  expect(eventIdOf(given, always, sha256)).toBeUndefined();
  expect(eventIdOf({ ...given, time: null }, always, sha256)).toBeUndefined();
  expect(eventIdOf({ ...given, time }, (ms) => ms > Date.parse(time), sha256)).toBeUndefined();
});
