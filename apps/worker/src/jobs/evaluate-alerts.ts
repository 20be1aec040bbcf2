import { type Judging, judge, type RuleState } from "@countersign/audit/alerts/judge";
import { learn, lookBackMs } from "@countersign/audit/alerts/replay";
import type { AlertEvent } from "@countersign/audit/alerts/rule";
import {
  hasUnjudged,
  lockJudging,
  nextLeaves,
  oldestUnplaced,
  readCursor,
  readRuleState,
  takeDue,
  writeCursor,
  writeRuleState,
} from "@countersign/db/alert-evaluation";
import { alertEventsOf, listAlertEvents } from "@countersign/db/alert-events";
import { type AlertRule, listAlertRules } from "@countersign/db/alert-rules";
import { listChannels } from "@countersign/db/channels";
import { readSettings } from "@countersign/db/system-config";
import { inTransaction, type Transaction } from "@countersign/db/transaction";
import { sendDigests } from "../alerts/digest.ts";
import { raise } from "../alerts/raise.ts";
import type { Deps } from "../deps.ts";

/** The clocks of rules stand this far behind, so that what is stored meanwhile comes in its order. */
const behindMs = 5000;
const tickMs = 5000;
const mostLearnt = 20_000;
const most = 1000;

/** What a rule knows at a moment; one that is new or was changed learns it from the log. */
const begin = async (tx: Transaction, rule: AlertRule, atMs: number, office: Judging): Promise<RuleState> => {
  const backMs = rule.shipped === "at_once" ? 0 : lookBackMs(rule.definition);
  const range = { fromMs: atMs - backMs, toMs: atMs };
  const earlier = backMs === 0 ? [] : await listAlertEvents(tx, rule.definition, range, mostLearnt);
  return learn(rule.definition, earlier, atMs, office);
};

const earliest = (events: readonly AlertEvent[], otherwise: number): number =>
  events.reduce((least, { atMs }) => Math.min(least, atMs), otherwise);

/** Judges the next leaves of the tree and what must be told at once, each exactly once; true when nothing is left. */
const judgeNext = (deps: Deps, nowMs: number): Promise<boolean> =>
  inTransaction(deps.db, async (tx) => {
    if (!(await lockJudging(tx))) return true;
    const cursor = await readCursor(tx);
    const rules = (await listAlertRules(tx, most)).filter(({ enabled }) => enabled);
    const settings = await readSettings(tx);
    const office = { settings, channels: await listChannels(tx, most) };
    const judging = {
      timeZone: settings["display.time_zone"],
      cooldownMinutes: settings["notification.cooldown_minutes"],
    };
    const { ids, next, isAtEnd } = await nextLeaves(tx, cursor);
    const due = rules.some(({ shipped }) => shipped === "at_once") ? await takeDue(tx) : [];
    const clockMs = Math.min(nowMs - behindMs, (await oldestUnplaced(tx)) ?? nowMs);
    const beginMs = earliest(await alertEventsOf(tx, { filter: {} }, ids), clockMs);
    for (const rule of rules) {
      const isAtOnce = rule.shipped === "at_once";
      const events = isAtOnce
        ? await alertEventsOf(tx, { filter: {} }, due)
        : await alertEventsOf(tx, rule.definition, ids);
      const known = await readRuleState(tx, rule.id, rule.version);
      const before = known ?? (await begin(tx, rule, isAtOnce ? earliest(events, clockMs) : beginMs, judging));
      const untilMs = isAtOnce || isAtEnd ? clockMs : before.clockMs;
      const { state, firings } = judge(rule.definition, before, events, untilMs, judging);
      const isOld = state.clockMs - before.clockMs > 60_000;
      if (known === undefined || events.length > 0 || firings.length > 0 || isOld) {
        await writeRuleState(tx, rule.id, rule.version, state);
      }
      for (const firing of firings) await raise(tx, deps, rule, firing, office);
    }
    await writeCursor(tx, await sendDigests(tx, { ...next, digestDay: cursor.digestDay }, office, nowMs));
    return isAtEnd && due.length === 0;
  });

/** Judges what was stored by the rules of the office, as often as it is called: at once when the log grew, else every 5 s. */
export const evaluateAlerts = (deps: Deps): ((signal: AbortSignal) => Promise<void>) => {
  let lastMs = 0;
  return async (signal) => {
    const nowMs = deps.now();
    if (nowMs - lastMs < tickMs && !(await hasUnjudged(deps.db))) return;
    while (!signal.aborted && !(await judgeNext(deps, nowMs)));
    lastMs = nowMs;
  };
};
