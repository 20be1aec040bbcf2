import { eventType, isEventCode, type Status } from "@countersign/audit/catalogue";
import type { Changes } from "@countersign/audit/changes";
import type { Details } from "@countersign/audit/details";
import type { JsonObject } from "@countersign/audit/json";
import type { EventRow } from "./events.ts";

export type EntryReference = { type: string; id: string; label: string | null };

/** One event as the log answers it: what stands in the columns together with the details that are still there. */
export type LogEntry = {
  id: string;
  code: string;
  name: string;
  category: string;
  severity: string;
  status: Status;
  policy: string;
  occurredAt: string;
  receivedAt: string;
  actor: { type: string; id: string | null; label: string | null; roles: readonly string[] };
  object: EntryReference | null;
  target: EntryReference | null;
  objectDescription: string | null;
  changes: Changes | null;
  errorMessage: string | null;
  notes: string | null;
  ip: string | null;
  userAgent: string | null;
  requestMethod: string | null;
  endpoint: string | null;
  requestId: string | null;
  /** `app` for our own acts, else who stated the event. */
  source: string;
  sourceLabel: string | null;
  approvalId: string | null;
  metadata: JsonObject | null;
  leafHash: string;
  /** The personal part was erased. */
  erased: boolean;
  /** A hold keeps it whatever its age. */
  held: boolean;
};

const reference = (type: string | null, id: string | null, label: string | undefined): EntryReference | null =>
  type === null || id === null ? null : { type, id, label: label ?? null };

export const toLogEntry = (row: EventRow): LogEntry => {
  const details: Details = row.details === null ? {} : JSON.parse(row.details);
  return {
    id: row.id,
    code: row.code,
    name: isEventCode(row.code) ? eventType(row.code).name : row.code,
    category: row.category,
    severity: row.severity,
    status: row.status as Status,
    policy: row.policy,
    occurredAt: row.occurredAt,
    receivedAt: row.receivedAt,
    actor: { type: row.actorType, id: row.actorId, label: details.labels?.actor ?? null, roles: details.roles ?? [] },
    object: reference(row.objectType, row.objectId, details.labels?.object),
    target: reference(row.targetType, row.targetId, details.labels?.target),
    objectDescription: details.objectDescription ?? null,
    changes: details.changes ?? null,
    errorMessage: details.errorMessage ?? null,
    notes: details.notes ?? null,
    ip: details.ip ?? null,
    userAgent: details.userAgent ?? null,
    requestMethod: row.requestMethod,
    endpoint: row.endpoint,
    requestId: row.requestId,
    source: row.source,
    sourceLabel: details.labels?.source ?? null,
    approvalId: row.approvalId,
    metadata: details.metadata ?? null,
    leafHash: Buffer.from(row.leafHash).toString("hex"),
    erased: row.details === null,
    held: row.policy === "held",
  };
};
