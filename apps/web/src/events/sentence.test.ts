import { expect, test } from "vitest";
import type { LogEntry } from "../api.ts";
import { tellsChanges } from "./sentence.tsx";

const event = (code: string, fields: readonly string[]) =>
  ({
    code,
    status: "success",
    actor: { type: "user", id: "3", label: "Ana Ruiz", roles: [] },
    object: { type: "permit", id: "41", label: "P-2026-000041" },
    changes: Object.fromEntries(fields.map((field) => [field, { old: "a", new: "b" }])),
  }) as unknown as LogEntry;

test.each([
  ["permit_update", [], true],
  ["permit_update", ["status"], true],
  ["permit_update", ["status", "site"], false],
  ["permit_reject", ["status"], false],
  ["permit_reject", [], true],
])("a sentence of %s with the changes %j leaves nothing to unfold: %s", (code, fields, told) =>
  expect(tellsChanges(event(code, fields))).toBe(told),
);
