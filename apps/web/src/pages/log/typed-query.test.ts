import { expect, test } from "vitest";
import { draftFor, readDraft, recognise } from "./typed-query.ts";

test.each([
  ["outcome: den", { key: "status", isNot: false, text: "den" }],
  ["status:denied", { key: "status", isNot: false, text: "denied" }],
  ["not Outcome: den", { key: "status", isNot: true, text: "den" }],
  ["-actor:ana ruiz", { key: "actor", isNot: true, text: "ana ruiz" }],
  ["outcome: not denied", { key: "status", isNot: true, text: "denied" }],
  ["IP: 10.1", { key: "network", isNot: false, text: "10.1" }],
  ["text: 14:00", { key: "q", isNot: false, text: "14:00" }],
  ["text: not yet", { key: "q", isNot: false, text: "not yet" }],
])("%j names a filter", (typed, draft) => {
  expect(readDraft(typed)).toEqual(draft);
});

test.each(["harbour street", "not yet", "14:00", "https://office.example", "holder: Ruiz", "constructor: x"])(
  "%j is text",
  (typed) => {
    expect(readDraft(typed)).toEqual({ key: null, isNot: false, text: typed });
  },
);

test("the beginning that is offered is read as the filter it names", () => {
  expect(readDraft(draftFor("code", true))).toEqual({ key: "code", isNot: true, text: "" });
});

test.each([
  ["01936f2e-0000-7000-8000-00000000000A", { kind: "event", id: "01936f2e-0000-7000-8000-00000000000a" }],
  [" p-2026-000123 ", { kind: "permit", number: "P-2026-000123" }],
  ["10.20.0.0/16", { kind: "value", key: "network", value: "10.20.0.0/16" }],
  ["2001:db8::1", { kind: "value", key: "network", value: "2001:db8::1" }],
  ["user:3", { kind: "value", key: "actor", value: "user:3" }],
  ["permit:41", { kind: "value", key: "object", value: "permit:41" }],
  ["r_Zm9vYmFyYmF6cXV4", { kind: "request", id: "r_Zm9vYmFyYmF6cXV4" }],
  ["r_too-short", null],
  ["Ana Ruiz", null],
  ["P-2026-12", null],
])("%j is recognised by its form", (typed, found) => {
  expect(recognise(typed)).toEqual(found);
});
