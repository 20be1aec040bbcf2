import { expect, test } from "vitest";
import type { LogEntry } from "../../api.ts";
import { logFilter } from "./drawer-filter.ts";
import { entryValues } from "./entry-values.ts";
import type { LogSearch } from "./log-search.ts";

const assigned = {
  code: "permit_assign",
  actor: { type: "user", id: "3", label: "Ana Ruiz", roles: [] },
  object: { type: "permit", id: "41", label: "P-2026-000041" },
  target: { type: "user", id: "4", label: "Ben Okoye" },
} as unknown as LogEntry;

test("the second party of an act is offered as the target, which the event keeps when the log is narrowed to it", () => {
  expect(entryValues(assigned)).toContainEqual({ key: "object", value: "permit:41", label: "P-2026-000041" });
  expect(entryValues(assigned)).toContainEqual({ key: "target", value: "user:4", label: "Ben Okoye" });
});

test("the open event narrows the log to its target, or leaves it out", () => {
  const asked: LogSearch[] = [];
  const filter = logFilter({ status: ["success"] }, (search) => asked.push(search));
  filter.apply("only", { field: "target", value: "user:4" });
  filter.apply("exclude", { field: "target", value: "user:4" });
  expect(asked).toEqual([
    { status: ["success"], target: ["user:4"] },
    { status: ["success"], "not.target": ["user:4"] },
  ]);
});
