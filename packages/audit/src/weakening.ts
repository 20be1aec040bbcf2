import type { RuleDefinition } from "./alerts/rule.ts";
import { canonicalize } from "./canonical-json.ts";
import { type Policy, policies, severities } from "./event-type.ts";
import type { Json } from "./json.ts";

const isLower = (before: Json, after: Json): boolean =>
  typeof before === "number" && typeof after === "number" && after < before;

const leavesOut = (before: Json, after: Json): boolean =>
  Array.isArray(before) && Array.isArray(after) && before.some((item) => !after.includes(item));

const isHigher = (before: Json, after: Json): boolean => isLower(after, before);

const isSetAnew = (before: Json, after: Json): boolean =>
  after !== null && canonicalize(before) !== canonicalize(after);

/** Settings that guard the log itself and who hears of it, and which change of them makes it weaker. */
const guardingSettings: Readonly<Record<string, (before: Json, after: Json) => boolean>> = {
  protected_users: leavesOut,
  "approval.quorum": isLower,
  "notification.recipients": leavesOut,
  "notification.cooldown_minutes": isHigher,
  "notification.max_per_hour": isLower,
  "notification.quiet_hours": isSetAnew,
  "retention.decision": isLower,
  "retention.change": isLower,
  "retention.session": isLower,
  "retention.read": isLower,
};

/** Whether this change of a setting takes protection away, so that a second person has to agree. */
export const weakensSetting = (key: string, before: Json, after: Json): boolean =>
  Object.hasOwn(guardingSettings, key) && guardingSettings[key]?.(before, after) === true;

type TypeFacts = { enabled: boolean; approval: string; policy: string; severity: string; notify: boolean };

const rankOf = (severity: string): number => (severities as readonly string[]).indexOf(severity);

const isPolicy = (name: string): name is Policy => Object.hasOwn(policies, name);

/** The same of an event type: switched off, no longer waiting for a second person, less severe, not told of at once, or kept for less long. */
export const weakensEventType = (
  before: TypeFacts,
  after: TypeFacts,
  daysOf: (policy: Policy) => number = (policy) => policies[policy],
): boolean =>
  (before.enabled && !after.enabled) ||
  (before.notify && !after.notify) ||
  rankOf(after.severity) < rankOf(before.severity) ||
  (before.approval === "required" && after.approval !== "required") ||
  (isPolicy(before.policy) && isPolicy(after.policy) && daysOf(after.policy) < daysOf(before.policy));

type RuleFacts = {
  shipped: string | null;
  enabled: boolean;
  definition: RuleDefinition;
  /** None: the channels that are the default. */
  channelIds: readonly number[];
};

/** The same of a rule that came with the product: off, gone, with a longer pause, for other events, or through other channels. */
export const weakensRule = (before: RuleFacts | null, after: RuleFacts | null, officeCooldown: number): boolean => {
  if (before === null || before.shipped === null) return false;
  if (after === null || (before.enabled && !after.enabled)) return true;
  const pauseOf = ({ definition }: RuleFacts) => definition.cooldownMinutes ?? officeCooldown;
  const watched = ({ definition }: RuleFacts) => canonicalize({ ...definition, cooldownMinutes: null });
  const takesChannels =
    before.channelIds.length === 0
      ? after.channelIds.length > 0
      : before.channelIds.some((id) => !after.channelIds.includes(id));
  return pauseOf(after) > pauseOf(before) || watched(after) !== watched(before) || takesChannels;
};

type Recipients = readonly (number | string)[];

type ChannelFacts = {
  kind: string;
  enabled: boolean;
  isDefault: boolean;
  url: string | null;
  recipients: Recipients | null;
  /** What of the log a stream sends. */
  stream?: { filter: object } | null;
  /** Whether a shipped rule sends through it. */
  isNamed?: boolean;
};

const isHeard = ({ kind, enabled, isDefault, isNamed = false }: ChannelFacts): boolean =>
  enabled && (isDefault || isNamed || kind === "stream");

/**
 * The same of a channel through which alerts go by themselves, or the log: off, gone, no longer the default, leading elsewhere,
 * or a stream of other events. Mail whose channel names nobody goes to whom the office names.
 */
export const weakensChannel = (
  before: ChannelFacts | null,
  after: ChannelFacts | null,
  { isElsewhere = false, officeRecipients = [] }: { isElsewhere?: boolean; officeRecipients?: Recipients } = {},
): boolean => {
  if (before === null || !isHeard(before)) return false;
  if (after === null || !isHeard(after) || isElsewhere || before.url !== after.url) return true;
  if (JSON.stringify(before.stream?.filter) !== JSON.stringify(after.stream?.filter)) return true;
  if (before.recipients === null) return after.recipients !== null;
  const still = after.recipients ?? officeRecipients;
  return before.recipients.some((one) => !still.includes(one));
};
