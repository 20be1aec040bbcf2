import type { AlertMessage } from "@countersign/audit/alerts/message";
import { type HeldReason, heldReasons } from "@countersign/audit/alerts/plan";
import type { RuleDefinition } from "@countersign/audit/alerts/rule";
import { type ShippedRuleName, shippedRules } from "@countersign/audit/alerts/shipped-rules";
import { severities } from "@countersign/audit/catalogue";
import { type EventFormatName, eventFormatNames } from "@countersign/audit/formats/index";
import type { AlertRule } from "@countersign/db/alert-rules";
import { type Alert, alertStates } from "@countersign/db/alerts";
import { type Channel, channelKinds } from "@countersign/db/channels";
import { type Notification, notificationStates } from "@countersign/db/notifications";
import { z } from "zod";
import type { SchemaOf } from "./answers.ts";
import type { BackTest } from "./back-test.ts";

/** What is answered about alerts, as schemas for the OpenAPI document. */

const nullable = z.string().nullable();
const named = z.object({ id: z.number(), name: z.string() });
const object = z.record(z.string(), z.unknown());

export const alertAnswer = z.object({
  id: z.number(),
  rule: named,
  severity: z.enum(severities),
  state: z.enum(alertStates),
  headline: z.string(),
  group: z.object({ by: nullable, value: z.string(), label: z.string() }) as unknown as z.ZodType<Alert["group"]>,
  count: z.number(),
  eventIds: z.array(z.string()),
  firstAt: z.string(),
  lastAt: z.string(),
  notes: z.array(z.object({ at: z.string(), by: named, state: z.enum(alertStates), text: nullable })),
  version: z.number(),
} satisfies SchemaOf<Alert>);

export const ruleAnswer = z.object({
  id: z.number(),
  name: z.string(),
  shipped: z.enum(Object.keys(shippedRules) as [ShippedRuleName, ...ShippedRuleName[]]).nullable(),
  definition: object as unknown as z.ZodType<RuleDefinition>,
  channelIds: z.array(z.number()),
  enabled: z.boolean(),
  updatedAt: z.string(),
  version: z.number(),
  failingSince: nullable,
  failure: nullable,
} satisfies SchemaOf<AlertRule>);

export const channelAnswer = z.object({
  id: z.number(),
  name: z.string(),
  kind: z.enum(channelKinds),
  url: nullable,
  recipients: z.array(z.union([z.number(), z.string()])).nullable(),
  oldSecretUntil: nullable,
  isDefault: z.boolean(),
  enabled: z.boolean(),
  updatedAt: z.string(),
  version: z.number(),
  failures: z.number(),
  restUntil: nullable,
  succeededAt: nullable,
  failedAt: nullable,
  failure: nullable,
  stream: z
    .object({
      format: z.enum(eventFormatNames as [EventFormatName, ...EventFormatName[]]),
      filter: object,
      sent: z.number(),
      behind: z.number(),
    })
    .nullable() as unknown as z.ZodType<Channel["stream"]>,
} satisfies SchemaOf<Channel>);

export const deliveryAnswer = z.object({
  id: z.number(),
  alertId: z.number().nullable(),
  channel: named.nullable(),
  state: z.enum(notificationStates),
  reason: nullable,
  message: object as unknown as z.ZodType<AlertMessage>,
  at: z.string(),
  createdAt: z.string(),
  attempts: z.number(),
  nextTryAt: z.string(),
  answerCode: z.number().nullable(),
  answer: nullable,
  sentAt: nullable,
} satisfies SchemaOf<Notification>);

const heldReason = z.enum(Object.keys(heldReasons) as [HeldReason, ...HeldReason[]]);

export const backTestAnswer = z.object({
  days: z.number(),
  from: z.string(),
  to: z.string(),
  events: z.number(),
  messages: z.number(),
  held: z.record(z.string(), z.number()) as unknown as z.ZodType<BackTest["held"]>,
  groups: z.array(z.object({ by: z.string(), label: z.string(), messages: z.number(), events: z.number() })),
  groupCount: z.number(),
  first: z.array(z.object({ at: z.string(), headline: z.string(), count: z.number(), heldBy: heldReason.nullable() })),
  byDay: z.array(z.object({ day: z.string(), events: z.number(), messages: z.number(), held: z.number() })),
} satisfies SchemaOf<BackTest>);
