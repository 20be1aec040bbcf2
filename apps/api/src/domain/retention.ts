import { isRunDue, isRunOverdue, nextRunMs, removableMs } from "@countersign/audit/retention";
import type { Database } from "@countersign/db/client";
import { countHeldByCode, heldState } from "@countersign/db/held-events";
import { type ActiveHold, activeHolds } from "@countersign/db/legal-holds";
import { countCodeMonths } from "@countersign/db/retention-figures";
import {
  listMonths,
  readPeriods,
  type SkipReason,
  type StoredMonth,
  verifiedState,
  whatBlocks,
} from "@countersign/db/retention-months";
import { lastRuns, lastScheduled, openRun } from "@countersign/db/retention-runs";
import type { SystemSettings } from "@countersign/db/system-settings";
import { mostCounted } from "./holds.ts";
import { unlessSlow } from "./unless-slow.ts";

const dayMs = 86_400_000;
/** Held events are counted in so many months at most; of the rest it is not said. */
const monthsCounted = 24;
const growthMonths = 3;
const monthDays = 30.4;
/** An id may be a week late, and a day for clocks. */
const lateDays = 8;

export type PolicyState = {
  policy: string;
  /** Null: for ever. */
  days: number | null;
  rows: number;
  bytes: number;
  /** What a month adds, from the last three that are over. */
  growthBytes: number;
  growthRows: number;
  /** In a year, when months go as they are due. */
  forecastBytes: number;
  oldestMonth: string | null;
};

const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7);
const sum = (list: readonly number[]): number => list.reduce((all, one) => all + one, 0);
const average = (list: readonly number[]): number => (list.length === 0 ? 0 : sum(list) / list.length);

/** Rows of a month: as the server estimates them, or, where it has not looked yet, as the roll-up counted them. */
const rowsOf = (month: StoredMonth, counted: ReadonlyMap<string, number>): number =>
  month.rows ?? counted.get(`${month.policy} ${month.month}`) ?? 0;

const countedByMonth = (counts: readonly { policy: string; month: string; count: number }[]): Map<string, number> => {
  const all = new Map<string, number>();
  for (const { policy, month, count } of counts) {
    const key = `${policy} ${month}`;
    all.set(key, (all.get(key) ?? 0) + count);
  }
  return all;
};

const nextMonth = (now: number): string => monthOf(now + 32 * dayMs);

/** One line a policy, those that keep for ever last. */
export const describePolicies = async (db: Database, now: number): Promise<PolicyState[]> => {
  const months = await listMonths(db);
  const periods = await readPeriods(db);
  const counted = countedByMonth(await countCodeMonths(db, nextMonth(now)));
  const held = await heldState(db);
  const policies = [...new Set(months.map(({ policy }) => policy))];
  const lines = policies.map((policy): PolicyState => {
    const own = months.filter((month) => month.policy === policy);
    const days = periods.get(policy) ?? null;
    const filled = own.filter((month) => rowsOf(month, counted) > 0);
    const over = filled.filter(({ month }) => month < monthOf(now)).slice(-growthMonths);
    const growthBytes = average(over.map(({ bytes }) => bytes));
    const bytes = sum(own.map((month) => month.bytes));
    const goes = own.filter(({ month }) => days !== null && removableMs(month, days) < now + 365 * dayMs);
    // Of the months to come those that are there in a year: with a short period most have gone again.
    const comes = days === null ? 12 : Math.min(12, Math.ceil((days + lateDays) / monthDays) + 1);
    return {
      policy,
      days,
      rows: sum(own.map((month) => rowsOf(month, counted))),
      bytes,
      growthBytes,
      growthRows: Math.round(average(over.map((month) => rowsOf(month, counted)))),
      forecastBytes: Math.max(0, bytes + comes * growthBytes - sum(goes.map((month) => month.bytes))),
      oldestMonth: filled[0]?.month ?? null,
      ...(policy === "held" && held),
    };
  });
  return lines.sort((left, right) => (right.days ?? 0) - (left.days ?? 0));
};

export type DueMonth = {
  policy: string;
  month: string;
  /** Estimated by the server. */
  rows: number;
  bytes: number;
  /** Null: not counted in time. */
  held: number | null;
  heldIsMore: boolean;
  blocked: SkipReason | null;
};
export type PolicyPreview = {
  policy: string;
  days: number;
  rows: number;
  removed: number;
  /** What is held in it was not counted to the end, so fewer may go. */
  removedIsMost: boolean;
  bytes: number;
  held: number;
  heldIsMore: boolean;
  /** The first month that stays. */
  oldestKept: string | null;
  months: DueMonth[];
  /** What goes, by type and month, from the daily counts, without what is held. */
  codes: { code: string; month: string; count: number }[];
};
export type Preview = { at: string; nextRunAt: string; policies: PolicyPreview[] };

type HeldByCode = ReadonlyMap<string, number>;

const heldIn = (db: Database, month: StoredMonth, holds: readonly ActiveHold[]): Promise<HeldByCode | null> =>
  unlessSlow(countHeldByCode(db, month, holds, mostCounted));

/** Days of some policies that are not set yet. */
export type TriedPeriods = Readonly<Record<string, number | undefined>>;

/**
 * What the next run would do, with the periods that are set or with others: from the roll-up and the server's own statistics;
 * of the log only what is held is read.
 */
export const previewRetention = async (
  db: Database,
  settings: SystemSettings,
  now: number,
  tried: TriedPeriods = {},
): Promise<Preview> => {
  const next = nextRunMs(now, settings["display.time_zone"], settings["retention.run_at"]);
  const [months, periods, verified, holds] = [
    await listMonths(db),
    await readPeriods(db),
    await verifiedState(db),
    await activeHolds(db),
  ];
  const counts = await countCodeMonths(db, nextMonth(now));
  const counted = countedByMonth(counts);
  let left = monthsCounted;
  const policies: PolicyPreview[] = [];
  for (const [policy, set] of [...periods].sort(([, one], [, other]) => other - one)) {
    const days = tried[policy] ?? set;
    const own = months.filter((month) => month.policy === policy && rowsOf(month, counted) > 0);
    const due = own.filter(({ month }) => removableMs(month, days) <= next);
    const stays = own.filter(({ month }) => removableMs(month, days) > next);
    const described: DueMonth[] = [];
    const heldOf = new Map<string, HeldByCode | null>();
    for (const month of due) {
      const byCode = holds.length === 0 ? new Map() : left-- > 0 ? await heldIn(db, month, holds) : null;
      heldOf.set(month.month, byCode);
      const held = byCode === null ? null : sum([...byCode.values()]);
      described.push({
        ...{ policy, month: month.month, rows: rowsOf(month, counted), bytes: month.bytes },
        held: held === null ? null : Math.min(held, mostCounted),
        heldIsMore: (held ?? 0) > mostCounted,
        blocked: await whatBlocks(db, month, verified),
      });
    }
    const goes = described.filter(({ blocked }) => blocked === null);
    const names = new Set(goes.map(({ month }) => month));
    const codes = counts
      .filter((one) => one.policy === policy && names.has(one.month))
      .map(({ code, month, count }) => ({ code, month, count: count - (heldOf.get(month)?.get(code) ?? 0) }))
      .filter(({ count }) => count > 0);
    policies.push({
      ...{ policy, days, months: described, rows: sum(own.map((month) => rowsOf(month, counted))) },
      removed: Math.max(0, sum(goes.map(({ rows, held }) => rows - (held ?? 0)))),
      removedIsMost: goes.some(({ held, heldIsMore }) => held === null || heldIsMore),
      bytes: sum(goes.map(({ bytes }) => bytes)),
      held: sum(described.map(({ held }) => held ?? 0)),
      heldIsMore: described.some(({ held, heldIsMore }) => held === null || heldIsMore),
      oldestKept: (described.find(({ blocked }) => blocked !== null) ?? stays[0])?.month ?? null,
      codes: codes.sort((one, other) => other.count - one.count),
    });
  }
  return { at: new Date(now).toISOString(), nextRunAt: new Date(next).toISOString(), policies };
};

export type Schedule = {
  at: string;
  /** The office's, `Europe/Berlin`. */
  zone: string;
  nextRunAt: string;
  /** When the last run began that came to its end. */
  lastRunAt: string | null;
  /** The run of the day has not come to its end an hour after its time. */
  isOverdue: boolean;
  open: { id: number; state: string; startedBy: string; startedAt: string } | null;
  isArchived: boolean;
};

export const readSchedule = async (db: Database, settings: SystemSettings, now: number): Promise<Schedule> => {
  const { startedAt, firstSealedAt } = await lastRuns(db);
  const scheduled = (await lastScheduled(db)) ?? firstSealedAt;
  const [zone, runAt] = [settings["display.time_zone"], settings["retention.run_at"]];
  const isDue = scheduled !== null && isRunDue(now, zone, runAt, Date.parse(scheduled));
  const since = startedAt ?? firstSealedAt;
  const open = await openRun(db);
  return {
    at: new Date(now).toISOString(),
    zone,
    nextRunAt: new Date(isDue ? now : nextRunMs(now, zone, runAt)).toISOString(),
    lastRunAt: startedAt,
    isOverdue:
      since !== null &&
      isRunOverdue(now, zone, runAt, {
        sinceMs: Date.parse(since),
        runningSinceMs: open?.state === "running" ? Date.parse(open.startedAt) : null,
      }),
    open:
      open === undefined
        ? null
        : { id: open.id, state: open.state, startedBy: open.startedBy, startedAt: open.startedAt },
    isArchived: settings["retention.archive"],
  };
};
