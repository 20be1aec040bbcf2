import type { Feature } from "@countersign/audit/features";
import { inTransaction } from "@countersign/db/transaction";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seedShippedAlerts } from "../setup.ts";
import { createTestApi, type Person, refusalOf, type TestApi } from "../testing.ts";

let api: TestApi;
let ada: Person;
let bo: Person;
const rights: Feature[] = [
  "alerts.read",
  "alerts.manage",
  "audit.read",
  "audit.export",
  "approvals.read",
  "approvals.decide",
];
beforeAll(async () => {
  api = await createTestApi();
  await inTransaction(api.database.admin, (tx) => seedShippedAlerts(tx, new Date().toISOString()));
  ada = await api.person(rights, "Ada");
  bo = await api.person(rights, "Bo");
});
afterAll(() => api.close());

const reason = "too loud";
const approve = async (answer: { outcome: string; request?: { id: number } | undefined }) => {
  const requestId = answer.request?.id ?? 0;
  const { request } = await bo.trpc.approvals.get.query({ requestId });
  return bo.trpc.approvals.approve.mutate({ requestId, sha256: request.sha256 });
};
const ruleNamed = async (shipped: string) =>
  (await ada.trpc.alerts.rules.query({})).items.find((rule) => rule.shipped === shipped)!;
const channelOf = async (id: number) =>
  (await ada.trpc.alerts.channels.query({})).items.find((channel) => channel.id === id);

test("the rule for critical events gets a longer pause by two, and a shorter one by one", async () => {
  const { id: ruleId, version } = await ruleNamed("at_once");
  const longer = { ruleId, version, cooldownMinutes: 1440 };
  expect(await refusalOf(ada.trpc.alerts.updateRule.mutate(longer))).toMatchObject({
    fields: [{ path: "reason", rule: "required_for_approval" }],
  });
  const asked = await ada.trpc.alerts.updateRule.mutate({ ...longer, reason });
  expect([asked.outcome, (await ruleNamed("at_once")).version]).toEqual(["pending", version]);
  expect(await approve(asked)).toMatchObject({ request: { state: "approved" } });
  expect((await ruleNamed("at_once")).definition.cooldownMinutes).toBe(1440);
  const shorter = { ruleId, version: version + 1, cooldownMinutes: 1 };
  expect(await ada.trpc.alerts.updateRule.mutate(shorter)).toMatchObject({ outcome: "done" });
});

test("a shipped rule is switched off by two, one of the office's own by one", async () => {
  const shipped = (await ada.trpc.alerts.rules.query({})).items.find((rule) => rule.shipped !== "at_once")!;
  const off = { ruleId: shipped.id, version: shipped.version, enabled: false, reason };
  expect(await ada.trpc.alerts.updateRule.mutate(off)).toMatchObject({ outcome: "pending" });
  const definition = { filter: { codes: ["permit_read"] }, trigger: { kind: "each" as const } };
  const { rule } = await ada.trpc.alerts.createRule.mutate({ name: "Own", definition });
  const own = { ruleId: rule.id, version: rule.version };
  expect(await ada.trpc.alerts.updateRule.mutate({ ...own, enabled: false })).toMatchObject({ outcome: "done" });
});

test("a default channel is taken away by two, and told of as critical settings are", async () => {
  const { channel } = await ada.trpc.alerts.createChannel.mutate({
    ...{ kind: "webhook", name: "Pager", url: "https://pager.example.org/in", isDefault: true },
  });
  const named = { channelId: channel.id, version: channel.version, reason };
  for (const change of [{ isDefault: false }, { enabled: false }, { url: "https://mine.example.org/in" }]) {
    expect(await ada.trpc.alerts.updateChannel.mutate({ ...named, ...change })).toMatchObject({ outcome: "pending" });
  }
  expect(await channelOf(channel.id)).toMatchObject({ isDefault: true, enabled: true });
  expect(await approve(await ada.trpc.alerts.deleteChannel.mutate(named))).toMatchObject({
    request: { state: "approved" },
  });
  expect(await channelOf(channel.id)).toBe(undefined);
});

const added = async (name: string, more: { isDefault?: boolean } = {}) => {
  const url = `https://${name.toLowerCase()}.example.org/in`;
  return (await ada.trpc.alerts.createChannel.mutate({ kind: "webhook", name, url, ...more })).channel;
};
const outcomeOf = async (change: Promise<{ outcome: string }>) => (await change).outcome;

test("a shipped rule sends through fewer channels, or looks for something else, by two", async () => {
  const [one, two, three] = [await added("One"), await added("Two"), await added("Three")];
  const atOnce = async (...channelIds: number[]) => {
    const { id: ruleId, version } = await ruleNamed("at_once");
    return ada.trpc.alerts.updateRule.mutate({ ruleId, version, channelIds, reason });
  };
  expect(await approve(await atOnce(one.id, two.id))).toMatchObject({ request: { state: "approved" } });
  expect(await outcomeOf(atOnce(one.id))).toBe("pending");
  expect(await outcomeOf(atOnce(one.id, three.id))).toBe("pending");
  expect(await outcomeOf(atOnce())).toBe("pending");
  expect((await ruleNamed("at_once")).channelIds).toEqual([one.id, two.id]);
  expect(await outcomeOf(atOnce(one.id, two.id, three.id))).toBe("done");
  const off = (id: number, version: number) =>
    ada.trpc.alerts.updateChannel.mutate({ channelId: id, version, enabled: false, reason });
  expect(await outcomeOf(off(three.id, three.version))).toBe("pending");
  const unnamed = await added("Four");
  expect(await outcomeOf(off(unnamed.id, unnamed.version))).toBe("done");
  const {
    id: ruleId,
    version,
    definition,
  } = (await ada.trpc.alerts.rules.query({})).items.find(
    ({ definition: { trigger } }) => trigger.kind === "threshold",
  )!;
  const other = { ...definition, filter: { codes: ["permit_read"] } };
  const looks = ada.trpc.alerts.updateRule.mutate({ ruleId, version, definition: other as never, reason });
  expect(await outcomeOf(looks)).toBe("pending");
});

test("mail goes to fewer people, and the log to a stream otherwise, by two", async () => {
  const recipients = ["ana@example.org", "ben@example.org"];
  const made = await ada.trpc.alerts.createChannel.mutate({ kind: "email", name: "Mail", recipients, isDefault: true });
  const { channel: lake } = await ada.trpc.alerts.createChannel.mutate({
    ...{ kind: "stream", name: "Lake", url: "https://lake.example.org/in" },
    stream: { format: "ocsf", filter: {} },
  });
  const change = async (id: number, given: object) => {
    const version = (await channelOf(id))?.version ?? 0;
    return outcomeOf(ada.trpc.alerts.updateChannel.mutate({ channelId: id, version, reason, ...given }));
  };
  // Null is whom the office names, which is nobody here.
  const fewer = [recipients.slice(0, 1), ["ana@example.org", "eve@example.org"], null];
  for (const given of fewer) expect(await change(made.channel.id, { recipients: given })).toBe("pending");
  expect(await change(made.channel.id, { recipients: [...recipients, "eve@example.org"] })).toBe("done");
  for (const given of [
    { enabled: false },
    { url: "https://mine.example.org/in" },
    { stream: { format: "ocsf", filter: { codes: ["permit_read"] } } },
    { stream: { format: "ocsf", filter: {}, from: "now" } },
  ]) {
    expect(await change(lake.id, given), JSON.stringify(given)).toBe("pending");
  }
  for (const given of [
    { stream: { format: "cloudevents", filter: {} } },
    { stream: { format: "cloudevents", filter: {}, from: "beginning" } },
  ]) {
    expect(await change(lake.id, given), JSON.stringify(given)).toBe("done");
  }
});

test("to decide where the log goes takes the right to export it, and what a rule looks for the right to read it", async () => {
  const { channel } = await ada.trpc.alerts.createChannel.mutate({
    ...{ kind: "stream", name: "Sea", url: "https://sea.example.org/in" },
    stream: { format: "ocsf", filter: {} },
  });
  const { id: channelId, version } = channel;
  const moved = await ada.trpc.alerts.updateChannel.mutate({
    ...{ channelId, version, reason, url: "https://mine.example.org/in" },
  });
  const rule = (await ada.trpc.alerts.rules.query({})).items.find(
    ({ definition }) => definition.trigger.kind === "absence",
  )!;
  const definition = { filter: { codes: ["permit_read"] }, trigger: { kind: "each" as const } };
  const other = await ada.trpc.alerts.updateRule.mutate({ ruleId: rule.id, version: rule.version, definition, reason });
  const waiting: [Parameters<typeof approve>[0], Feature][] = [
    [moved, "audit.export"],
    [other, "audit.read"],
  ];
  for (const [asked, needed] of waiting) {
    const half = await api.person(
      rights.filter((right) => right !== needed),
      `Without ${needed}`,
    );
    const requestId = asked.request?.id ?? 0;
    const { request, deciders } = await half.trpc.approvals.get.query({ requestId });
    expect(deciders.map(({ name }) => name)).not.toContain(`Without ${needed}`);
    const decide = half.trpc.approvals.approve.mutate({ requestId, sha256: request.sha256 });
    expect(await refusalOf(decide)).toMatchObject({ httpStatus: 403 });
    expect(await approve(asked)).toMatchObject({ request: { state: "approved" } });
  }
});

test("the address of a chat stands in no request: what would have to wait is refused", async () => {
  const { channel } = await ada.trpc.alerts.createChannel.mutate({
    ...{ kind: "chat", name: "Chat", url: "https://chat.example.org/hidden-part", isDefault: true },
  });
  const moved = { channelId: channel.id, version: channel.version, url: "https://chat.example.org/other-part", reason };
  for (const change of [moved, { ...moved, askApproval: true }]) {
    expect(await refusalOf(ada.trpc.alerts.updateChannel.mutate(change))).toMatchObject({ reason: "approval_needed" });
  }
  const requests = await api.database.admin.sql`select from approval_request where input like '%other-part%'`;
  expect(requests).toEqual([]);
});

test("what answers a secret never waits, although the type of its event does", async () => {
  await api.database.admin.sql`update event_types set approval = 'required' where code = 'sys_channel_changed'`;
  await api.services.eventTypes.refresh();
  const made = await ada.trpc.alerts.createChannel.mutate({
    ...{ kind: "webhook", name: "Other", url: "https://other.example.org/in" },
  });
  expect(made).toMatchObject({ outcome: "done", secret: expect.any(String) });
  const named = { channelId: made.channel.id, version: made.channel.version };
  expect(await ada.trpc.alerts.rotateSecret.mutate(named)).toMatchObject({ outcome: "done" });
  const renamed = { ...named, version: named.version + 1, name: "Others", reason };
  expect(await ada.trpc.alerts.updateChannel.mutate(renamed)).toMatchObject({ outcome: "pending" });
});
