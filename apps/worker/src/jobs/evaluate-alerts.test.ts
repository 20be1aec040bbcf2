import type { Changes } from "@countersign/audit/changes";
import type { EventDraft } from "@countersign/audit/draft";
import { listNewestAlertEvents } from "@countersign/db/alert-events";
import { listEvents } from "@countersign/db/events";
import { toLogEntry } from "@countersign/db/log-entry";
import { storeAllWaiting } from "@countersign/db/store";
import { inTransaction } from "@countersign/db/transaction";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type AlertOffice,
  permitDeleted as deleted,
  openAlertOffice,
  permitRead as read,
  signInFailed,
} from "../testing/alert-office.ts";
import { evaluateAlerts } from "./evaluate-alerts.ts";

let office: AlertOffice;
beforeEach(async () => {
  office = await openAlertOffice();
  await office.settle();
});
afterEach(() => office.end());

const minute = 60_000;
const due = () => office.database.admin.sql`select event_id from alert_due`;

test("a critical event leaves its row with the statement that stores it, and is told once", async () => {
  const [id] = await office.keep(deleted(), read(1));
  await office.settle();
  expect(await office.alerts()).toMatchObject([
    {
      rule: { name: "Critical events" },
      severity: "critical",
      state: "open",
      headline: "Ana Ruiz deleted P-2026-000041",
      count: 1,
      eventIds: [id],
    },
  ]);
  const [email] = await office.notifications();
  expect(email).toMatchObject({
    state: "due",
    channel: { name: "E-mail" },
    message: { kind: "alert", rule: "Critical events", count: 1, events: [{ id, severity: "critical" }] },
  });
  expect(await due()).toEqual([]);
  office.pass(60 * minute);
  await office.settle();
  expect(await office.notifications()).toHaveLength(1);
  const raised = (await listEvents(office.database.admin, { codes: ["sys_alert_raised"] }, null, 9)).map(toLogEntry);
  expect(raised).toMatchObject([
    {
      actor: { type: "platform" },
      object: { type: "alert_rule", label: "Critical events" },
      metadata: { count: 1, sent: ["E-mail"], held: [] },
    },
  ]);
});

test("invalid input is not told at once, a denied critical act is", async () => {
  await office.keep(deleted({ status: "failed", errorCode: "invalid_input", errorMessage: "no" }));
  await office.settle();
  expect(await office.alerts()).toEqual([]);
  await office.keep(deleted({ status: "denied", errorCode: "forbidden", errorMessage: "no" }));
  await office.settle();
  expect(await office.alerts()).toHaveLength(1);
});

test("a critical event is told at once although its type does not ask for it, and so is any event of a type that does", async () => {
  const { sql } = office.database.admin;
  await sql`update event_types set notify = (code = 'permit_read')`;
  const [critical, read1] = await office.keep(deleted(), read(1));
  await storeAllWaiting(office.database.worker);
  expect((await due()).map(({ event_id }) => event_id)).toEqual([critical, read1]);
});

test("what must be told waits in the database until a judge commits: one that fails on the way changes nothing", async () => {
  await office.keep(deleted());
  const { admin } = office.database;
  await admin.sql`alter table notifications add constraint broken check (key = '') not valid`;
  await expect(office.settle()).rejects.toThrow();
  expect(await due()).toHaveLength(1);
  expect(await office.alerts()).toEqual([]);
  const [rule] = (await office.rules()).filter(({ failure }) => failure !== null);
  expect(rule).toMatchObject({ name: "Critical events", failure: "it could not be judged (23514)" });
  await admin.sql`alter table notifications drop constraint broken`;
  await office.settle();
  const headlines = (await office.notifications()).map(({ message }) => message.headline);
  expect(headlines.sort()).toEqual([
    "Ana Ruiz deleted P-2026-000041",
    "Critical events could not be judged: it could not be judged (23514)",
  ]);
  expect((await office.rules()).filter(({ failure }) => failure !== null)).toEqual([]);
});

test("two workers that judge at once tell everything once", async () => {
  const other = evaluateAlerts({ ...office.deps, canMail: true });
  for (let round = 0; round < 5; round++) {
    await office.keep(deleted(), deleted());
    await Promise.all([office.settle(), other(new AbortController().signal)]);
    office.pass(30 * minute);
    await office.settle();
  }
  const counts = (await office.notifications()).map(({ message }) => message.count);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10);
});

test("10 000 critical events in a minute give a handful of messages that say how many they stand for", async () => {
  for (let part = 0; part < 20; part++) {
    await office.keep(...Array.from({ length: 500 }, () => deleted()));
    office.pass(3000);
    await office.settle();
  }
  for (let later = 0; later < 6; later++) {
    office.pass(10 * minute);
    await office.settle();
  }
  const messages = (await office.notifications()).map(({ message }) => message);
  expect(messages.length).toBeLessThan(5);
  expect(messages.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
  expect(messages[1]?.headline).toBe("Ana Ruiz deleted P-2026-000041, and 9998 more events since the last message");
  expect(await office.alerts()).toMatchObject([{ count: 10_000 }]);
}, 60_000);

test("the shipped rule for failed sign-ins speaks at the fifth from one network", async () => {
  for (let tries = 0; tries < 4; tries++) await office.keep(signInFailed("198.51.100.9"));
  await office.settle();
  expect(await office.alerts()).toEqual([]);
  await office.keep(signInFailed("198.51.100.10"), signInFailed("198.51.100.9"));
  await office.settle();
  expect(await office.alerts()).toMatchObject([
    { headline: "5 events within 10 minutes from 198.51.100.9", group: { by: "network", value: "198.51.100.9" } },
  ]);
});

test("retention that did not run for 26 hours is told once", async () => {
  for (let hour = 0; hour < 28; hour++) {
    office.pass(60 * minute);
    await office.settle();
  }
  expect((await office.alerts()).map(({ headline }) => headline)).toEqual(["Nothing happened for 26 hours"]);
});

test("an alert that somebody took note of stays as it is; what follows opens another", async () => {
  await office.keep(deleted());
  await office.settle();
  await office.database.admin.sql`update alerts set state = 'acknowledged'`;
  office.pass(20 * minute);
  await office.keep(deleted());
  await office.settle();
  expect((await office.alerts()).map(({ state, count }) => [state, count])).toEqual([
    ["acknowledged", 1],
    ["open", 1],
  ]);
});

test("quiet hours hold back what is not critical, and the digest lists it once", async () => {
  await office.set("notification.quiet_hours", { from: "11:00", to: "18:00" });
  await office.quiet();
  const plain = { atLeast: null, outside: null, cooldownMinutes: 0 };
  await office.addRule("Reads", {
    definition: { ...plain, filter: { codes: ["permit_read"] }, trigger: { kind: "each" } },
  });
  await office.settle();
  await office.keep(read(1), read(2), deleted());
  await office.settle();
  const states = (await office.notifications()).map(({ state, reason, message }) => [message.rule, state, reason]);
  expect(states.sort()).toEqual([
    ["Critical events", "due", null],
    ["Reads", "held", "quiet_hours"],
    ["Reads", "held", "quiet_hours"],
  ]);
  for (let hours = 0; hours < 50; hours++) {
    office.pass(60 * minute);
    await office.settle();
  }
  const digests = (await office.notifications()).filter(({ message }) => message.kind === "digest");
  expect(digests).toHaveLength(1);
  expect(digests[0]?.message.headline).toBe("2 messages were held back since the last digest");
  expect(digests[0]?.message.held).toHaveLength(2);
});

test("a digest goes out once a day, at its hour, through channels that are on, and tells of what each was not sent", async () => {
  const { sql } = office.database.admin;
  await office.set("notification.digest", "14:00");
  await office.set("notification.max_per_hour", 1);
  await office.set("notification.cooldown_minutes", 0);
  const pager = await office.addChannel("webhook", "Pager");
  await office.quiet();
  const told = async (count: number) => {
    await office.keep(...Array.from({ length: count }, () => deleted()));
    await office.settle();
  };
  const hours = async (count: number) => {
    office.pass(count * 60 * minute);
    await office.settle();
  };
  const digests = async () =>
    (await office.notifications())
      .filter(({ message }) => message.kind === "digest")
      .map(({ channel, message }) => [channel?.name, message.count, message.held?.length]);
  // The digest of this day is over: it is noon, and the hour was seven when the office opened.
  await told(3);
  await sql`update channels set enabled = false where id = ${pager}`;
  await hours(25);
  await told(3);
  expect(await digests()).toEqual([]);
  await hours(1);
  expect(await digests()).toEqual([["E-mail", 4, 4]]);
  await told(2);
  await sql`update channels set enabled = true where id = ${pager}`;
  await hours(9);
  expect(await digests()).toHaveLength(1);
  await hours(15);
  expect((await digests()).slice(1)).toEqual([
    ["E-mail", 1, 1],
    ["Pager", 2, 2],
  ]);
  await hours(24);
  expect(await digests()).toHaveLength(3);
});

test("who catches up with what happened long ago opens alerts, tells of each once and sends nothing", async () => {
  for (let hours = 0; hours < 3; hours++) {
    await office.keep(deleted());
    office.pass(60 * minute);
  }
  office.pass(25 * 60 * minute);
  await office.quiet();
  await office.settle();
  expect(await office.alerts()).toMatchObject([{ count: 3 }]);
  const messages = await office.notifications();
  expect(messages.slice(0, 3)).toEqual(Array(3).fill(expect.objectContaining({ state: "held", reason: "too_old" })));
  expect(messages.slice(3).map((one) => one.message.kind)).toEqual(["digest"]);
  const { sql } = office.database.admin;
  expect(await sql`select from event_log where code = 'sys_alert_raised'`).toHaveLength(1);
});

test("no channel gets more than the limit of an hour; what is more is held back", async () => {
  await office.set("notification.max_per_hour", 3);
  await office.set("notification.cooldown_minutes", 0);
  await office.keep(...Array.from({ length: 5 }, () => deleted()));
  await office.settle();
  expect((await office.notifications()).map(({ state, reason }) => reason ?? state)).toEqual([
    "due",
    "due",
    "due",
    "max_per_hour",
    "max_per_hour",
  ]);
});

test("the failure of a channel is not told through that channel", async () => {
  const webhook = await office.addChannel("webhook", "SIEM", {
    url: "https://siem.example.org/",
    secret: "whsec_AAAA",
  });
  await office.keep({
    code: "sys_notification_failed",
    status: "success",
    actor: { type: "platform" },
    source: "worker",
    object: { type: "channel", id: String(webhook), label: "SIEM" },
  });
  await office.settle();
  expect((await office.notifications()).map(({ channel }) => channel?.name)).toEqual(["E-mail"]);
});

test("whoever tries a channel is not told of as if it had been changed", async () => {
  await office.keep({
    code: "sys_channel_changed",
    status: "success",
    actor: { type: "user", id: "7", label: "Ana Ruiz" },
    source: "app",
    object: { type: "channel", id: "1", label: "E-mail" },
    metadata: { act: "sent a test" },
  });
  await office.settle();
  expect(await office.notifications()).toEqual([]);
});

test("that a channel is no longer told of critical events is told through it once more", async () => {
  const pager = await office.addChannel("webhook", "Pager", {
    url: "https://pager.example.org/",
    secret: "whsec_AAAA",
  });
  await office.database.admin.sql`update channels set is_default = false where id = ${pager}`;
  const change = (code: "sys_channel_changed" | "sys_rule_changed", id: string, changes: Changes) =>
    ({
      ...{ code, status: "success", actor: { type: "user", id: "7", label: "Ana Ruiz" }, source: "app" },
      object: { type: code === "sys_rule_changed" ? "alert_rule" : "channel", id, label: "it" },
      changes,
    }) as EventDraft;
  await office.keep(change("sys_channel_changed", String(pager), { default: { old: true, new: false } }));
  await office.settle();
  const told = async () => (await office.notifications()).map(({ channel }) => channel?.name).sort();
  expect(await told()).toEqual(["E-mail", "Pager"]);
  office.pass(60 * minute);
  await office.keep(change("sys_rule_changed", "1", { channels: { old: [pager], new: [] } }));
  await office.settle();
  expect(await told()).toEqual(["E-mail", "E-mail", "Pager", "Pager"]);
  office.pass(60 * minute);
  await office.keep(deleted());
  await office.settle();
  expect(await told()).toEqual(["E-mail", "E-mail", "E-mail", "Pager", "Pager"]);
});

const changed = async (name: string, change: { cooldown?: number; codes?: string[]; enabled?: boolean }) => {
  const { sql } = office.database.admin;
  const rule = (await office.rules()).find((one) => one.name === name)!;
  const definition = {
    ...rule.definition,
    ...(change.cooldown !== undefined && { cooldownMinutes: change.cooldown }),
    ...(change.codes && { filter: { codes: change.codes } }),
  };
  await sql`update alert_rules set definition = ${JSON.stringify(definition)}, enabled = ${change.enabled ?? true},
    version = version + 1 where id = ${rule.id}`;
};

test("a rule whose pause is changed while it gathers tells of all it gathered", async () => {
  await office.keep(deleted());
  await office.settle();
  office.pass(minute);
  await office.keep(deleted(), deleted());
  await office.settle();
  await changed("Critical events", { cooldown: 30 });
  await office.settle();
  office.pass(20 * minute);
  await office.settle();
  expect((await office.notifications()).map(({ message }) => message.count)).toEqual([1, 2]);
});

test.each([{ codes: ["permit_update"] }, { enabled: false }])(
  "a rule that is changed to %o while it gathers first tells of what it gathered",
  async (change) => {
    await office.quiet();
    const plain = { atLeast: null, outside: null, cooldownMinutes: null };
    const definition = { ...plain, filter: { codes: ["permit_read"] }, trigger: { kind: "each" as const } };
    await office.addRule("Reads", { definition });
    await office.settle();
    await office.keep(read(1));
    await office.settle();
    office.pass(minute);
    await office.keep(read(2), read(3));
    await office.settle();
    await changed("Reads", change);
    for (let times = 0; times < 3; times++) {
      office.pass(20 * minute);
      await office.settle();
    }
    expect((await office.notifications()).map(({ message }) => message.count)).toEqual([1, 2]);
  },
);

test("two groups that the same events fill are two messages", async () => {
  const tries = Array.from({ length: 5 }, () => ({
    ...signInFailed("198.51.100.9"),
    object: { type: "user", id: "7", label: "Ana Ruiz" } as const,
  }));
  await office.keep(...tries);
  await office.settle();
  expect((await office.notifications()).map(({ message }) => message.headline)).toEqual([
    "5 events within 10 minutes from 198.51.100.9",
    "5 events within 10 minutes on user Ana Ruiz",
  ]);
  const { sql } = office.database.admin;
  expect(await sql`select from event_log where code = 'sys_alert_raised'`).toHaveLength(2);
});

test("one critical type waits for no pause of another", async () => {
  await office.keep(deleted());
  await office.settle();
  await office.keep({
    code: "sys_verify_failed",
    status: "failed",
    actor: { type: "platform" },
    source: "worker",
    object: { type: "ledger", id: "log", label: "audit log" },
    errorCode: "tampered",
    errorMessage: "the log was changed",
  });
  await office.settle();
  expect((await office.notifications()).map(({ message, state }) => [message.count, state])).toEqual([
    [1, "due"],
    [1, "due"],
  ]);
});

test("a rule that cannot be judged is marked and told of once, and the others go on", async () => {
  await office.quiet();
  const { admin } = office.database;
  const plain = { atLeast: null, outside: null, cooldownMinutes: 0 };
  const definition = { ...plain, filter: { codes: ["permit_read"] }, trigger: { kind: "each" as const } };
  const broken = await office.addRule("Broken", { definition });
  await office.addRule("Reads", { definition });
  await admin.sql`alter table alert_rule_states add constraint broken check (rule_id <> ${admin.sql.unsafe(String(broken.id))})`;
  for (let times = 0; times < 3; times++) {
    await office.keep(read(times), deleted());
    await office.settle();
    await admin.sql`update alert_rules set failed_at = failed_at - interval '1 hour' where failed_at is not null`;
  }
  const told = (await office.notifications()).map(({ message }) => message.rule);
  expect(told.filter((rule) => rule === "Reads")).toHaveLength(3);
  expect(told).not.toContain("Broken");
  const { sql } = admin;
  expect(await sql`select from event_log where code = 'sys_rule_failed'`).toHaveLength(1);
  const marked = async () => (await office.rules()).flatMap(({ name, failure }) => (failure ? [[name, failure]] : []));
  expect(await marked()).toEqual([["Broken", "it could not be judged (23514)"]]);
  await admin.sql`alter table alert_rule_states drop constraint broken`;
  await admin.sql`update alert_rules set failing_since = failing_since - interval '3 hours', failed_at = failed_at - interval '2 hours' where id = ${broken.id}`;
  office.pass(minute);
  await office.settle();
  expect(await marked()).toEqual([]);
});

test("what passes while a rule cannot be judged, it judges once it can, and takes none of it for silence", async () => {
  await office.quiet();
  const { admin } = office.database;
  const plain = { atLeast: null, outside: null, cooldownMinutes: 0, filter: { codes: ["permit_read"] } };
  const each = await office.addRule("Reads", { definition: { ...plain, trigger: { kind: "each" } } });
  const silence = await office.addRule("Silence", {
    definition: { ...plain, trigger: { kind: "absence", minutes: 45 } },
  });
  const counted = async (name: string) =>
    (await office.notifications()).filter(({ message }) => message.rule === name).length;
  await office.settle();
  const ids = admin.sql.unsafe(`${each.id}, ${silence.id}`);
  await admin.sql`alter table alert_rule_states add constraint broken check (rule_id not in (${ids})) not valid`;
  for (let times = 0; times < 6; times++) {
    await office.keep(read(times), read(times + 1));
    office.pass(10 * minute);
    await office.settle();
  }
  expect([await counted("Reads"), await counted("Silence")]).toEqual([0, 0]);
  // More than one look takes in: it comes after the others in steps.
  for (let part = 0; part < 5; part++) await office.keep(...Array.from({ length: 500 }, () => deleted()));
  await office.keep(read(99));
  await office.settle();
  const behind = async () => (await admin.sql`select behind from alert_rules where behind is not null`).length;
  expect(await behind()).toBe(2);
  await admin.sql`alter table alert_rule_states drop constraint broken`;
  await admin.sql`update alert_rules set failed_at = failed_at - interval '1 hour' where failed_at is not null`;
  await office.keep(read(100));
  office.pass(minute);
  await office.settle();
  expect([await counted("Reads"), await counted("Silence")]).toEqual([14, 0]);
  expect(await behind()).toBe(0);
  office.pass(50 * minute);
  await office.settle();
  expect([await counted("Reads"), await counted("Silence")]).toEqual([14, 1]);
});

test("a digest that cannot be written stops neither the rules nor the digests of other channels, and comes later", async () => {
  await office.set("notification.quiet_hours", { from: "11:00", to: "18:00" });
  await office.quiet();
  const plain = { atLeast: null, outside: null, cooldownMinutes: 0, filter: { codes: ["permit_read"] } };
  await office.addRule("Reads", { definition: { ...plain, trigger: { kind: "each" } } });
  const pager = await office.addChannel("webhook", "Pager", { url: "https://pager.example.org/" });
  await office.settle();
  await office.keep(read(1));
  await office.settle();
  const { sql } = office.database.admin;
  await sql`alter table notifications add constraint broken check (channel_id <> ${sql.unsafe(String(pager))} or message->>'kind' <> 'digest') not valid`;
  office.pass(20 * 60 * minute);
  await office.keep(read(2));
  await office.settle();
  office.pass(minute);
  await office.settle();
  const told = async () =>
    (await office.notifications()).map(({ channel, message }) => `${message.rule} ${channel?.name}`).sort();
  expect(await told()).toEqual(["Digest E-mail", "Reads E-mail", "Reads E-mail", "Reads Pager", "Reads Pager"]);
  await sql`alter table notifications drop constraint broken`;
  office.pass(minute);
  await office.settle();
  expect((await told()).filter((one) => one.startsWith("Digest"))).toEqual(["Digest E-mail", "Digest Pager"]);
});

test("without a channel that is switched on the message is held where it is to be seen", async () => {
  await office.database.admin.sql`update channels set enabled = false`;
  await office.keep(deleted());
  await office.settle();
  expect(await office.notifications()).toMatchObject([{ channel: null, state: "held", reason: "no_channel" }]);
});

test("a message says how many were held back before it", async () => {
  await office.set("notification.max_per_hour", 2);
  await office.set("notification.cooldown_minutes", 0);
  await office.keep(deleted(), deleted(), deleted(), deleted());
  await office.settle();
  office.pass(61 * minute);
  await office.keep(deleted());
  await office.settle();
  expect((await office.notifications()).map(({ message }) => message.heldBefore)).toEqual([
    undefined,
    undefined,
    undefined,
    1,
    2,
  ]);
});

const decider = async (name: string): Promise<number> => {
  const { sql } = office.database.admin;
  const add = async (who: string): Promise<number> => {
    const [user] = await sql<{ id: number }[]>`
      insert into users (email, name, username, username_folded)
      values (${`${who}@example.org`}, ${who}, ${who}, ${who}) returning id::int as id`;
    return Number(user?.id);
  };
  const id = await add(name);
  await add(`not-${name}`);
  const [role] = await sql`insert into roles (name, name_folded) values ('D', 'd') returning id`;
  await sql`insert into role_features (role_id, feature) values (${role?.id}, 'approvals.decide')`;
  await sql`insert into user_roles (user_id, role_id) values (${id}, ${role?.id})`;
  return id;
};
const emergency: EventDraft<"sys_break_glass"> = {
  code: "sys_break_glass",
  status: "success",
  actor: { type: "platform" },
  source: "command",
  object: { type: "system", id: "approve-alone", label: "approve-alone" },
  notes: "nobody else is here",
};
const mailedTo = () => office.database.admin.sql`select channel_name, recipients from notifications order by id`;

test("the emergency command is mailed to everybody who decides, beside whom the channel names", async () => {
  const dora = await decider("dora");
  await office.database.admin.sql`update channels set recipients = '["office@example.org"]'`;
  await office.addChannel("webhook", "SIEM", { url: "https://siem.example.org/" });
  await office.keep(emergency);
  await office.settle();
  expect(await mailedTo()).toEqual([
    { channel_name: "E-mail", recipients: ["office@example.org", dora] },
    { channel_name: "SIEM", recipients: null },
  ]);
});

test("where the office mails nothing by itself, the emergency command is mailed to who decides, and to nobody else", async () => {
  const dora = await decider("dora");
  await office.database.admin.sql`update channels set is_default = false, recipients = '["office@example.org"]'`;
  await office.addChannel("webhook", "SIEM", { url: "https://siem.example.org/" });
  await office.keep(deleted());
  await office.settle();
  expect(await mailedTo()).toEqual([{ channel_name: "SIEM", recipients: null }]);
  office.pass(60 * minute);
  await office.keep(emergency);
  await office.settle();
  expect((await mailedTo()).slice(1)).toEqual([
    { channel_name: "SIEM", recipients: null },
    { channel_name: "E-mail", recipients: [dora] },
  ]);
});

test("what is told at once and is no emergency command goes to whom the channel names alone", async () => {
  await decider("dora");
  await office.keep(deleted());
  await office.settle();
  expect(await mailedTo()).toEqual([{ channel_name: "E-mail", recipients: null }]);
});

test("a new rule learns from the newest events of the log", async () => {
  const { deps, database } = office;
  await office.keep(read(1), read(2), read(3));
  await office.settle();
  const range = { fromMs: deps.now() - minute, toMs: deps.now() + minute };
  const { definition } = await office.addRule("Reads", {
    definition: {
      filter: { codes: ["permit_read"] },
      trigger: { kind: "each" },
      atLeast: null,
      outside: null,
      cooldownMinutes: 0,
    },
  });
  const newest = await listNewestAlertEvents(database.worker, definition, range, 2);
  expect(newest.map(({ object }) => object?.id)).toEqual(["2", "3"]);
});

test("a rule that is changed goes on with what it would have known", async () => {
  await office.quiet();
  const rule = await office.addRule("Changed", {
    definition: {
      filter: { codes: ["permit_read"], not: { actors: ["user:2"] } },
      trigger: { kind: "threshold", count: 3, minutes: 60, groupBy: ["actor"] },
      atLeast: null,
      outside: null,
      cooldownMinutes: null,
    },
  });
  await office.settle();
  await office.keep(read(1), read(1));
  office.pass(minute);
  await office.settle();
  await inTransaction(
    office.database.admin,
    (tx) => tx.sql`update alert_rules set version = version + 1 where id = ${rule.id}`,
  );
  await office.keep(read(1));
  await office.settle();
  expect(await office.alerts()).toMatchObject([{ rule: { name: "Changed" }, count: 3 }]);
});
