import { type EventCode, eventCodes } from "@countersign/audit/catalogue";
import type { EventFilter } from "@countersign/audit/event-filter";
import type { Database } from "@countersign/db/client";
import { listEvents } from "@countersign/db/events";
import { countUpTo } from "@countersign/db/facets";
import { type RemovedMonths, removedBetween } from "@countersign/db/retention-manifests";
import { codesWithin } from "./codes-within.ts";
import { type LogEntry, toLogEntry } from "./log-entry.ts";
import { unlessSlow } from "./unless-slow.ts";

const most = 1000;

/** A part of a query that may be dropped: a list, its exclusion, or one of the plain members. */
const partsOf = (filter: EventFilter): { part: string; rest: EventFilter }[] => {
  const { not = {}, fromMs: _from, toMs: _to, ...wanted } = filter;
  const isGiven = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : value !== undefined);
  const plain = Object.entries(wanted)
    .filter(([, value]) => isGiven(value))
    .map(([part]) => ({ part, rest: { ...filter, [part]: undefined } }));
  const excluded = Object.entries(not)
    .filter(([, value]) => isGiven(value))
    .map(([part]) => ({ part: `not:${part}`, rest: { ...filter, not: { ...not, [part]: undefined } } }));
  return [...plain, ...excluded];
};

export type SwitchedOff = { code: string; since: string; by: string | null };
/** Months of the range in which nothing of what is asked for is left; `isAll` when nothing is left in the others either. */
export type Removed = RemovedMonths & { isAll: boolean };
export type Emptiness = {
  /** When the newest event that matches was received, whatever the range; null when none does or it took too long to find out. */
  newest: string | null;
  /** What would be found without one part of the query, up to 1000; null where that took too long. */
  without: { part: string; count: number | null }[];
  /** The types that the query leaves, when all of them are switched off. */
  off: SwitchedOff[];
  removed: Removed | null;
};

const monthStart = (month: string, later = 0): number => {
  const start = new Date(`${month}-01T00:00:00Z`);
  return start.setUTCMonth(start.getUTCMonth() + later);
};

/** What retention removed of the range, where nothing of what is asked for is left in those months. */
const removedOf = async (db: Database, filter: EventFilter, now: number): Promise<Removed | null> => {
  const { fromMs = 0, toMs = now } = filter;
  const left = codesWithin(filter);
  if (left?.length === 0) return null;
  const codes = left ?? undefined;
  const removed = await removedBetween(db, { fromMs, toMs }, codes);
  if (removed === null) return null;
  const isEmpty = async (span: { fromMs: number; toMs: number }) =>
    (await unlessSlow(countUpTo(db, { codes, ...span }, 1))) === 0;
  const months = {
    fromMs: Math.max(fromMs, monthStart(removed.first)),
    toMs: Math.min(toMs, monthStart(removed.last, 1)),
  };
  if (!(await isEmpty(months))) return null;
  return { ...removed, isAll: await isEmpty({ fromMs, toMs }) };
};

const switchedOff = async (db: Database, code: string): Promise<SwitchedOff | null> => {
  const changes = await listEvents(
    db,
    { objectType: "system_config", objectId: `event_type:${code}`, statuses: ["success"] },
    null,
    50,
  );
  const change: LogEntry | undefined = changes.map(toLogEntry).find(({ changes }) => changes?.enabled !== undefined);
  return change === undefined ? null : { code, since: change.receivedAt, by: change.actor.label };
};

/** Why a query of the log finds nothing, and what to change so that it does. */
export const explainEmptiness = async (
  db: Database,
  filter: EventFilter,
  isEnabled: (code: EventCode) => boolean,
  now: number,
): Promise<Emptiness> => {
  const parts = partsOf(filter);
  const [newest] = (await unlessSlow(listEvents(db, { ...filter, fromMs: undefined, toMs: undefined }, null, 1))) ?? [];
  const without: Emptiness["without"] = [];
  for (const { part, rest } of parts) without.push({ part, count: await unlessSlow(countUpTo(db, rest, most)) });
  const off: SwitchedOff[] = [];
  const left = codesWithin(filter) ?? eventCodes;
  for (const code of left.some(isEnabled) ? [] : left) {
    const told = await switchedOff(db, code);
    if (told !== null) off.push(told);
  }
  return { newest: newest?.receivedAt ?? null, without, off, removed: await removedOf(db, filter, now) };
};
