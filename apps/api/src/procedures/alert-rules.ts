import { shippedRules } from "@countersign/audit/alerts/shipped-rules";
import { weakensRule } from "@countersign/audit/weakening";
import { findAlertRule, listAlertRules } from "@countersign/db/alert-rules";
import { z } from "zod";
import { backTestAnswer, ruleAnswer } from "../domain/alert-answers.ts";
import {
  anyDefinition,
  changeRule,
  cleanDefinition,
  cooldownMinutes,
  createRule,
  mostRules,
  type RuleChange,
  removeRule,
  ruleChanges,
  ruleDefinition,
} from "../domain/alert-rules.ts";
import { done } from "../domain/answers.ts";
import { backTest } from "../domain/back-test.ts";
import { noInput, reason, rowId, text, version } from "../domain/fields.ts";
import { callerOf, forbidden } from "../trpc/access.ts";
import type { Context } from "../trpc/context.ts";
import { operation, reading } from "../trpc/operation.ts";
import { may } from "../trpc/procedures.ts";
import { tooBroad, viewing } from "./viewing.ts";

const channelIds = z
  .array(rowId)
  .max(20)
  .refine((list) => new Set(list).size === list.length, { params: { rule: "repeated" } });
const name = text(100);

const onRule = {
  feature: "alerts.manage",
  event: "sys_rule_changed",
  changes: ruleChanges,
} as const;
/** What takes away from what is told by itself needs a second person. */
const approval = (_: unknown, { before, after }: RuleChange, { services }: Context): boolean =>
  weakensRule(before, after, services.settings["notification.cooldown_minutes"]);
const known = {
  object: ({ ruleId }: { ruleId: number }, outcome: RuleChange | null) =>
    ({ type: "alert_rule", id: String(ruleId), label: (outcome?.after ?? outcome?.before)?.name }) as const,
  name: async ({ services }: Context, { id }: { id: string }) => (await findAlertRule(services.db, Number(id)))?.name,
  notes: (input: { reason?: string | undefined }) => input.reason,
};
/** What a rule finds is told in its messages and its back-test: who says what it looks for may read the log. */
const refuseUnread = (ctx: Pick<Context, "caller">): void => {
  if (!callerOf(ctx).features.has("audit.read")) throw forbidden("audit.read");
};
const atNow = ({ services }: Context): string => new Date(services.now()).toISOString();

export const ruleProcedures = {
  rules: may("alerts.read")
    .meta({
      rest: {
        method: "GET",
        path: "/api/alert-rules",
        summary: "All alert rules, and for how long the office gathers what follows a message",
        output: z.object({ items: z.array(ruleAnswer), cooldownMinutes: z.number() }),
      },
    })
    .input(noInput)
    .query(async ({ ctx: { services } }) => ({
      items: await listAlertRules(services.db, mostRules + 1),
      cooldownMinutes: services.settings["notification.cooldown_minutes"],
    })),

  createRule: operation({
    ...onRule,
    neverWaits: true,
    rest: {
      method: "POST",
      path: "/api/alert-rules",
      summary: "Add an alert rule; what it looks for is set by who may read the log (`audit.read`)",
      output: done({ rule: ruleAnswer }),
    },
    input: z.strictObject({
      name,
      definition: ruleDefinition,
      channelIds: channelIds.default([]),
      enabled: z.boolean().default(true),
    }),
    prepare: async (ctx) => refuseUnread(ctx),
    run: ({ tx, ctx }, { definition, ...rule }) =>
      createRule(tx, { ...rule, definition: cleanDefinition(definition) }, atNow(ctx)),
    object: (_, outcome) =>
      outcome?.after ? { type: "alert_rule", id: String(outcome.after.id), label: outcome.after.name } : undefined,
    answer: ({ after }) => ({ rule: after }),
  }),

  updateRule: operation({
    ...onRule,
    ...known,
    rest: {
      method: "PATCH",
      path: "/api/alert-rules/{ruleId}",
      summary: "Change an alert rule; it counts for the events that follow",
      output: done({ rule: ruleAnswer }),
    },
    input: z.strictObject({
      ruleId: rowId,
      version,
      name: name.optional(),
      definition: ruleDefinition.optional(),
      /** The pause alone, also of a rule whose definition is fixed. */
      cooldownMinutes: cooldownMinutes.optional(),
      channelIds: channelIds.optional(),
      enabled: z.boolean().optional(),
      reason,
    }),
    prepare: async (ctx, { definition }) => {
      if (definition !== undefined) refuseUnread(ctx);
    },
    alsoNeeds: ({ definition }) => (definition === undefined ? [] : ["audit.read"]),
    run: ({ tx, ctx }, { definition, reason: _, ...given }) => {
      const change = {
        ...given,
        ...(definition && { definition: cleanDefinition(definition) }),
      };
      return changeRule(tx, withoutAbsent(change), atNow(ctx));
    },
    approval,
    answer: ({ after }) => ({ rule: after }),
  }),

  deleteRule: operation({
    ...onRule,
    ...known,
    rest: {
      method: "DELETE",
      path: "/api/alert-rules/{ruleId}",
      summary: "Remove an alert rule",
      output: done(),
    },
    input: z.strictObject({ ruleId: rowId, version, reason }),
    run: ({ tx }, input) => removeRule(tx, input),
    approval,
    answer: () => ({}),
  }),

  /** What a rule would have sent; it reads the log, and reading is an event. */
  backTest: reading({
    ...viewing,
    feature: "alerts.manage",
    rest: {
      method: "POST",
      path: "/api/alert-rules/back-test",
      summary: "What a rule would have sent in the last days, without saving it; needs `audit.read` as well",
      output: backTestAnswer,
    },
    input: z.strictObject({
      definition: anyDefinition,
      days: z.number().int().min(7).max(90).default(30),
      /** The rule for critical events, whose events are picked out where they are stored. */
      atOnce: z.boolean().default(false),
    }),
    run: (ctx, { definition, days, atOnce }) => {
      refuseUnread(ctx);
      const { services } = ctx;
      const { cooldownMinutes } = definition;
      const judged = atOnce ? { ...shippedRules.at_once.definition, cooldownMinutes } : cleanDefinition(definition);
      const test = { days, isAtOnce: atOnce, now: services.now() };
      return backTest(services.readDb, judged, test, services.settings).catch(tooBroad);
    },
    answer: (outcome) => outcome,
  }),
};

type Given<Input> = { [Member in keyof Input]: Exclude<Input[Member], undefined> };
/** Only what was given: what is undefined must not take the place of what stands. */
const withoutAbsent = <Input extends object>(input: Input): Given<Input> =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as Given<Input>;
