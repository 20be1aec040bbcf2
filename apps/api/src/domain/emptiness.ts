import { type EventCode, eventCodes, eventType } from "@countersign/audit/catalogue";
import type { EventFilter, EventLists } from "@countersign/audit/event-filter";
import type { Database } from "@countersign/db/client";
import { listEvents } from "@countersign/db/events";
import { countUpTo } from "@countersign/db/facets";
import { type RemovedMonths, removedBetween } from "@countersign/db/retention-manifests";
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
export type Emptiness = {
  /** When the newest event that matches was received, whatever the range; null when none does or it took too long to find out. */
  newest: string | null;
  /** What would be found without one part of the query, up to 1000; null where that took too long. */
  without: { part: string; count: number | null }[];
  /** Types that were asked for and are switched off. */
  off: SwitchedOff[];
  /** What retention removed of a range in which there is nothing at all any more. */
  removed: RemovedMonths | null;
};

/** Only of a range that ends, as retention leaves what is new. */
const removedOf = async (db: Database, { fromMs = 0, toMs }: EventFilter): Promise<RemovedMonths | null> => {
  if (toMs === undefined) return null;
  const removed = await removedBetween(db, { fromMs, toMs });
  return removed !== null && (await countUpTo(db, { fromMs, toMs }, 1)) === 0 ? removed : null;
};

const codesAskedFor = ({ codes = [], categories = [] }: EventLists): EventCode[] =>
  eventCodes.filter(
    (code) => codes.includes(code) || (categories as readonly string[]).includes(eventType(code).category),
  );

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
): Promise<Emptiness> => {
  const parts = partsOf(filter);
  const [newest] = (await unlessSlow(listEvents(db, { ...filter, fromMs: undefined, toMs: undefined }, null, 1))) ?? [];
  const without: Emptiness["without"] = [];
  if (parts.length > 1) {
    for (const { part, rest } of parts) without.push({ part, count: await unlessSlow(countUpTo(db, rest, most)) });
  }
  const off: SwitchedOff[] = [];
  for (const code of codesAskedFor(filter).filter((code) => !isEnabled(code))) {
    const told = await switchedOff(db, code);
    if (told !== null) off.push(told);
  }
  return { newest: newest?.receivedAt ?? null, without, off, removed: await removedOf(db, filter) };
};
