import { expect, test } from "vitest";
import { eventCodes, eventType, statuses } from "../catalogue.ts";
import { codeOfType, isUriReference, objectOfSubject, toCloudEvent } from "./cloudevents.ts";
import { eventFormatNames, eventFormats, type LoggedEvent } from "./index.ts";
import { toOcsf } from "./ocsf.ts";

const logged = (over: Partial<LoggedEvent> = {}): LoggedEvent => ({
  id: "01a20668-b8fb-7cc3-98c4-dc0c0c07398f",
  code: "permit_approve",
  name: "Permit approved",
  category: "permit",
  severity: "high",
  status: "success",
  occurredAt: "2026-11-23T14:02:07.123Z",
  receivedAt: "2026-11-23T14:02:07.456Z",
  actor: { type: "user", id: "3", label: "Ana Ruiz", roles: ["Supervisor"] },
  object: { type: "permit", id: "41", label: "P-2026-000041" },
  target: null,
  changes: { status: { old: "pending", new: "active" } },
  errorMessage: null,
  notes: null,
  ip: "192.0.2.7",
  userAgent: "Mozilla/5.0",
  requestMethod: "POST",
  endpoint: "/trpc/permits.approve",
  requestId: "r_1",
  source: "app",
  approvalId: null,
  metadata: null,
  leafHash: "ab".repeat(32),
  ...over,
});
const origin = "https://permits.office.example";

test("an act on a permit is an API activity, with who, from where, on what and how it ended", () => {
  expect(toOcsf(logged())).toMatchObject({
    class_uid: 6003,
    category_uid: 6,
    activity_id: 3,
    type_uid: 600_303,
    type_name: "API Activity: Update",
    time: Date.UTC(2026, 10, 23, 14, 2, 7, 123),
    severity_id: 4,
    status_id: 1,
    message: "Ana Ruiz approved P-2026-000041: status pending to active",
    metadata: { version: "1.6.0", uid: logged().id, event_code: "permit_approve" },
    actor: { user: { type_id: 1, uid: "3", name: "Ana Ruiz", groups: [{ name: "Supervisor" }] } },
    src_endpoint: { ip: "192.0.2.7" },
    api: { operation: "permit_approve", request: { uid: "r_1" } },
    resources: [{ type: "permit", uid: "41", name: "P-2026-000041" }],
    http_request: { http_method: "POST", url: { path: "/trpc/permits.approve" } },
    unmapped: { outcome: "success", changes: { status: { old: "pending", new: "active" } } },
  });
});

const ben = { type: "user", id: "7", label: "Ben Okoye" };
test.each<[string, Partial<LoggedEvent>, number, number]>([
  ["user_create", { object: ben }, 3001, 1],
  ["user_activate", { object: ben }, 3001, 2],
  ["user_change_password", { object: ben }, 3001, 3],
  ["user_change_password", { object: ben, metadata: { reset: true } }, 3001, 4],
  ["user_deactivate", { object: ben }, 3001, 5],
  ["user_delete", { object: ben }, 3001, 6],
  ["user_update", { object: ben }, 3001, 99],
  ["user_login", { object: ben }, 3002, 1],
  ["user_logout", { object: ben }, 3002, 2],
  ["role_assign_user", { object: { type: "role", id: "2", label: "Clerk" }, target: ben }, 3005, 1],
  ["role_revoke_user", { object: { type: "role", id: "2", label: "Clerk" }, target: ben }, 3005, 2],
])("%s with %j is class %i, activity %i, about the user it happened to", (code, over, classUid, activity) => {
  const event = toOcsf(logged({ code, ...over }));
  expect(event).toMatchObject({
    class_uid: classUid,
    activity_id: activity,
    type_uid: classUid * 100 + activity,
    user: { uid: "7", name: "Ben Okoye" },
  });
  if (classUid === 3005) expect(event).toMatchObject({ privileges: ["Clerk"] });
});

test("a refusal is a failure that still says it was a refusal, and what is not done yet is neither", () => {
  const denied = toOcsf(logged({ status: "denied", errorMessage: "This needs a feature." }));
  expect(denied).toMatchObject({
    status_id: 2,
    status_detail: "This needs a feature.",
    unmapped: { outcome: "denied" },
  });
  expect(toOcsf(logged({ status: "pending" }))).toMatchObject({ status_id: 99, status: "pending" });
});

test("what the schema has no activity for is Other, by its own name, and never the next best one", () => {
  const event = toOcsf(logged({ code: "sys_clock_skewed", name: "Clock skewed" }));
  expect(event).toMatchObject({ activity_id: 99, activity_name: "Clock skewed", type_name: "API Activity: Other" });
  expect(toOcsf(logged({ code: "from_a_later_version", name: "x" })).activity_id).toBe(99);
});

test("every type of event, however it ended, has what its class requires, without a person or an address", () => {
  const nobody = { type: "anonymous", id: null, label: null, roles: [] };
  for (const code of eventCodes) {
    for (const status of statuses) {
      const { name, category, severity } = eventType(code);
      const bare = { actor: nobody, object: null, changes: null, ip: null, requestId: null, userAgent: null };
      const event: Record<string, unknown> = toOcsf(logged({ code, name, category, severity, status, ...bare }));
      const required = ["activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"];
      const more = event.class_uid === 6003 ? ["actor", "api", "src_endpoint"] : ["user"];
      for (const member of [...required, ...more]) expect([code, member, event[member]]).not.toContain(undefined);
      expect(event.src_endpoint).toEqual({ name: "app" });
    }
  }
});

test("a CloudEvent of ours reads back as the same code, object and event", () => {
  const event = toCloudEvent(logged(), { origin });
  expect(codeOfType(event.type)).toBe("permit_approve");
  expect(objectOfSubject(String(event.subject))).toEqual({ type: "permit", id: "41" });
  expect(isUriReference(event.source)).toBe(true);
  expect(event).toMatchObject({ specversion: "1.0", id: logged().id, time: logged().occurredAt, source: origin });
  expect(event.data).toMatchObject({ severity: "high", actor: { label: "Ana Ruiz" } });
  expect(event.data).not.toHaveProperty("notes");
  expect(toCloudEvent(logged({ object: null }), { origin })).not.toHaveProperty("subject");
});

test("each format writes plain JSON", () => {
  for (const name of eventFormatNames) {
    const written = eventFormats[name].write(logged(), { origin });
    expect(JSON.parse(JSON.stringify(written))).toEqual(written);
  }
});
