import { expect, test } from "vitest";
import { eventCodes, eventType, statuses } from "./catalogue.ts";
import { changesBetween } from "./changes.ts";
import { type SentenceEntry, sentenceOf, sentenceText } from "./sentence.ts";

const ana = { type: "user", id: "7", label: "Ana Ruiz" };
const permit = { type: "permit", id: "41", label: "P-2026-000041" };
const approved: SentenceEntry = {
  code: "permit_approve",
  status: "success",
  actor: ana,
  object: permit,
  changes: { status: { old: "pending", new: "active" } },
};
const text = (more: Partial<SentenceEntry>) => sentenceText({ ...approved, ...more });

test("one change stands in the sentence, and its pieces say what they are", () => {
  expect(sentenceOf(approved)).toEqual([
    { kind: "actor", text: "Ana Ruiz", type: "user", id: "7" },
    { kind: "text", text: " approved " },
    { kind: "object", text: "P-2026-000041", type: "permit", id: "41" },
    { kind: "text", text: ": " },
    { kind: "change", text: "status pending to active" },
  ]);
});
test.each<[string, Partial<SentenceEntry>, string]>([
  ["no changes leave their part out", { changes: {} }, "Ana Ruiz approved P-2026-000041"],
  [
    "several changes are counted",
    { changes: changesBetween({ a: 1, b: 2, c: 3 }, { a: 2, b: 3, c: 4 }) },
    "Ana Ruiz approved P-2026-000041: 3 fields",
  ],
  [
    "a failure says why",
    { status: "failed", errorMessage: "The permit is not pending." },
    "Ana Ruiz tried to approve P-2026-000041: The permit is not pending.",
  ],
  [
    "what is made is added, not changed in six fields",
    {
      code: "sys_channel_changed",
      object: { type: "channel", id: "2", label: "Pager" },
      changes: changesBetween(null, { name: "Pager", kind: "webhook", enabled: true }),
    },
    "Ana Ruiz added the channel Pager",
  ],
  [
    "what is gone is removed",
    {
      code: "sys_rule_changed",
      object: { type: "alert_rule", id: "2", label: "Nights" },
      changes: changesBetween({ name: "Nights", enabled: true }, null),
    },
    "Ana Ruiz removed the rule Nights",
  ],
  [
    "a new name is a change",
    {
      code: "sys_rule_changed",
      object: { type: "alert_rule", id: "2", label: "Nights" },
      changes: changesBetween({ name: "Nights" }, { name: "Late" }),
    },
    "Ana Ruiz changed the rule Nights: name Nights to Late",
  ],
  [
    "a test is an act through a channel",
    {
      code: "sys_channel_changed",
      object: { type: "channel", id: "2", label: "Pager" },
      changes: null,
      metadata: { act: "sent a test" },
    },
    "Ana Ruiz sent a test through the channel Pager",
  ],
  ["a failure without a message stops there", { status: "failed" }, "Ana Ruiz tried to approve P-2026-000041"],
  ["a denial is a refusal", { status: "denied" }, "Ana Ruiz was refused permission to approve P-2026-000041"],
  ["a request is not done yet", { status: "pending" }, "Ana Ruiz asked to approve P-2026-000041; not done yet"],
  [
    "an object without label has its type and id",
    { object: { type: "permit", id: "41" } },
    "Ana Ruiz approved permit 41: status pending to active",
  ],
  ["no object at all is that type of thing", { object: null, changes: null }, "Ana Ruiz approved a permit"],
  [
    "nobody signed in is said so",
    { actor: { type: "anonymous" }, status: "denied" },
    "Somebody not signed in was refused permission to approve P-2026-000041",
  ],
  ["the platform has a name", { actor: { type: "platform" }, changes: null }, "Countersign approved P-2026-000041"],
  [
    "an actor without label begins with a capital",
    { actor: { type: "api_key", id: "3" }, changes: null },
    "API key 3 approved P-2026-000041",
  ],
  [
    "a label is left as it is",
    { actor: { type: "user", id: "1", label: "ben" }, changes: null },
    "ben approved P-2026-000041",
  ],
  [
    "an object may begin",
    { code: "sys_permit_expired", object: { type: "permit", id: "41" }, changes: null },
    "Permit 41 expired",
  ],
  ["reason", { code: "permit_delete", notes: "entered twice" }, "Ana Ruiz deleted P-2026-000041: entered twice"],
  [
    "target",
    { code: "permit_assign", target: { type: "user", id: "9", label: "Ben Okoye" } },
    "Ana Ruiz assigned P-2026-000041 to Ben Okoye",
  ],
  ["a target that is missing", { code: "permit_assign" }, "Ana Ruiz assigned P-2026-000041 to a user"],
  [
    "two optional parts",
    {
      code: "document_delete",
      object: { type: "document", id: "3", label: "plan.pdf" },
      target: permit,
      notes: "wrong file",
    },
    "Ana Ruiz deleted plan.pdf from P-2026-000041: wrong file",
  ],
  [
    "the right that was wanting",
    {
      code: "sys_access_denied",
      status: "denied",
      object: { type: "procedure", id: "users.list", label: "users.list" },
      metadata: { feature: "users.read" },
    },
    "Ana Ruiz was refused permission to see users and their activity (users.list)",
  ],
  [
    "a refusal that names no right",
    {
      code: "sys_access_denied",
      status: "denied",
      object: { type: "procedure", id: "users.list", label: "users.list" },
      metadata: null,
    },
    "Ana Ruiz was refused permission to call something (users.list)",
  ],
  ["sign-in", { code: "user_login", object: null, ip: "192.0.2.1" }, "Ana Ruiz signed in from 192.0.2.1"],
  [
    "failed sign-in of a user",
    {
      code: "user_login",
      status: "failed",
      actor: { type: "anonymous" },
      object: { type: "user", id: "7", label: "ana" },
      errorMessage: "Wrong password",
    },
    "Somebody not signed in tried to sign in as ana: Wrong password",
  ],
  [
    "failed sign-in of nobody",
    { code: "user_login", status: "failed", actor: { type: "anonymous" }, object: null },
    "Somebody not signed in tried to sign in",
  ],
  [
    "values of metadata",
    { code: "permit_export", metadata: { count: 41, format: "CSV" } },
    "Ana Ruiz exported 41 permits as CSV",
  ],
  [
    "filter and repeats",
    { code: "audit_view_logs", metadata: { filter: "status denied", count: 38 } },
    "Ana Ruiz viewed the audit log: status denied 38 times",
  ],
  [
    "reads that followed a first one",
    { code: "permit_read", metadata: { count: 9, from: "2026-11-23T10:00:00Z", until: "2026-11-23T10:04:00Z" } },
    "Ana Ruiz viewed P-2026-000041 9 more times",
  ],
  [
    "a single read that followed a first one",
    { code: "permit_read", metadata: { count: 1, from: "2026-11-23T10:00:00Z", until: "2026-11-23T10:04:00Z" } },
    "Ana Ruiz viewed P-2026-000041 once more",
  ],
  [
    "a filter of several members",
    { code: "audit_view_logs", metadata: { filter: { days: 7, severities: ["high", "critical"], objectId: "41" } } },
    "Ana Ruiz viewed the audit log: the last 7 days, severity high or critical, about 41",
  ],
  ["no filter at all", { code: "audit_view_logs", metadata: { filter: {} } }, "Ana Ruiz viewed the audit log"],
  ["a single view", { code: "permit_read", metadata: { count: 1 } }, "Ana Ruiz viewed P-2026-000041"],
  ["a retired code", { code: "permit_stamp" }, "Ana Ruiz did “permit stamp” on P-2026-000041"],
  [
    "a retired code, failed",
    { code: "permit_stamp", status: "failed", object: null },
    "Ana Ruiz tried to do “permit stamp”",
  ],
  ["a code that is a method", { code: "toString", object: null }, "Ana Ruiz did “toString”"],
  [
    "a value that looks like a placeholder",
    { code: "permit_delete", notes: "{actor} [x]" },
    "Ana Ruiz deleted P-2026-000041: {actor} [x]",
  ],
  [
    "a long reason is cut at a code point",
    { code: "permit_delete", notes: "😀".repeat(300) },
    `Ana Ruiz deleted P-2026-000041: ${"😀".repeat(199)}…`,
  ],
])("%s", (_, more, expected) => {
  expect(text(more)).toBe(expected);
});

const change = (old: unknown, next: unknown, field = "site_note") =>
  text({ changes: changesBetween({ [field]: old }, { [field]: next }) }).split(": ")[1];
test.each([
  [null, "north gate", "site note set to north gate"],
  ["north gate", null, "site note north gate removed"],
  ["a", "", "site note a to an empty text"],
  [false, true, "site note no to yes"],
  [["a", "b"], ["a", "c"], "site note + c, − b"],
  [[], ["a", "b", "c", "d"], "site note 0 entries to 4 entries"],
  [{ a: 1 }, { a: 2 }, "site note details to details"],
  [{ id: "7", label: "Ana" }, { id: "9", label: "Ben" }, "site note Ana to Ben"],
  ["a", { sha256: "x", bytes: 9000, head: "b" }, "site note a to a long text"],
  ["x".repeat(61), "b", `site note ${"x".repeat(59)}… to b`],
  ["[redacted:token]", "[redacted:token] ", "site note changed, not shown"],
])("%j to %j reads %s", (old, next, expected) => {
  expect(change(old, next)).toBe(expected);
});
test("fields have their words", () => {
  expect(change("2026-12-31", "2027-12-31", "valid_to")).toBe("last valid day 2026-12-31 to 2027-12-31");
  expect(change(1, 2, "maxFailures")).toBe("max failures 1 to 2");
});

test.each(eventCodes.flatMap((code) => statuses.map((status) => [code, status] as const)))(
  "%s, %s, makes a sentence with and without its parts",
  (code, status) => {
    const { objectType, targetType } = eventType(code);
    const bare = sentenceText({ code, status, actor: ana });
    const full = sentenceText({
      code,
      status,
      actor: ana,
      object: { type: objectType, id: "1", label: "OBJECT" },
      target: targetType && { type: targetType, id: "2", label: "TARGET" },
      changes: approved.changes,
      notes: "REASON",
      errorMessage: "ERROR",
      ip: "192.0.2.1",
      metadata: Object.fromEntries(
        "count format filter request decision result held duration position anchor version"
          .split(" ")
          .map((name) => [name, name]),
      ),
    });
    for (const sentence of [bare, full]) {
      expect(sentence).toMatch(/^\S.*\S$/);
      expect(sentence).not.toMatch(/[{}[\]]|undefined|null| {2}|: *$/);
    }
  },
);
