import { shippedRules } from "@countersign/audit/alerts/shipped-rules";
import { raiseAlert } from "@countersign/db/alerts";
import { listChannels } from "@countersign/db/channels";
import { insertNotification, type Notification } from "@countersign/db/notifications";
import { inTransaction } from "@countersign/db/transaction";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { seedShippedAlerts } from "../setup.ts";
import { createTestApi, type Person, type TestApi } from "../testing.ts";

let api: TestApi;
let manager: Person;
beforeAll(async () => {
  api = await createTestApi();
  await inTransaction(api.database.admin, (tx) => seedShippedAlerts(tx, new Date().toISOString()));
  manager = await api.person(["alerts.read", "alerts.manage", "audit.read", "permits.create", "permits.read"], "Mia");
});
afterAll(() => api.close());

let made = 0;
let name: string;
beforeEach(() => {
  name = `Rule ${++made}`;
});

const each = { filter: { codes: ["permit_read"] }, trigger: { kind: "each" as const } };
const newest = async (code: string) => (await api.stored({ codes: [code] })).at(-1);
const channelNamed = async (name: string) =>
  (await listChannels(api.database.admin, 100)).find((channel) => channel.name === name);
const refusal = (reason: string, rule?: string) => ({
  data: { reason, ...(rule !== undefined && { fields: [expect.objectContaining({ rule })] }) },
});

test("an office starts with its rules and a channel that mails to whom the settings name", async () => {
  const { items } = await manager.trpc.alerts.rules.query();
  expect(items.filter(({ shipped }) => shipped !== null).map(({ shipped }) => shipped)).toEqual(
    Object.keys(shippedRules),
  );
  const { items: channels, canMail } = await manager.trpc.alerts.channels.query();
  expect(channels[0]).toMatchObject({ name: "E-mail", kind: "email", recipients: null, isDefault: true });
  expect(canMail).toBe(false);
});

test("a rule is made, changed and removed, and each is an event that says what differs", async () => {
  const { rule, receipt } = await manager.trpc.alerts.createRule.mutate({ name, definition: each });
  expect(receipt).not.toBe(null);
  expect(rule).toMatchObject({
    name,
    enabled: true,
    channelIds: [],
    definition: { ...each, atLeast: null, outside: null },
  });
  expect(await newest("sys_rule_changed")).toMatchObject({
    status: "success",
    object: { type: "alert_rule", id: String(rule.id), label: name },
    changes: { name: { old: null, new: name } },
  });
  const { rule: changed } = await manager.trpc.alerts.updateRule.mutate({
    ruleId: rule.id,
    version: 1,
    enabled: false,
    reason: "noise",
  });
  expect(changed).toMatchObject({ enabled: false, version: 2 });
  expect(await newest("sys_rule_changed")).toMatchObject({
    changes: { enabled: { old: true, new: false } },
    notes: "noise",
  });
  const same = await manager.trpc.alerts.updateRule.mutate({
    ruleId: rule.id,
    version: 2,
    enabled: false,
    definition: each,
  });
  expect(same).toMatchObject({ outcome: "no_change", receipt: null });
  await expect(
    manager.trpc.alerts.updateRule.mutate({ ruleId: rule.id, version: 1, name: "Other" }),
  ).rejects.toMatchObject(refusal("stale_version"));
  expect(await newest("sys_rule_changed")).toMatchObject({ status: "failed", object: { label: name } });
  await manager.trpc.alerts.deleteRule.mutate({ ruleId: rule.id, version: 2 });
  await expect(manager.trpc.alerts.deleteRule.mutate({ ruleId: rule.id, version: 2 })).rejects.toMatchObject(
    refusal("not_found"),
  );
});

test("the rule for critical events takes channels and a pause, nothing else; shipped ones are not removed", async () => {
  const { items } = await manager.trpc.alerts.rules.query();
  const [atOnce, signIns] = items;
  if (atOnce === undefined || signIns === undefined) throw new Error("no rules");
  const { id: ruleId, version } = atOnce;
  await expect(manager.trpc.alerts.updateRule.mutate({ ruleId, version, enabled: false })).rejects.toMatchObject(
    refusal("locked"),
  );
  await expect(manager.trpc.alerts.updateRule.mutate({ ruleId, version, definition: each })).rejects.toMatchObject(
    refusal("locked"),
  );
  await expect(manager.trpc.alerts.deleteRule.mutate({ ruleId, version })).rejects.toMatchObject(refusal("shipped"));
  await expect(
    manager.trpc.alerts.deleteRule.mutate({ ruleId: signIns.id, version: signIns.version }),
  ).rejects.toMatchObject(refusal("shipped"));
  const definition = { ...each, filter: {}, atLeast: null, cooldownMinutes: 3 } as const;
  // It says nothing of what it looks for, which any other rule of this kind must.
  await expect(manager.trpc.alerts.updateRule.mutate({ ruleId, version, definition })).rejects.toMatchObject(
    refusal("invalid_input"),
  );
  const channel = await channelNamed("E-mail");
  const { rule } = await manager.trpc.alerts.updateRule.mutate({
    ruleId,
    version,
    channelIds: [channel?.id ?? 0],
    cooldownMinutes: 3,
  });
  expect(rule).toMatchObject({ channelIds: [channel?.id], definition: { filter: {}, cooldownMinutes: 3 } });
  await manager.trpc.alerts.updateRule.mutate({ ruleId, version: rule!.version, channelIds: [] });
});

test.each([
  ["nothing that narrows", { ...each, filter: {} }, "everything"],
  ["an unknown code", { ...each, filter: { codes: ["no_such"] } }, "invalid_value"],
  ["an unknown member", { ...each, filter: { day: 1 } }, "unknown_field"],
  ["no network", { ...each, filter: { networks: ["10.0.0.1/8"] } }, "network"],
  [
    "a threshold of one",
    { filter: {}, trigger: { kind: "threshold", count: 1, minutes: 5, groupBy: [] } },
    "too_small",
  ],
  [
    "a group twice",
    { filter: {}, trigger: { kind: "threshold", count: 2, minutes: 5, groupBy: ["actor", "actor"] } },
    "repeated",
  ],
  ["no such hour", { ...each, outside: { from: "24:00", to: "07:00", days: [1] } }, "invalid_format"],
  ["an hour of no length", { ...each, outside: { from: "07:00", to: "07:00", days: [1] } }, "same_as_from"],
  ["a trigger of another kind", { filter: {}, trigger: { kind: "sometimes" } }, "invalid_union"],
])("a rule with %s is refused", async (_, definition, rule) => {
  const answer = await manager.post("/api/alert-rules", { name, definition });
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ error: { code: "invalid_input" } });
  expect(JSON.stringify(await newest("sys_rule_changed"))).toContain(rule);
});

test("a name stands once, whatever its case, and a channel must exist", async () => {
  await manager.trpc.alerts.createRule.mutate({ name, definition: each });
  const again = { name: name.toUpperCase(), definition: each };
  await expect(manager.trpc.alerts.createRule.mutate(again)).rejects.toMatchObject(refusal("name_taken"));
  const lost = { name: `${name} b`, definition: each, channelIds: [987_654] };
  await expect(manager.trpc.alerts.createRule.mutate(lost)).rejects.toMatchObject(
    refusal("invalid_input", "no_such_channel"),
  );
});

test("what signs a webhook is shown once, and stands in no list, event or row that the api can read", async () => {
  const { channel, secret } = await manager.trpc.alerts.createChannel.mutate({
    kind: "webhook",
    name: "SIEM",
    url: "https://siem.example.org/in",
  });
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const rotated = await manager.trpc.alerts.rotateSecret.mutate({
    channelId: channel.id,
    version: 1,
    overlapHours: 24,
  });
  expect(rotated.secret).not.toBe(secret);
  const [row] = await api.database.admin
    .sql`select secret, old_secret, old_secret_until > now() as overlaps from channels where id = ${channel.id}`;
  const { open } = api.services.channelSecrets;
  expect([open(channel.id, row?.secret), open(channel.id, row?.old_secret)]).toEqual([rotated.secret, secret]);
  expect([row?.overlaps, `${row?.secret} ${row?.old_secret}`]).toEqual([true, expect.not.stringContaining("whsec")]);
  const told = JSON.stringify([await manager.trpc.alerts.channels.query(), await api.stored(), api.logged]);
  for (const hidden of [secret, rotated.secret]) expect(told).not.toContain(String(hidden).slice(6));
  expect(await newest("sys_channel_changed")).toMatchObject({
    changes: { hidden_part: { new: "another, not shown" } },
  });
  await expect(api.database.api.sql`select secret from channels`).rejects.toMatchObject({ code: "42501" });
  await expect(api.database.api.sql`select old_secret from channels`).rejects.toMatchObject({ code: "42501" });
  const sharp = await manager.trpc.alerts.rotateSecret.mutate({ channelId: channel.id, version: 2, overlapHours: 0 });
  expect(sharp.channel.oldSecretUntil).toBe(null);
  const [after] = await api.database.admin.sql`select old_secret from channels where id = ${channel.id}`;
  expect(after).toEqual({ old_secret: null });
});

test("of a chat, whose address is its secret, only the host is shown", async () => {
  const url = "https://hooks.example.org/services/T0/B0/very-secret-part";
  const { channel, secret } = await manager.trpc.alerts.createChannel.mutate({ kind: "chat", name: "Chat", url });
  expect([channel.url, secret]).toEqual(["https://hooks.example.org", null]);
  const { channel: renamed } = await manager.trpc.alerts.updateChannel.mutate({
    channelId: channel.id,
    version: 1,
    name: "Office chat",
  });
  expect(renamed?.name).toBe("Office chat");
  const [row] = await api.database.admin.sql`select secret from channels where id = ${channel.id}`;
  expect(row?.secret).not.toContain("hooks.example.org");
  expect(api.services.channelSecrets.open(channel.id, row?.secret)).toBe(url);
  const next = "https://hooks.example.net/services/T0/B0/very-secret-part-too";
  await manager.trpc.alerts.updateChannel.mutate({ channelId: channel.id, version: 2, url: next });
  const [moved] = await api.database.admin.sql`select secret, old_secret from channels where id = ${channel.id}`;
  expect(moved).toEqual({ secret: expect.not.stringContaining("hooks.example"), old_secret: null });
  expect(api.services.channelSecrets.open(channel.id, moved?.secret)).toBe(next);
  expect(JSON.stringify(await api.stored())).not.toContain("very-secret-part");
});

test.each([
  ["http://siem.example.org/", "https"],
  ["https://u:p@siem.example.org/", "user_info"],
  ["https://127.1/", "private_address"],
  ["https://2130706433/", "private_address"],
  ["https://[::ffff:169.254.169.254]/", "private_address"],
  ["https://inside.invalid/", "private_address"],
  ["https://siem.example.org:25/", "port"],
  ["file:///etc/passwd", "https"],
  ["http://office.example/in", "https"],
  ["nothing", "address"],
])("a channel to %s is refused (%s), when it is made and when it is changed", async (url, rule) => {
  const make = { kind: "webhook", name: `To ${url}`.slice(0, 100), url } as const;
  await expect(manager.trpc.alerts.createChannel.mutate(make)).rejects.toMatchObject(refusal("invalid_input", rule));
  const siem = await channelNamed("SIEM");
  const change = { channelId: siem?.id ?? 0, version: siem?.version ?? 0, url };
  await expect(manager.trpc.alerts.updateChannel.mutate(change)).rejects.toMatchObject(refusal("invalid_input", rule));
  expect((await channelNamed("SIEM"))?.url).toBe("https://siem.example.org/in");
});

test("a host that the operator named may be inside the house", async () => {
  const made = await manager.trpc.alerts.createChannel.mutate({
    kind: "webhook",
    name: "Inside",
    url: "http://siem.internal:9000/in",
  });
  expect(made.channel.url).toBe("http://siem.internal:9000/in");
});

test("mail goes to single addresses and active users, and to nothing else", async () => {
  const gone = await api.person([], "Gone");
  await api.database.admin.sql`update users set status = 'inactive' where id = ${gone.id}`;
  const make = (recipients: (number | string)[]) =>
    manager.trpc.alerts.createChannel.mutate({ kind: "email", name, recipients });
  for (const wrong of [
    "a@example.org, b@example.org",
    "Ana <a@example.org>",
    "a@example.org\r\nBcc: b@example.org",
    "group:a@example.org;",
    "",
  ]) {
    await expect(make([wrong])).rejects.toMatchObject(refusal("invalid_input"));
  }
  await expect(make([])).rejects.toMatchObject(refusal("invalid_input"));
  await expect(make([gone.id])).rejects.toMatchObject(refusal("invalid_input", "not_an_active_user"));
  expect((await make([manager.id, "soc@example.org"])).channel.recipients).toEqual([manager.id, "soc@example.org"]);
});

test("a channel that a rule sends through is not removed", async () => {
  const channel = await channelNamed("Inside");
  const channelId = channel?.id ?? 0;
  await manager.trpc.alerts.createRule.mutate({ name, definition: each, channelIds: [channelId] });
  const { version } = channel ?? { version: 0 };
  await expect(manager.trpc.alerts.deleteChannel.mutate({ channelId, version })).rejects.toMatchObject(
    refusal("in_use"),
  );
});

const raise = async (count = 1, group = "x"): Promise<number> => {
  const raised = await inTransaction(api.database.worker, (tx) =>
    raiseAlert(tx, {
      rule: { id: 1, name: "Critical events" },
      severity: "critical",
      headline: "Ana deleted it",
      group: { by: null, value: group, label: "" },
      count,
      eventIds: [],
      at: new Date().toISOString(),
    }),
  );
  return raised.id;
};

test("taking note of an alert is an event and tells who did; what came meanwhile is not taken note of unseen", async () => {
  const alertId = await raise(1, name);
  const before = (await manager.trpc.alerts.open.query()).count;
  const { items } = await manager.trpc.alerts.list.query({});
  const version = items.find(({ id }) => id === alertId)?.version ?? 0;
  await raise(4, name);
  await expect(manager.trpc.alerts.acknowledge.mutate({ alertId, version })).rejects.toMatchObject(
    refusal("stale_version"),
  );
  const { alert: seen } = await manager.trpc.alerts.get.query({ alertId });
  expect(seen.count).toBe(5);
  const { alert } = await manager.trpc.alerts.acknowledge.mutate({
    alertId,
    version: seen.version,
    note: "I look into it",
  });
  expect(alert).toMatchObject({
    state: "acknowledged",
    notes: [{ by: { id: manager.id, name: "Mia" }, text: "I look into it" }],
  });
  expect((await manager.trpc.alerts.open.query()).count).toBe(before - 1);
  expect(await newest("sys_alert_acknowledged")).toMatchObject({
    status: "success",
    object: { type: "alert_rule", id: "1", label: "Critical events" },
    changes: { state: { old: "open", new: "acknowledged" } },
    notes: "I look into it",
  });
  await expect(manager.trpc.alerts.acknowledge.mutate({ alertId, version: alert.version })).rejects.toMatchObject(
    refusal("already_done"),
  );
  const { alert: closed } = await manager.trpc.alerts.close.mutate({ alertId, version: alert.version });
  expect(closed.state).toBe("closed");
  await expect(manager.trpc.alerts.close.mutate({ alertId, version: closed.version })).rejects.toMatchObject(
    refusal("already_done"),
  );
  expect(await raise(1, name)).not.toBe(alertId);
});

test("of twenty who take note of an alert at once, one does", async () => {
  const alertId = await raise(1, name);
  const { version } = (await manager.trpc.alerts.get.query({ alertId })).alert;
  const done = await Promise.allSettled(
    Array.from({ length: 20 }, () => manager.trpc.alerts.acknowledge.mutate({ alertId, version })),
  );
  expect(done.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect((await manager.trpc.alerts.get.query({ alertId })).alert.notes).toHaveLength(1);
});

test("a test leaves a marked message for the worker", async () => {
  const siem = await channelNamed("SIEM");
  const { deliveryId } = await manager.trpc.alerts.testChannel.mutate({ channelId: siem?.id ?? 0 });
  const { delivery } = await manager.trpc.alerts.delivery.query({ deliveryId });
  expect(delivery).toMatchObject({
    state: "due",
    message: { kind: "test", headline: expect.stringContaining("test") },
  });
  expect(await newest("sys_channel_changed")).toMatchObject({ metadata: { act: "sent a test" }, changes: null });
  await manager.trpc.alerts.updateChannel.mutate({
    channelId: siem?.id ?? 0,
    version: siem?.version ?? 0,
    enabled: false,
  });
  await expect(manager.trpc.alerts.testChannel.mutate({ channelId: siem?.id ?? 0 })).rejects.toMatchObject(
    refusal("switched_off"),
  );
});

test("a message that was given up or held back is sent again, one that was sent is not", async () => {
  const channel = await channelNamed("E-mail");
  if (channel === undefined) throw new Error("no channel");
  const message = {
    kind: "alert",
    severity: "high",
    rule: "R",
    headline: "H",
    at: "2026-11-30T09:00:00Z",
    count: 1,
    events: [],
    gatheredUntil: null,
    alertId: null,
  } as const;
  const insert = async (key: string, state: Notification["state"]) => {
    const id = await insertNotification(api.database.worker, {
      key,
      alertId: null,
      channel,
      state: "held",
      reason: "quiet_hours",
      message,
      at: message.at,
    });
    await api.database.admin.sql`update notifications set state = ${state}, attempts = 9 where id = ${id ?? 0}`;
    return id ?? 0;
  };
  for (const state of ["held", "failed"] as const) {
    const deliveryId = await insert(`${name} ${state}`, state);
    expect((await manager.trpc.alerts.sendAgain.mutate({ deliveryId })).delivery).toMatchObject({
      state: "due",
      reason: null,
      // Else the next try, should this one fail, would wait as long as after nine.
      attempts: 0,
    });
  }
  for (const state of ["sent", "due"] as const) {
    const deliveryId = await insert(`${name} ${state}`, state);
    await expect(manager.trpc.alerts.sendAgain.mutate({ deliveryId })).rejects.toMatchObject(refusal("not_needed"));
  }
  const { items } = await manager.trpc.alerts.deliveries.query({ channelId: channel.id, state: "sent" });
  expect(items).toHaveLength(1);
});

test("a back-test tells what a rule would have sent, and is an event of its own", async () => {
  for (let number = 0; number < 3; number++)
    await manager.trpc.permits.create.mutate({ type: "event", holderName: "Ada" });
  await api.stored();
  const definition = {
    filter: { codes: ["permit_create"], statuses: ["success"] },
    trigger: { kind: "each" as const },
  };
  api.clock.move(60_000);
  const tested = await manager.trpc.alerts.backTest.query({ definition, days: 7 });
  expect(tested).toMatchObject({
    days: 7,
    events: 3,
    messages: 1,
    held: { quiet_hours: 0, max_per_hour: 0 },
    first: [{ count: 1, heldBy: null, headline: expect.stringMatching(/^Mia /) }],
  });
  expect(tested.byDay.reduce((sum, { events }) => sum + events, 0)).toBe(3);
  expect(tested.byDay.length).toBeGreaterThanOrEqual(7);
  expect(await newest("audit_view_logs")).toMatchObject({ actor: { id: String(manager.id) }, status: "success" });
});

test("a back-test of what is told at once looks at critical events and the types that notify", async () => {
  const able = await api.person(["permits.create", "permits.delete", "alerts.manage", "audit.read"]);
  const { permit } = await able.trpc.permits.create.mutate({ type: "event", holderName: "Ada" });
  const definition = { filter: {}, trigger: { kind: "each" as const } };
  const counted = async () => {
    await api.stored();
    api.clock.move(60_000);
    return (await able.trpc.alerts.backTest.query({ definition, days: 7, atOnce: true })).events;
  };
  // What was done to rules and channels above is of a type that notifies.
  const before = await counted();
  expect(before).toBeGreaterThan(0);
  await able.trpc.permits.delete.mutate({ permitId: permit.id, reason: "entered twice" });
  expect(await counted()).toBe(before + 1);
});

test("only whoever may manage alerts changes rules and channels; reading and taking note take less", async () => {
  const reader = await api.person(["alerts.read"]);
  const alertId = await raise(1, name);
  const { version } = (await reader.trpc.alerts.get.query({ alertId })).alert;
  expect((await reader.trpc.alerts.acknowledge.mutate({ alertId, version })).alert.state).toBe("acknowledged");
  await expect(reader.trpc.alerts.createRule.mutate({ name, definition: each })).rejects.toMatchObject(
    refusal("forbidden"),
  );
  expect(await newest("sys_rule_changed")).toMatchObject({ status: "denied", actor: { id: String(reader.id) } });
});

test("what a rule looks for is set, and tried, only by who may read the log", async () => {
  const blind = await api.person(["alerts.read", "alerts.manage"]);
  const { rule } = await manager.trpc.alerts.createRule.mutate({ name, definition: each });
  await expect(blind.trpc.alerts.createRule.mutate({ name: `${name} b`, definition: each })).rejects.toMatchObject(
    refusal("forbidden"),
  );
  expect(await newest("sys_rule_changed")).toMatchObject({ status: "denied", actor: { id: String(blind.id) } });
  await expect(blind.trpc.alerts.backTest.query({ definition: each, days: 7 })).rejects.toMatchObject(
    refusal("forbidden"),
  );
  expect(await newest("audit_view_logs")).toMatchObject({ status: "denied", actor: { id: String(blind.id) } });
  const named = { ruleId: rule.id, version: rule.version };
  await expect(blind.trpc.alerts.updateRule.mutate({ ...named, definition: each })).rejects.toMatchObject(
    refusal("forbidden"),
  );
  const { rule: paused } = await blind.trpc.alerts.updateRule.mutate({ ...named, cooldownMinutes: 5, enabled: false });
  expect(paused).toMatchObject({ enabled: false, definition: { ...each, cooldownMinutes: 5 } });
});

test("the log itself goes out only where somebody who may export it said so", async () => {
  const exporter = await api.person(["alerts.read", "alerts.manage", "audit.read", "audit.export"]);
  const url = "https://siem.example.org/in";
  const stream = { format: "ocsf" as const, filter: { codes: ["permit_delete"] }, from: "beginning" as const };
  const input = { kind: "stream" as const, name, url, stream };
  await expect(manager.trpc.alerts.createChannel.mutate(input)).rejects.toMatchObject(refusal("forbidden"));
  const { channel, secret } = await exporter.trpc.alerts.createChannel.mutate(input);
  expect([channel.stream?.format, channel.stream?.filter, secret?.startsWith("whsec_")]).toEqual([
    "ocsf",
    { codes: ["permit_delete"] },
    true,
  ]);
  expect(await newest("sys_channel_changed")).toMatchObject({
    changes: { format: { new: "ocsf" }, filter: { new: { codes: ["permit_delete"] } }, from: { new: "beginning" } },
  });
  const named = { channelId: channel.id, version: 1 };
  for (const change of [{ url: "https://mine.example.org/in" }, { stream }]) {
    await expect(manager.trpc.alerts.updateChannel.mutate({ ...named, ...change })).rejects.toMatchObject(
      refusal("forbidden"),
    );
  }
  await expect(manager.trpc.alerts.rotateSecret.mutate(named)).rejects.toMatchObject(refusal("forbidden"));
  const { channel: off } = await manager.trpc.alerts.updateChannel.mutate({ ...named, enabled: false });
  await expect(
    manager.trpc.alerts.updateChannel.mutate({ ...named, version: off!.version, enabled: true }),
  ).rejects.toMatchObject(refusal("forbidden"));
  await expect(
    exporter.trpc.alerts.createRule.mutate({ name: `${name} rule`, definition: each, channelIds: [channel.id] }),
  ).rejects.toMatchObject(refusal("invalid_input", "no_such_channel"));
  for (const wrong of [
    { ...input, name: `${name} b`, isDefault: true },
    { ...input, name: `${name} b`, kind: "webhook" as const },
    { ...input, name: `${name} b`, stream: undefined },
  ]) {
    await expect(exporter.trpc.alerts.createChannel.mutate(wrong)).rejects.toMatchObject(refusal("invalid_input"));
  }
});
