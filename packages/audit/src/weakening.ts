import { type Policy, policies } from "./event-type.ts";
import type { Json } from "./json.ts";

const isLower = (before: Json, after: Json): boolean =>
  typeof before === "number" && typeof after === "number" && after < before;

const leavesOut = (before: Json, after: Json): boolean =>
  Array.isArray(before) && Array.isArray(after) && before.some((item) => !after.includes(item));

/** Settings that guard the log itself, and which change of them makes it weaker. */
const guardingSettings: Readonly<Record<string, (before: Json, after: Json) => boolean>> = {
  protected_users: leavesOut,
  "approval.quorum": isLower,
  "retention.decision": isLower,
  "retention.change": isLower,
  "retention.session": isLower,
  "retention.read": isLower,
};

/** Whether this change of a setting takes protection away, so that a second person has to agree. */
export const weakensSetting = (key: string, before: Json, after: Json): boolean =>
  Object.hasOwn(guardingSettings, key) && guardingSettings[key]?.(before, after) === true;

type TypeFacts = { enabled: boolean; approval: string; policy: string };

const isPolicy = (name: string): name is Policy => Object.hasOwn(policies, name);

/** The same of an event type: switched off, no longer waiting for a second person, or kept for less long. */
export const weakensEventType = (
  before: TypeFacts,
  after: TypeFacts,
  daysOf: (policy: Policy) => number = (policy) => policies[policy],
): boolean =>
  (before.enabled && !after.enabled) ||
  (before.approval === "required" && after.approval !== "required") ||
  (isPolicy(before.policy) && isPolicy(after.policy) && daysOf(after.policy) < daysOf(before.policy));
