import { createHash, randomBytes } from "node:crypto";
import { eventType } from "@countersign/audit/catalogue";
import type { EventDraft } from "@countersign/audit/draft";
import { createRecorder } from "@countersign/audit/recorder";
import { monotonicIds } from "@countersign/audit/uuid7";
import { type AlertRule, insertAlertRule, listAlertRules, seedAlerts } from "@countersign/db/alert-rules";
import { type Alert, alertStates, listAlerts } from "@countersign/db/alerts";
import { syncEventTypes } from "@countersign/db/event-types";
import { listNotifications, type Notification } from "@countersign/db/notifications";
import { keepEnvelope } from "@countersign/db/outbox";
import { sealPending } from "@countersign/db/sealing";
import { storeAllWaiting } from "@countersign/db/store";
import type { SettingKey } from "@countersign/db/system-settings";
import { createTestDatabase, type TestDatabase } from "@countersign/db/testing";
import { inTransaction } from "@countersign/db/transaction";
import type { Deps } from "../deps.ts";
import { evaluateAlerts } from "../jobs/evaluate-alerts.ts";

/** An office whose log is judged by the worker's own code, under a clock of the test. */
export type AlertOffice = {
  database: TestDatabase;
  deps: Deps;
  /** Keeps events as they are at this moment and answers their ids. */
  keep: (...drafts: EventDraft[]) => Promise<string[]>;
  pass: (ms: number) => void;
  /** Stores, seals and judges all there is. */
  settle: () => Promise<void>;
  set: (key: SettingKey, value: unknown) => Promise<void>;
  rules: () => Promise<AlertRule[]>;
  addRule: (name: string, rule: Partial<Pick<AlertRule, "definition" | "channelIds">>) => Promise<AlertRule>;
  /** Switches the shipped rules off but for the one whose events are picked out at storing. */
  quiet: () => Promise<void>;
  addChannel: (
    kind: string,
    name: string,
    more?: { url?: string; secret?: string; isDefault?: boolean },
  ) => Promise<number>;
  alerts: () => Promise<Alert[]>;
  notifications: () => Promise<Notification[]>;
  end: () => Promise<void>;
};

export const signInFailed = (ip: string): EventDraft<"user_login"> => ({
  code: "user_login",
  status: "failed",
  actor: { type: "anonymous" },
  source: "app",
  errorCode: "sign_in_failed",
  errorMessage: "wrong",
  request: { ip },
});

export const permitDeleted = (more: Partial<EventDraft<"permit_delete">> = {}): EventDraft<"permit_delete"> => ({
  code: "permit_delete",
  status: "success",
  actor: { type: "user", id: "7", label: "Ana Ruiz" },
  source: "app",
  object: { type: "permit", id: "41", label: "P-2026-000041" },
  request: { ip: "192.0.2.7" },
  ...more,
});

/** Permits that three people read from many places. */
export const permitRead = (number: number): EventDraft<"permit_read"> => ({
  code: "permit_read",
  status: "success",
  actor: { type: "user", id: String(number % 3), label: `Person ${number % 3}` },
  source: "app",
  object: { type: "permit", id: String(number) },
  request: { ip: `192.0.2.${number}` },
});

export const openAlertOffice = async (): Promise<AlertOffice> => {
  const database = await createTestDatabase();
  const { admin, api, worker } = database;
  await syncEventTypes(admin, false, async () => undefined);
  let time = new Date().setUTCHours(12, 0, 0, 0) - 7 * 86_400_000;
  const at = () => new Date(time).toISOString();
  await inTransaction(admin, (tx) => seedAlerts(tx, at(), (name) => name.toLowerCase()));
  const nextId = monotonicIds(() => time, randomBytes);
  const recorder = createRecorder({
    now: () => time,
    nextId,
    randomBytes,
    sha256: (bytes) => createHash("sha256").update(bytes).digest(),
    settingsOf: (code) => ({ enabled: true, severity: eventType(code).severity, policy: "read" }),
  });
  const deps: Deps = {
    db: worker,
    recorder,
    now: () => time,
    nextId,
    publish: () => undefined,
    log: { error: () => undefined, warn: () => undefined, info: () => undefined } as never,
    crashPoint: () => undefined,
  };
  const evaluate = evaluateAlerts({ ...deps, canMail: true });
  const store = async () => {
    await storeAllWaiting(worker);
    while ((await sealPending(worker, at())) !== null);
  };
  const office: AlertOffice = {
    database,
    deps,
    keep: async (...drafts) => {
      const events = drafts.map((draft) => recorder.seal(draft)).filter((event) => event !== null);
      for (let first = 0; first < events.length; first += 500) {
        await keepEnvelope(api, nextId(), events.slice(first, first + 500));
      }
      return events.map(({ id }) => id);
    },
    pass: (ms) => {
      time += ms;
    },
    settle: async () => {
      await store();
      await evaluate(new AbortController().signal);
      // What was raised is an event itself.
      await store();
      await evaluate(new AbortController().signal);
    },
    set: async (key, value) => {
      await admin.sql`insert into system_config (key, value) values (${key}, ${JSON.stringify(value)})
        on conflict (key) do update set value = excluded.value`;
    },
    rules: () => listAlertRules(worker, 100),
    addRule: async (name, { definition, channelIds = [] }) => {
      if (definition === undefined) throw new Error("a rule needs a definition");
      const rule = { name, nameFolded: name.toLowerCase(), definition, channelIds, enabled: true };
      return inTransaction(api, (tx) => insertAlertRule(tx, rule, at()));
    },
    quiet: async () => {
      await admin.sql`update alert_rules set enabled = false where shipped is distinct from 'at_once'`;
    },
    addChannel: async (kind, name, { url, secret, isDefault = true } = {}) => {
      const [row] = await admin.sql<{ id: number }[]>`
        insert into channels (name, name_folded, kind, url, secret, is_default, created_at, updated_at)
        values (${name}, ${name.toLowerCase()}, ${kind}, ${url ?? null}, ${secret ?? null}, ${isDefault}, ${at()}, ${at()}) returning id::int as id`;
      return Number(row?.id);
    },
    alerts: async () => (await listAlerts(worker, alertStates, null, 200)).reverse(),
    notifications: async () => (await listNotifications(worker, {}, null, 1000)).reverse(),
    end: () => database.drop(),
  };
  return office;
};
