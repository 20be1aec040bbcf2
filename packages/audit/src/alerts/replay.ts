import { type Judging, judge, newState, type RuleState } from "./judge.ts";
import { type HeldReason, holdingReason, type Sending } from "./plan.ts";
import type { AlertEvent, Firing, RuleDefinition } from "./rule.ts";

const minuteMs = 60_000;

/** How far back a rule must have seen the log to judge as if it had always been there. */
export const lookBackMs = ({ trigger }: RuleDefinition): number => {
  if (trigger.kind === "first_seen") return trigger.days * 24 * 60 * minuteMs;
  return trigger.kind === "each" ? 0 : trigger.minutes * minuteMs;
};

/** What a rule knows when it begins at `fromMs`, having seen what matched before. */
export const learn = (
  rule: RuleDefinition,
  earlier: readonly AlertEvent[],
  fromMs: number,
  office: Judging,
): RuleState => {
  const [first] = earlier;
  return judge(rule, newState(Math.min(first?.atMs ?? fromMs, fromMs)), earlier, fromMs, office).state;
};

export type Message = Firing & { heldBy: HeldReason | null };

/**
 * What a rule would have sent between two times, had it stood alone. `events` are what its filter leaves, in their order; those
 * before `fromMs` only teach it what it knows.
 */
export const replay = (
  rule: RuleDefinition,
  events: readonly AlertEvent[],
  { fromMs, toMs }: { fromMs: number; toMs: number },
  office: Judging & Sending,
): { messages: Message[]; events: number } => {
  const first = events.findIndex(({ atMs }) => atMs >= fromMs);
  const begin = first < 0 ? events.length : first;
  const known = learn(rule, events.slice(0, begin), fromMs, office);
  const { firings } = judge(rule, known, events.slice(begin), toMs, office);
  const sentMs: number[] = [];
  const messages = firings.map((firing): Message => {
    const heldBy = holdingReason(firing, office, sentMs);
    if (heldBy === null) sentMs.push(firing.atMs);
    return { ...firing, heldBy };
  });
  return { messages, events: events.length - begin };
};
