import { expect, test } from "vitest";
import { objectPath } from "./object-path.ts";

const about = (type: string, id: string, more = {}) => ({
  object: { type, id },
  state: "pending" as const,
  event: "permit_delete",
  ...more,
});

test.each([
  ["permit", "7", { to: "/permits/7" }],
  ["role", "2", { to: "/roles/2" }],
  ["system_config", "event_type:permit_read", { to: "/events/permit_read" }],
  ["system_config", "retention.read", { to: "/settings", hash: "retention.read" }],
  ["alert_rule", "4", { to: "/alerts", search: { tab: "rules", rule: 4 } }],
  ["channel", "4", { to: "/alerts", search: { tab: "channels" } }],
  ["toString", "1", null],
])("a request about %s %s leads to %j", (type, id, path) => {
  expect(objectPath(about(type, id))).toEqual(path);
});

test("what is deleted has no page any more", () => {
  expect(objectPath(about("permit", "7", { state: "approved" }))).toBeNull();
  expect(objectPath(about("permit", "7", { state: "approved", event: "permit_cancel" }))).not.toBeNull();
  expect(objectPath({ ...about("permit", "7"), object: null })).toBeNull();
});
