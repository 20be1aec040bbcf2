import { looksForSame } from "@countersign/audit/alerts/judge";
import { type Grouping, groupings, type RuleDefinition } from "@countersign/audit/alerts/rule";
import { type Changes, changesBetween } from "@countersign/audit/changes";
import {
  type AlertRule,
  countAlertRules,
  deleteAlertRule,
  insertAlertRule,
  lockAlertRule,
  type RuleFields,
  updateAlertRule,
} from "@countersign/db/alert-rules";
import { listChannels, takesMessages } from "@countersign/db/channels";
import type { Transaction } from "@countersign/db/transaction";
import { z } from "zod";
import { foldName } from "../accounts/names.ts";
import { DomainError, notFound } from "./domain-error.ts";
import { storedFilter } from "./event-query.ts";
import { unlessTaken } from "./unless-taken.ts";

export const mostRules = 100;

const rule = (name: string) => ({ params: { rule: name } });
const distinct = (list: readonly unknown[]): boolean => new Set(list).size === list.length;
const whole = (least: number, most: number) => z.number().int().min(least).max(most);
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const minutes = whole(1, 43_200);

/** Null for the office's setting. */
export const cooldownMinutes = whole(0, 1440).nullable();

const groupBy = z
  .array(z.enum(Object.keys(groupings) as [Grouping, ...Grouping[]]))
  .max(4)
  .refine(distinct, rule("repeated"));

const trigger = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("each"), groupBy: groupBy.optional() }),
  z.strictObject({
    kind: z.literal("threshold"),
    count: whole(2, 10_000),
    minutes: whole(1, 1440),
    groupBy,
  }),
  z.strictObject({ kind: z.literal("first_seen"), days: whole(1, 90) }),
  z.strictObject({ kind: z.literal("absence"), minutes }),
]);

const isNarrow = (filter: object): boolean =>
  Object.entries(filter).some(([name, value]) =>
    name === "not" ? isNarrow(value as object) : Array.isArray(value) ? value.length > 0 : value !== undefined,
  );

/** The members of `RuleDefinition`, whatever they make together. */
export const anyDefinition = z.strictObject({
  filter: storedFilter,
  atLeast: whole(1, 1_000_000_000).nullable().default(null),
  outside: z
    .strictObject({
      from: timeOfDay,
      to: timeOfDay,
      days: z.array(whole(1, 7)).min(1).max(7).refine(distinct, rule("repeated")),
    })
    .refine(({ from, to }) => from !== to, { path: ["to"], ...rule("same_as_from") })
    .nullable()
    .default(null),
  trigger,
  cooldownMinutes: cooldownMinutes.default(null),
});

/** A rule as it may be kept. */
export const ruleDefinition = anyDefinition.refine(
  (definition) => definition.trigger.kind !== "each" || isNarrow(definition.filter) || definition.atLeast !== null,
  {
    path: ["filter"],
    params: {
      rule: "everything",
      sentence: "Nothing was done: a rule that tells of each event needs to say of which. Narrow what it looks for.",
    },
  },
);

/** Without what is absent: as it is stored, compared and shown. */
export const cleanDefinition = (definition: z.output<typeof ruleDefinition>): RuleDefinition =>
  JSON.parse(JSON.stringify(definition)) as RuleDefinition;

export type RuleChange = { before: AlertRule | null; after: AlertRule | null };
type RuleKept = RuleChange & { after: AlertRule };

const facts = ({ name, definition, channelIds, enabled }: AlertRule) => ({
  name,
  filter: definition.filter,
  at_least: definition.atLeast,
  outside: definition.outside,
  trigger: definition.trigger,
  cooldown_minutes: definition.cooldownMinutes,
  channels: channelIds,
  enabled,
});

export const ruleChanges = ({ before, after }: RuleChange): Changes =>
  changesBetween(before === null ? null : facts(before), after === null ? null : facts(after));

const locked = (name: string): DomainError =>
  new DomainError(
    "forbidden",
    "locked",
    `Nothing was changed: ${name} tells of critical events at once. Its channels and its pause can be set, nothing else.`,
  );
const stale = (name: string): DomainError =>
  new DomainError(
    "conflict",
    "stale_version",
    `Nothing was changed: the rule ${name} was changed meanwhile. Look at it again and try anew.`,
  );

const checkChannels = async (tx: Transaction, ids: readonly number[]): Promise<void> => {
  if (ids.length === 0) return;
  const known = new Set((await listChannels(tx, 1000)).filter(takesMessages).map(({ id }) => id));
  if (ids.every((id) => known.has(id))) return;
  throw new DomainError("invalid", "invalid_input", "Nothing was changed: there is no such channel.", {
    fields: [{ path: "channelIds", rule: "no_such_channel" }],
  });
};

const nameTaken = (name: string) => (): DomainError =>
  new DomainError("conflict", "name_taken", `Nothing was changed: there is a rule called ${name} already.`);

type RuleInput = Omit<RuleFields, "nameFolded">;

export const createRule = async (tx: Transaction, input: RuleInput, at: string): Promise<RuleKept> => {
  if ((await countAlertRules(tx)) >= mostRules) {
    throw new DomainError("conflict", "too_many_rules", `Nothing was saved: there are ${mostRules} rules already.`);
  }
  await checkChannels(tx, input.channelIds);
  const fields = { ...input, nameFolded: foldName(input.name) };
  return {
    before: null,
    after: await unlessTaken(tx, nameTaken(input.name), (part) => insertAlertRule(part, fields, at)),
  };
};

const lockedRule = async (tx: Transaction, id: number, version: number): Promise<AlertRule> => {
  const found = await lockAlertRule(tx, id);
  if (found === undefined) throw notFound("rule");
  if (found.version !== version) throw stale(found.name);
  return found;
};

const isSame = (left: RuleInput, right: RuleInput): boolean =>
  Object.keys(changesBetween(facts(left as AlertRule), facts(right as AlertRule))).length === 0;

export const changeRule = async (
  tx: Transaction,
  {
    ruleId,
    version,
    cooldownMinutes,
    ...change
  }: { ruleId: number; version: number; cooldownMinutes?: number | null } & Partial<RuleInput>,
  at: string,
): Promise<RuleKept> => {
  const before = await lockedRule(tx, ruleId, version);
  const { name, definition, channelIds, enabled } = before;
  const next: RuleInput = { name, definition, channelIds, enabled, ...change };
  if (cooldownMinutes !== undefined) next.definition = { ...next.definition, cooldownMinutes };
  if (before.shipped === "at_once") {
    const allowed = { ...before, definition: { ...definition, cooldownMinutes: next.definition.cooldownMinutes } };
    if (!isSame({ ...next, channelIds }, allowed)) throw locked(name);
  }
  if (isSame(before, next)) return { before, after: before };
  await checkChannels(tx, next.channelIds);
  const fields = { ...next, nameFolded: foldName(next.name) };
  const staysBehind = next.enabled && looksForSame(definition, next.definition);
  return {
    before,
    after: await unlessTaken(tx, nameTaken(next.name), (part) =>
      updateAlertRule(part, ruleId, fields, staysBehind, at),
    ),
  };
};

export const removeRule = async (
  tx: Transaction,
  { ruleId, version }: { ruleId: number; version: number },
): Promise<RuleChange> => {
  const before = await lockedRule(tx, ruleId, version);
  if (before.shipped !== null) {
    throw new DomainError(
      "forbidden",
      "shipped",
      `Nothing was changed: ${before.name} came with the product. It can be switched off, not removed.`,
    );
  }
  await deleteAlertRule(tx, ruleId);
  return { before, after: null };
};
