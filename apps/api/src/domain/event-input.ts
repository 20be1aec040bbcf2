import { canonicalize } from "@countersign/audit/canonical-json";
import { type EventCode, eventType, isEventCode, objectTypes } from "@countersign/audit/catalogue";
import { changedValueBytes } from "@countersign/audit/changes";
import type { EventDraft, Reference } from "@countersign/audit/draft";
import { isUuid7, uuid7Time } from "@countersign/audit/uuid7";
import { z } from "zod";
import type { FieldProblem } from "./domain-error.ts";
import { instant, msOf, text } from "./fields.ts";

/** Ids of callers lie within 7 days before and 5 minutes after the server's clock. */
const idWindow = { beforeMs: 7 * 86_400_000, afterMs: 5 * 60_000 };
export const isInIdWindow = (ms: number, now: number): boolean =>
  now - ms <= idWindow.beforeMs && ms - now <= idWindow.afterMs;
const latestOccurrenceMs = 86_400_000;

const objectId = text(256);
const reference = z.strictObject({ type: z.string().max(64), id: objectId, label: text(1000).optional() });
const json = z.record(z.string(), z.json());
const change = z.strictObject({ old: z.json(), new: z.json() });

/** One event as another front end or service states it. Severity, source and the time of receipt are not theirs to say. */
export const eventInput = z.strictObject({
  /** UUIDv7; the same id again is answered like the first time. */
  id: z
    .string()
    .refine(isUuid7, { params: { rule: "uuid7" } })
    .optional(),
  code: z.string().max(64),
  status: z.enum(["success", "failed", "denied"]).default("success"),
  occurredAt: instant.optional(),
  /** Whoever did it; without one it is the caller. Shown as stated by the caller. */
  actor: z
    .strictObject({
      type: z.enum(["user", "api_key", "anonymous"]),
      id: objectId.optional(),
      label: text(1000).optional(),
    })
    .optional(),
  object: reference.optional(),
  target: reference.optional(),
  changes: z.record(z.string().max(256), change).optional(),
  errorMessage: text(4000).optional(),
  notes: text(10_000).optional(),
  metadata: json.optional(),
});

export type EventInput = z.output<typeof eventInput>;

/** What the caller sent in one fixed form, for telling a repetition from another event under the same id. */
export const contentOf = (event: EventInput): string => canonicalize(event as never);

const expectedType = (given: Reference | undefined, wanted: string | null, path: string): FieldProblem[] => {
  if (given === undefined) return [];
  if (wanted === null) return [{ path, rule: "not_expected" }];
  const fits = wanted === "any" ? Object.hasOwn(objectTypes, given.type) : given.type === wanted;
  return fits ? [] : [{ path: `${path}.type`, rule: "object_type" }];
};

const metadataBytes = 32 * 1024;
/** All that is free-form together; the rest of the details of an event has room beside it. */
const statedBytes = 112 * 1024;
/** What a caller states is kept as stated, so a value that would have to be cut is refused instead. */
const isTooLarge = (value: unknown): boolean => {
  // A character is at most six bytes of JSON.
  if (value === null || (typeof value === "string" && value.length * 6 + 2 <= changedValueBytes)) return false;
  const text = JSON.stringify(value);
  return text.length * 3 > changedValueBytes && Buffer.byteLength(text) > changedValueBytes;
};

const sizeOf = (value: unknown): number => (value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value)));

/** Measured only when it could be so. */
const isTooMuch = ({ changes = {}, notes = "", errorMessage = "" }: EventInput, metadata: number): boolean => {
  const textsAtMost = (notes.length + errorMessage.length) * 6;
  const changesAtMost = Object.keys(changes).length * (2 * changedValueBytes + 2048);
  return (
    metadata + textsAtMost + changesAtMost > statedBytes &&
    metadata + sizeOf(changes) + sizeOf(notes) + sizeOf(errorMessage) > statedBytes
  );
};

/** What is wrong with an event that has the right shape: code, object types, id window, time. */
export const eventProblems = (event: EventInput, now: number): FieldProblem[] => {
  if (!isEventCode(event.code)) return [{ path: "code", rule: "unknown_code" }];
  const type = eventType(event.code);
  const problems: FieldProblem[] = [];
  if (type.category === "platform") problems.push({ path: "code", rule: "platform_only" });
  problems.push(
    ...expectedType(event.object, type.objectType, "object"),
    ...expectedType(event.target, type.targetType, "target"),
  );
  for (const [field, { old, new: next }] of Object.entries(event.changes ?? {})) {
    if (isTooLarge(old) || isTooLarge(next)) problems.push({ path: `changes.${field}`, rule: "over_8_kib" });
  }
  const metadata = sizeOf(event.metadata);
  if (metadata > metadataBytes) problems.push({ path: "metadata", rule: "over_32_kib" });
  if (isTooMuch(event, metadata)) problems.push({ path: "", rule: "over_112_kib" });
  if (event.id !== undefined && !isInIdWindow(uuid7Time(event.id), now)) {
    problems.push({ path: "id", rule: "outside_window" });
  }
  if (event.occurredAt !== undefined) {
    const at = msOf(event.occurredAt);
    if (at < 0 || at > now + latestOccurrenceMs) problems.push({ path: "occurredAt", rule: "out_of_range" });
  }
  return problems;
};

export const asDraft = (
  event: EventInput,
  stated: Pick<EventDraft, "actor" | "source" | "sourceLabel" | "request">,
): EventDraft => ({
  actor: event.actor ?? stated.actor,
  source: stated.source,
  sourceLabel: stated.sourceLabel,
  request: stated.request,
  code: event.code as EventCode,
  status: event.status,
  occurredAt: event.occurredAt,
  object: event.object as EventDraft["object"],
  target: event.target as EventDraft["target"],
  changes: event.changes,
  errorMessage: event.errorMessage,
  notes: event.notes,
  metadata: event.metadata,
});
