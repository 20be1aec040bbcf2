import type { AlertMessage } from "@countersign/audit/alerts/message";
import { lookBackMs, replay } from "@countersign/audit/alerts/replay";
import type { RuleDefinition } from "@countersign/audit/alerts/rule";
import type { EventDraft } from "@countersign/audit/draft";
import { listAlertEvents, listAtOnceEvents } from "@countersign/db/alert-events";
import { readSettings } from "@countersign/db/system-config";
import { channelSecrets } from "@countersign/service/channel-secrets";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sendingOf } from "../alerts/raise.ts";
import { channelSenders } from "../channels/index.ts";
import {
  type AlertOffice,
  permitDeleted as deleted,
  openAlertOffice,
  permitRead as read,
} from "../testing/alert-office.ts";
import { behaviours, startReceiver } from "../testing/receivers.ts";
import { deliverMessages } from "./deliver-messages.ts";

let office: AlertOffice;
beforeEach(async () => {
  office = await openAlertOffice();
  await office.settle();
});
afterEach(() => office.end());

const minute = 60_000;

const golden: Record<string, RuleDefinition> = {
  each: {
    filter: { codes: ["permit_read"] },
    trigger: { kind: "each" },
    atLeast: null,
    outside: null,
    cooldownMinutes: 15,
  },
  threshold: {
    filter: { codes: ["permit_read"], not: { actors: ["user:2"] } },
    trigger: { kind: "threshold", count: 3, minutes: 60, groupBy: ["actor"] },
    atLeast: null,
    outside: { from: "13:00", to: "13:30", days: [1, 2, 3, 4, 5, 6, 7] },
    cooldownMinutes: null,
  },
  "two groups": {
    filter: { codes: ["permit_read"] },
    trigger: { kind: "threshold", count: 2, minutes: 30, groupBy: ["actor", "object"] },
    atLeast: null,
    outside: null,
    cooldownMinutes: 20,
  },
  first_seen: {
    filter: { codes: ["permit_read"] },
    trigger: { kind: "first_seen", days: 1 },
    atLeast: null,
    outside: null,
    cooldownMinutes: 15,
  },
  absence: {
    filter: { actors: ["user:1"] },
    trigger: { kind: "absence", minutes: 45 },
    atLeast: null,
    outside: null,
    cooldownMinutes: null,
  },
};

type Told = [at: string, count: number, severity: string, heldBy: string | null, events: readonly string[]];

const byTime = (left: Told, right: Told): number => String(left).localeCompare(String(right));

/** What a rule sent or held back. */
const sentBy = async (name: string): Promise<Told[]> =>
  (await office.notifications())
    .filter(({ message }) => message.rule === name)
    .map(({ at, state, reason, message }): Told => {
      const ids = message.events.map(({ id }) => id);
      return [at, message.count, message.severity, state === "held" ? reason : null, ids];
    })
    .sort(byTime);

const forecastOf = async (definition: RuleDefinition, fromMs: number, isAtOnce = false): Promise<Told[]> => {
  const { deps, database } = office;
  const settings = await readSettings(database.worker);
  const range = { fromMs, toMs: deps.now() - 5000 };
  const learning = { ...range, fromMs: fromMs - lookBackMs(definition) };
  const events = isAtOnce
    ? await listAtOnceEvents(database.worker, range, 10_000)
    : await listAlertEvents(database.worker, definition, learning, 10_000);
  const judging = { ...sendingOf(settings), cooldownMinutes: settings["notification.cooldown_minutes"] };
  return replay(definition, events, range, judging)
    .messages.map(
      ({ atMs, count, severity, heldBy, eventIds }): Told => [
        new Date(atMs).toISOString(),
        count,
        severity,
        heldBy,
        [...eventIds],
      ],
    )
    .sort(byTime);
};

/** Days of work, looked at by the worker now and then. */
const work = async (
  draftOf: (number: number) => EventDraft,
  look = async (): Promise<void> => undefined,
): Promise<void> => {
  let seed = 7;
  for (let step = 0; step < 150; step++) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    await office.keep(...Array.from({ length: seed % 3 }, (_, at) => draftOf(seed % (11 + at))));
    office.pass((seed % 13) * minute + 1);
    if (seed % 5 !== 0) continue;
    await office.settle();
    await look();
  }
  office.pass(120 * minute);
  await office.settle();
  await look();
};

test.each(Object.entries(golden))(
  "the forecast of a back-test equals what is sent (%s)",
  async (_, definition) => {
    await office.quiet();
    await office.set("notification.max_per_hour", 2);
    await office.set("notification.quiet_hours", { from: "20:00", to: "22:00" });
    await office.addRule("Golden", { definition });
    await office.settle();
    const fromMs = office.deps.now();
    await work(read);
    const sent = await sentBy("Golden");
    expect(sent.length).toBeGreaterThan(5);
    expect(await forecastOf(definition, fromMs)).toEqual(sent);
  },
  60_000,
);

test("the forecast of a back-test equals what is sent at once", async () => {
  await office.quiet();
  await office.set("notification.max_per_hour", 3);
  const fromMs = office.deps.now();
  // One that is critical, one that notifies, two that are neither judged nor sent, and one of another kind.
  await office.database.admin.sql`update event_types set notify = false where code = 'permit_delete'`;
  const by = { status: "success", actor: { type: "user", id: "7", label: "Ana Ruiz" }, source: "app" } as const;
  const drafts: EventDraft[] = [
    { ...deleted(), code: "user_delete", object: { type: "user", id: "9", label: "Ben" } },
    deleted(),
    deleted({ status: "failed", errorCode: "invalid_input", errorMessage: "no" }),
    { ...by, code: "sys_rule_changed", object: { type: "alert_rule", id: "2", label: "Reads" } },
    {
      ...{ ...by, code: "sys_channel_changed", object: { type: "channel", id: "1", label: "E-mail" } },
      metadata: { act: "sent a test" },
    },
  ];
  const draftOf = (number: number): EventDraft => drafts[number % (drafts.length + 1)] ?? read(number);
  await work(draftOf);
  const sent = await sentBy("Critical events");
  const [rule] = await office.rules();
  expect(sent.length).toBeGreaterThan(5);
  expect(await forecastOf(rule!.definition, fromMs, true)).toEqual(sent);
}, 60_000);

/** What a rule looks for instead, from some moment on. */
const edits: Record<string, [before: RuleDefinition, after: RuleDefinition]> = {
  "another filter": [
    golden.each!,
    { ...golden.each!, filter: { codes: ["permit_read"], not: { actors: ["user:1"] } } },
  ],
  "another number": [
    golden.threshold!,
    { ...golden.threshold!, trigger: { kind: "threshold", count: 2, minutes: 90, groupBy: ["actor"] } },
  ],
  "events instead of what is new": [golden.first_seen!, golden["two groups"]!],
  "what is new instead of events": [golden["two groups"]!, golden.first_seen!],
  "silence instead of events": [golden.each!, golden.absence!],
};

test.each(Object.entries(edits))(
  "from an edit on the forecast of the new rule equals what is sent (%s)",
  async (_, [before, after]) => {
    await office.quiet();
    await office.addRule("Golden", { definition: before });
    const { sql } = office.database.admin;
    let looks = 0;
    let edit: { ms: number; told: Set<string> } | null = null;
    const draftOf = (number: number) => read(edit !== null && number % 2 === 0 ? number + 21 : number);
    await work(draftOf, async () => {
      looks += 1;
      if (looks !== 12) return;
      await sql`update alert_rules set definition = ${JSON.stringify(after)}, version = version + 1 where name = 'Golden'`;
      await office.settle();
      edit = { ms: office.deps.now() - 5000, told: new Set((await sentBy("Golden")).map(String)) };
    });
    const { ms: fromMs, told } = edit ?? { ms: 0, told: new Set() };
    const sent = (await sentBy("Golden")).filter((one) => !told.has(String(one)));
    expect(sent.length).toBeGreaterThan(3);
    expect(await forecastOf(after, fromMs)).toEqual(sent);
  },
  60_000,
);

test("what a receiver gets are the messages of the forecast that are not held back, each once", async () => {
  const receiver = await startReceiver(behaviours.accept);
  const outbound = {
    privateHosts: [receiver.host],
    ownOrigin: "https://permits.example.org",
    now: () => Date.now(),
    lookup: async () => [{ address: "127.0.0.1", family: 4 }],
    secrets: channelSecrets(Buffer.alloc(32, 1)),
  };
  const senders = channelSenders(outbound, { mail: null } as never);
  const context = { office: "Office", origin: outbound.ownOrigin, timeZone: "UTC", checkpoint: null };
  const { run, settle } = deliverMessages(office.deps, senders, async () => context);
  await office.quiet();
  await office.set("notification.max_per_hour", 2);
  await office.set("notification.quiet_hours", { from: "20:00", to: "22:00" });
  const definition = golden["two groups"]!;
  const channel = await office.addChannel("webhook", "Pager", { url: receiver.url, isDefault: false });
  await office.addRule("Golden", { definition, channelIds: [channel] });
  await office.settle();
  const fromMs = office.deps.now();
  await work(read, async () => {
    await run(new AbortController().signal);
    await settle();
  });
  const got = receiver.received
    .map(({ body }) => (JSON.parse(body) as { data: AlertMessage }).data)
    .filter(({ kind }) => kind === "alert")
    .map(({ at, count, severity, events }): Told => [at, count, severity, null, events.map(({ id }) => id)])
    .sort(byTime);
  const forecast = await forecastOf(definition, fromMs);
  expect(forecast.some(([, , , heldBy]) => heldBy !== null)).toBe(true);
  expect(got.length).toBeGreaterThan(5);
  expect(got).toEqual(forecast.filter(([, , , heldBy]) => heldBy === null));
  await receiver.close();
}, 60_000);
