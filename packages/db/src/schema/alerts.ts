import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";

const id = () => bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity();
const at = (name: string) => timestamp(name, { withTimezone: true, mode: "string" });
const row = (name: string) => bigint(name, { mode: "number" });

/** What is looked for in the log. `definition` is a `RuleDefinition`; no channel means those that are the default. */
export const alertRules = pgTable("alert_rules", {
  id: id(),
  name: text("name").notNull(),
  nameFolded: text("name_folded").notNull().unique(),
  /** Which shipped rule this is; null for the office's own. */
  shipped: text("shipped").unique(),
  definition: jsonb("definition").notNull(),
  channelIds: row("channel_ids").array().notNull().default(sql`'{}'`),
  enabled: boolean("enabled").notNull().default(true),
  createdAt: at("created_at").notNull(),
  updatedAt: at("updated_at").notNull(),
  version: integer("version").notNull().default(1),
  /** What the worker found: since when the rule cannot be judged, when that was tried last, and why. */
  failingSince: at("failing_since"),
  failedAt: at("failed_at"),
  failure: text("failure"),
  /** The place up to which it had judged when it failed, while it is behind the others. */
  behind: jsonb("behind"),
});

/** What a rule remembers between two looks at the log: a `RuleState`, and the `RuleDefinition` that it was learnt under. */
export const alertRuleStates = pgTable("alert_rule_states", {
  ruleId: row("rule_id")
    .primaryKey()
    .references(() => alertRules.id, { onDelete: "cascade" }),
  definition: jsonb("definition").notNull(),
  state: jsonb("state").notNull(),
});

/** Events that must be told at once, left by the statement that stored them and consumed with the alert they raise. */
export const alertDue = pgTable("alert_due", {
  eventId: uuid("event_id").primaryKey(),
  storedAt: at("stored_at").notNull().default(sql`clock_timestamp()`),
});

/** How far the rules have judged the log, in the order of its tree; one row. */
export const alertCursor = pgTable("alert_cursor", {
  id: smallint("id").primaryKey().default(1),
  epoch: integer("epoch").notNull(),
  index: row("index").notNull(),
  digestDay: date("digest_day", { mode: "string" }),
});

/** Where messages go. Whoever may read the table through the api never sees a secret. */
export const channels = pgTable("channels", {
  id: id(),
  name: text("name").notNull(),
  nameFolded: text("name_folded").notNull().unique(),
  kind: text("kind").notNull(),
  /** Of a webhook or a chat; with a chat the address itself is the secret. */
  url: text("url"),
  /** Of e-mail: users by id and single addresses; null for whom the setting names. */
  recipients: jsonb("recipients"),
  secret: text("secret"),
  /** Signs beside the new one until then. */
  oldSecret: text("old_secret"),
  oldSecretUntil: at("old_secret_until"),
  isDefault: boolean("is_default").notNull().default(false),
  enabled: boolean("enabled").notNull().default(true),
  createdAt: at("created_at").notNull(),
  updatedAt: at("updated_at").notNull(),
  version: integer("version").notNull().default(1),
  /** What the worker found: failures in a row, and until when it does not try. */
  failures: integer("failures").notNull().default(0),
  restUntil: at("rest_until"),
  succeededAt: at("succeeded_at"),
  failedAt: at("failed_at"),
  failure: text("failure"),
});

/** What a channel of the kind stream sends of the log, and the next leaf of it, in the order of the tree. */
export const channelStreams = pgTable("channel_streams", {
  channelId: row("channel_id")
    .primaryKey()
    .references(() => channels.id, { onDelete: "cascade" }),
  /** An `EventFormatName`. */
  format: text("format").notNull(),
  /** An `EventFilter` without a range. */
  filter: jsonb("filter").notNull(),
  epoch: integer("epoch").notNull(),
  index: row("index").notNull(),
  /** Events that were taken, ever. */
  sent: row("sent").notNull().default(0),
  /** Until then one worker alone sends. */
  leasedUntil: at("leased_until"),
  /** Since when nothing is taken, and whether an event told of it. */
  failingSince: at("failing_since"),
  isTold: boolean("is_told").notNull().default(false),
});

/** That a rule spoke, until somebody took note of it. It carries the names of the time. */
export const alerts = pgTable(
  "alerts",
  {
    id: id(),
    ruleId: row("rule_id").notNull(),
    ruleName: text("rule_name").notNull(),
    severity: text("severity").notNull(),
    state: text("state").notNull().default("open"),
    headline: text("headline").notNull(),
    groupBy: text("group_by"),
    groupValue: text("group_value").notNull(),
    groupLabel: text("group_label").notNull(),
    count: integer("count").notNull(),
    eventIds: uuid("event_ids").array().notNull(),
    firstAt: at("first_at").notNull(),
    lastAt: at("last_at").notNull(),
    /** `{at, by: {id, name}, state, text}` in their order. */
    notes: jsonb("notes").notNull().default(sql`'[]'`),
    version: integer("version").notNull().default(1),
  },
  (table) => [
    index("alerts_open").on(table.ruleId, table.groupValue).where(sql`state = 'open'`),
    index("alerts_state").on(table.state, table.id),
  ],
);

/** One message through one channel, or through none where there is none. `key` is its Idempotency-Key: the event and the channel. */
export const notifications = pgTable(
  "notifications",
  {
    id: id(),
    key: text("key").notNull().unique(),
    alertId: row("alert_id"),
    channelId: row("channel_id"),
    channelName: text("channel_name"),
    /** Of mail, when it goes to others than the channel names: users by id and single addresses. */
    recipients: jsonb("recipients"),
    /** due, sent, failed, or held for the digest. */
    state: text("state").notNull(),
    reason: text("reason"),
    message: jsonb("message").notNull(),
    /** The time of what it tells. */
    at: at("at").notNull(),
    createdAt: at("created_at").notNull().default(sql`clock_timestamp()`),
    attempts: integer("attempts").notNull().default(0),
    nextTryAt: at("next_try_at").notNull().default(sql`clock_timestamp()`),
    answerCode: integer("answer_code"),
    answer: text("answer"),
    sentAt: at("sent_at"),
    digestedAt: at("digested_at"),
  },
  (table) => [
    index("notifications_due").on(table.channelId, table.nextTryAt).where(sql`state = 'due'`),
    index("notifications_held").on(table.channelId).where(sql`state = 'held' and digested_at is null`),
    index("notifications_at").on(table.channelId, table.at),
    index("notifications_alert").on(table.alertId),
  ],
);
