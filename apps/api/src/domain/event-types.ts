import { type EventType, eventType, isEventCode, type Policy, type Severity } from "@countersign/audit/catalogue";
import { type Changes, changesBetween } from "@countersign/audit/changes";
import type { Database } from "@countersign/db/client";
import { countCodeDays, countSuppressed, lastDayOfCodes } from "@countersign/db/event-days";
import { type EventTypePatch, type EventTypeRow, lockEventType, updateEventType } from "@countersign/db/event-types";
import type { Transaction } from "@countersign/db/transaction";
import { DomainError, notFound } from "./domain-error.ts";

type CatalogueFacts = Pick<
  EventType,
  "description" | "objectType" | "targetType" | "feature" | "reason" | "collapseSeconds" | "sentence"
> & {
  /** Whether an approval can be asked for at all. */
  approvalOffered: boolean;
  /** What it is set to as long as nobody changes it. */
  defaults: { severity: Severity; policy: Policy; approval: EventType["approval"]; notify: boolean };
};

/** An event type as it is set, with what the catalogue says of it; null for a retired one that no catalogue has. */
export type EventTypeEntry = EventTypeRow & { catalogue: CatalogueFacts | null };

export const describeEventType = (row: EventTypeRow): EventTypeEntry => {
  if (!isEventCode(row.code)) return { ...row, catalogue: null };
  const { description, objectType, targetType, feature, reason, collapseSeconds, sentence, ...type } = eventType(
    row.code,
  );
  const { severity, policy, approval, notify } = type;
  return {
    ...row,
    catalogue: {
      ...{ description, objectType, targetType, feature, reason, collapseSeconds, sentence },
      approvalOffered: approval !== "none",
      defaults: { severity, policy, approval, notify },
    },
  };
};

export type EventTypeChange = { before: EventTypeRow; after: EventTypeRow };

const facts = ({ enabled, severity, policy, approval, notify }: EventTypeRow) => ({
  enabled,
  severity,
  policy,
  approval,
  notify,
});

export const eventTypeChanges = ({ before, after }: EventTypeChange): Changes =>
  changesBetween(facts(before), facts(after));

const refuseWhatIsFixed = (row: EventTypeRow, { enabled, approval }: EventTypePatch): void => {
  if (row.retired || !isEventCode(row.code)) {
    throw new DomainError("conflict", "retired", `Nothing was changed: ${row.name} is no longer in use.`);
  }
  if (enabled === false && row.locked) {
    throw new DomainError("conflict", "locked", `Nothing was changed: ${row.name} is always recorded.`);
  }
  if (approval !== undefined && (approval === "none") !== (eventType(row.code).approval === "none")) {
    throw new DomainError(
      "invalid",
      "invalid_input",
      approval === "none"
        ? `Nothing was changed: for ${row.name} approval can be optional or required.`
        : `Nothing was changed: approval is not offered for ${row.name}.`,
      { fields: [{ path: "approval", rule: "not_offered" }] },
    );
  }
};

/** Sets a type for the events that follow. What is set to the same again changes nothing. */
export const changeEventType = async (
  tx: Transaction,
  { code, version }: { code: string; version?: number | undefined },
  patch: EventTypePatch,
  at: string,
): Promise<EventTypeChange> => {
  const before = await lockEventType(tx, code);
  if (before === undefined) throw notFound("event type");
  if (version !== undefined && version !== before.version) {
    throw new DomainError(
      "conflict",
      "stale_version",
      `Nothing was changed: somebody changed ${before.name} meanwhile. Look at it again and try again.`,
    );
  }
  refuseWhatIsFixed(before, patch);
  const wanted = { before, after: { ...before, ...patch } };
  if (Object.keys(eventTypeChanges(wanted)).length === 0) return { before, after: before };
  return { before, after: await updateEventType(tx, code, patch, at) };
};

const dayMs = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** How much of a type was recorded: events of each of the days asked for, the oldest first. */
export type EventTypeActivity = {
  code: string;
  /** The day (UTC) of its last event; null when there was none. */
  lastDay: string | null;
  counts: number[];
  /** Acts of these days that were not kept, because the type was switched off. */
  suppressed: number;
};

/** What the roll-up knows of every type that was ever recorded or suppressed, for `days` days (UTC) that end with today. */
export const readActivity = async (
  db: Database,
  days: number,
  now: number,
): Promise<{ from: string; to: string; items: EventTypeActivity[] }> => {
  const from = dayOf(now - (days - 1) * dayMs);
  const [counted, last, suppressed] = await Promise.all([
    countCodeDays(db, from),
    lastDayOfCodes(db),
    countSuppressed(db, from),
  ]);
  const items = [...new Set([...last.keys(), ...suppressed.keys()])].sort().map((code) => ({
    code,
    lastDay: last.get(code) ?? null,
    counts: new Array<number>(days).fill(0),
    suppressed: suppressed.get(code) ?? 0,
  }));
  const byCode = new Map(items.map((item) => [item.code, item.counts]));
  for (const { code, day, count } of counted) {
    const counts = byCode.get(code);
    const at = Math.round((Date.parse(day) - Date.parse(from)) / dayMs);
    if (counts !== undefined && at < days) counts[at] = count;
  }
  return { from, to: dayOf(now), items };
};
