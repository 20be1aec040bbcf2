import { type Judging, judge, looksForSame, type RuleState, speakOfHeld } from "@countersign/audit/alerts/judge";
import { learn, lookBackMs } from "@countersign/audit/alerts/replay";
import type { AlertEvent } from "@countersign/audit/alerts/rule";
import {
  hasUnjudged,
  type Leaves,
  lockJudging,
  nextLeaves,
  oldestUnplaced,
  readCursor,
  readRuleState,
  takeDue,
  takeStatesOfOff,
  writeCursor,
  writeRuleState,
} from "@countersign/db/alert-evaluation";
import { alertEventsOf, listNewestAlertEvents } from "@countersign/db/alert-events";
import {
  type AlertRule,
  fallBehind,
  forgetRuleFailure,
  listAlertRules,
  movePlaceBehind,
  placesBehind,
  restingRules,
} from "@countersign/db/alert-rules";
import { type Channel, listChannels } from "@countersign/db/channels";
import { type LogPlace, logEnd } from "@countersign/db/log-places";
import { readSettings } from "@countersign/db/system-config";
import type { SystemSettings } from "@countersign/db/system-settings";
import { inTransaction, type Transaction } from "@countersign/db/transaction";
import { type CanMail, sendDigests } from "../alerts/digest.ts";
import { raise } from "../alerts/raise.ts";
import { isOfAll, setAside } from "../alerts/set-aside.ts";
import type { Deps } from "../deps.ts";

/** The clocks of rules stand this far behind, so that what is stored meanwhile comes in its order. */
const behindMs = 5000;
const tickMs = 5000;
const mostLearnt = 20_000;
const most = 1000;

type Office = { settings: SystemSettings; channels: readonly Channel[]; judging: Judging };

const readOffice = async (tx: Transaction): Promise<Office> => {
  const settings = await readSettings(tx);
  const judging = {
    timeZone: settings["display.time_zone"],
    cooldownMinutes: settings["notification.cooldown_minutes"],
  };
  return { settings, channels: await listChannels(tx, most), judging };
};

/** What a rule knows at a moment; one that is new or was changed learns it from the log. */
const begin = async (tx: Transaction, rule: AlertRule, atMs: number, office: Judging): Promise<RuleState> => {
  const backMs = rule.shipped === "at_once" ? 0 : lookBackMs(rule.definition);
  if (backMs === 0) return learn(rule.definition, [], atMs, office);
  // Critical events wait while a rule learns.
  await tx.sql`set local statement_timeout = '10s'`;
  const earlier = await listNewestAlertEvents(tx, rule.definition, { fromMs: atMs - backMs, toMs: atMs }, mostLearnt);
  await tx.sql`set local statement_timeout to default`;
  return learn(rule.definition, earlier, atMs, office);
};

const earliest = (events: readonly AlertEvent[], otherwise: number): number =>
  events.reduce((least, { atMs }) => Math.min(least, atMs), otherwise);

/** When a rule that knows nothing yet begins, and how far its clock goes; null leaves it at the last event. */
type Clock = { beginMs: number; nowMs: number; untilMs: number | null };

const goOn = async (
  tx: Transaction,
  deps: Deps,
  rule: AlertRule,
  events: readonly AlertEvent[],
  { beginMs, nowMs, untilMs }: Clock,
  office: Office,
): Promise<void> => {
  const { definition } = rule;
  const found = await readRuleState(tx, rule.id);
  const known = found !== undefined && looksForSame(found.definition, definition) ? found.state : undefined;
  if (found !== undefined && known === undefined) {
    const before = { ...rule, definition: found.definition };
    for (const firing of speakOfHeld(found.definition, found.state, nowMs))
      await raise(tx, deps, before, firing, office);
  }
  const before = known ?? (await begin(tx, rule, beginMs, office.judging));
  const { state, firings } = judge(definition, before, events, untilMs ?? before.clockMs, office.judging);
  const isOld = state.clockMs - before.clockMs > 60_000;
  if (known === undefined || events.length > 0 || firings.length > 0 || isOld) {
    await writeRuleState(tx, rule.id, { definition, state });
  }
  for (const firing of firings) await raise(tx, deps, rule, firing, office);
};

const clockOf = async (tx: Transaction, nowMs: number): Promise<number> =>
  Math.min(nowMs - behindMs, (await oldestUnplaced(tx)) ?? nowMs);

const atOnceRule = async (tx: Transaction): Promise<AlertRule | undefined> =>
  (await listAlertRules(tx, most)).find(({ enabled, shipped }) => enabled && shipped === "at_once");

/** Judges what must be told at once, by itself, so that no other rule can keep it waiting; true when nothing is left. */
const judgeAtOnce = (deps: Deps, nowMs: number): Promise<boolean> =>
  inTransaction(deps.db, async (tx) => {
    if (!(await lockJudging(tx))) return true;
    const rule = await atOnceRule(tx);
    if (rule === undefined) return true;
    const due = await takeDue(tx);
    const events = await alertEventsOf(tx, { filter: {} }, due);
    const clockMs = await clockOf(tx, nowMs);
    const clock = { beginMs: earliest(events, clockMs), nowMs: clockMs, untilMs: clockMs };
    await goOn(tx, deps, rule, events, clock, await readOffice(tx));
    if (rule.failingSince !== null) await forgetRuleFailure(tx, rule.id);
    return due.length === 0;
  });

const clockFor = async (tx: Transaction, { ids, isAtEnd }: Leaves, nowMs: number): Promise<Clock> => ({
  beginMs: earliest(await alertEventsOf(tx, { filter: {} }, ids), nowMs),
  nowMs,
  untilMs: isAtEnd ? nowMs : null,
});

const isSamePlace = (left: LogPlace, right: LogPlace): boolean =>
  left.epoch === right.epoch && left.index === right.index;

/** Judges the next leaves of the tree by all other rules, each exactly once; true when nothing is left. */
const judgeNext = (deps: Deps, nowMs: number): Promise<boolean> =>
  inTransaction(deps.db, async (tx) => {
    if (!(await lockJudging(tx))) return true;
    const cursor = await readCursor(tx);
    const rules = await listAlertRules(tx, most);
    const office = await readOffice(tx);
    const leaves = await nextLeaves(tx, cursor, await logEnd(tx));
    const clockMs = await clockOf(tx, nowMs);
    const clock = await clockFor(tx, leaves, clockMs);
    for (const { ruleId, definition, state } of await takeStatesOfOff(tx)) {
      const rule = rules.find(({ id }) => id === ruleId);
      if (rule === undefined) continue;
      for (const firing of speakOfHeld(definition, state, clockMs)) {
        await raise(tx, deps, { ...rule, definition }, firing, office);
      }
    }
    const resting = await restingRules(tx);
    const behind = await placesBehind(tx);
    let isLevel = true;

    /** A rule that failed has missed leaves: it comes after the others, as many leaves at a time. */
    const catchUp = async (part: Transaction, rule: AlertRule, place: LogPlace): Promise<void> => {
      const own = await nextLeaves(part, place, leaves.next);
      const isThere = isSamePlace(own.next, leaves.next);
      const ownClock = await clockFor(part, { ...own, isAtEnd: isThere && leaves.isAtEnd }, clockMs);
      await goOn(part, deps, rule, await alertEventsOf(part, rule.definition, own.ids), ownClock, office);
      await movePlaceBehind(part, rule.id, isThere ? null : own.next);
      if (!isThere) isLevel = false;
    };

    for (const rule of rules) {
      if (!rule.enabled || rule.shipped === "at_once" || resting.includes(rule.id)) continue;
      const place = behind.get(rule.id);
      try {
        await tx.attempt(async (part) =>
          place === undefined
            ? goOn(part, deps, rule, await alertEventsOf(part, rule.definition, leaves.ids), clock, office)
            : catchUp(part, rule, place),
        );
        if (rule.failingSince !== null) await forgetRuleFailure(tx, rule.id);
      } catch (error) {
        if (isOfAll(error)) throw error;
        await setAside(tx, deps, rule, error);
        await fallBehind(tx, rule.id, cursor);
      }
    }
    await writeCursor(tx, leaves.next);
    return leaves.isAtEnd && isLevel;
  });

const setAtOnceAside = (deps: Deps, error: unknown): Promise<void> =>
  inTransaction(deps.db, async (tx) => {
    const rule = await atOnceRule(tx);
    // What it must tell of waits in `alert_due`.
    if (rule !== undefined) await setAside(tx, deps, rule, error);
  });

/** Tells each channel once a day what was held back from it, apart from judging, which it must not stop. */
const tellDigests = (deps: Deps & CanMail, nowMs: number): Promise<void> =>
  inTransaction(deps.db, async (tx) => {
    if (await lockJudging(tx)) await sendDigests(tx, deps, await readOffice(tx), nowMs);
  });

/** Judges what was stored by the rules of the office, as often as it is called: at once when the log grew, else every 5 s. */
export const evaluateAlerts = (deps: Deps & CanMail): ((signal: AbortSignal) => Promise<void>) => {
  let lastMs = 0;
  let lastDigestsMs = 0;
  return async (signal) => {
    const nowMs = deps.now();
    if (nowMs - lastMs < tickMs && !(await hasUnjudged(deps.db))) return;
    let failure: { error: unknown } | null = null;
    const tellAtOnce = async (): Promise<boolean> => {
      if (failure !== null) return true;
      return judgeAtOnce(deps, nowMs).catch((error: unknown) => {
        failure = { error };
        return true;
      });
    };
    for (let isDone = false; !isDone && !signal.aborted; ) {
      const isTold = await tellAtOnce();
      isDone = (await judgeNext(deps, nowMs)) && isTold;
    }
    lastMs = nowMs;
    const failed = failure as { error: unknown } | null;
    if (failed !== null && !isOfAll(failed.error)) await setAtOnceAside(deps, failed.error);
    // Not with every event that is stored: once a day there is something to tell.
    if (nowMs - lastDigestsMs >= tickMs) {
      await tellDigests(deps, nowMs);
      lastDigestsMs = nowMs;
    }
    if (failed !== null) throw failed.error;
  };
};
