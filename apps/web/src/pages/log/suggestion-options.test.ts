import { expect, test } from "vitest";
import { type Counted, choiceOf, suggestionsFor } from "./suggestion-options.ts";
import { readDraft } from "./typed-query.ts";

const counted: Counted[] = [
  { key: "actor", value: "user:3", label: "Ana Ruiz", count: 41 },
  { key: "actor", value: "user:4", label: "Susana Park", count: 52 },
  { key: "status", value: "denied", label: null, count: 7 },
];
const known = { search: { status: ["denied" as const] }, counted, nameOf: () => undefined, isCounted: true };
const labels = (typed: string) => suggestionsFor(readDraft(typed), known).map(({ label }) => label);
const enter = (typed: string) => choiceOf(readDraft(typed), suggestionsFor(readDraft(typed), known));

test("an empty field offers the filters, and typing narrows them", () => {
  expect(labels("")).toEqual([
    "Outcome",
    "Severity",
    "Event",
    "Category",
    "Actor",
    "Role",
    "Object",
    "Target",
    "Source",
    "Network",
    "Text",
    "Request",
  ]);
  expect(labels("netw")).toEqual(["Text contains “netw”", "Network"]);
});

test("a filter offers its values with counts, what the query says of them, and to leave them out", () => {
  expect(suggestionsFor(readDraft("outcome: "), known)).toMatchObject([
    { label: "success", count: 0, stance: null },
    { label: "failed", count: 0 },
    { label: "denied", count: 7, stance: "included" },
    { label: "pending", count: 0 },
    { label: "Not these: leave out what you choose", choice: { kind: "draft", text: "not outcome: " } },
  ]);
  expect(labels("not outcome: den")).toEqual(["not denied"]);
});

test("a name that was typed suggests the actor, those with more events first", () => {
  expect(labels("ana")).toEqual(["Text contains “ana”", "Susana Park", "Ana Ruiz"]);
});

test("an event is found by its name, its code and its category without asking", () => {
  expect(labels("event: approve permit")).not.toEqual([]);
  expect(enter("event: permit_approve")).toEqual({ kind: "value", key: "code", value: "permit_approve", isNot: false });
});

test("Enter takes text as text, and what has a form of its own as what it is", () => {
  expect(enter("harbour")).toEqual({ kind: "text", key: "q", text: "harbour" });
  expect(enter("10.20.3.4/16")).toEqual({ kind: "value", key: "network", value: "10.20.0.0/16", isNot: false });
  expect(enter("P-2026-000123")).toEqual({
    kind: "permit",
    key: "object",
    number: "P-2026-000123",
    isNot: false,
  });
  expect(enter("not target: p-2026-000123")).toMatchObject({ kind: "permit", key: "target", isNot: true });
  expect(enter("r_Zm9vYmFyYmF6cXV4")).toEqual({ kind: "text", key: "request", text: "r_Zm9vYmFyYmF6cXV4" });
  expect(enter("01936f2e-0000-7000-8000-000000000001")).toMatchObject({ kind: "event" });
});

test("within a filter Enter takes the value of exactly that name before others, and refuses what none has", () => {
  expect(enter("actor: ana ruiz")).toMatchObject({ value: "user:3" });
  expect(enter("not outcome: failed")).toEqual({ kind: "value", key: "status", value: "failed", isNot: true });
  expect(enter("outcome: maybe")).toBeNull();
  expect(enter("network: 10.20")).toBeNull();
  expect(enter("role: Night clerk")).toMatchObject({ key: "role", value: "Night clerk" });
});
