import { canonicalize } from "@countersign/audit/canonical-json";
import type { Details } from "@countersign/audit/details";
import type { Leaf } from "@countersign/audit/leaf";
import type { LogEntry } from "../api.ts";

/** A value on the page that is not what was sealed; null for none. */
export type Difference = { field: FactName | "details"; shown: string | null; sealed: string | null };

const facts = {
  id: [(entry) => entry.id, (leaf) => leaf.id],
  code: [(entry) => entry.code, (leaf) => leaf.code],
  category: [(entry) => entry.category, (leaf) => leaf.category],
  severity: [(entry) => entry.severity, (leaf) => leaf.severity],
  status: [(entry) => entry.status, (leaf) => leaf.status],
  policy: [(entry) => entry.policy, (leaf) => leaf.policy],
  occurredAt: [(entry) => entry.occurredAt, (leaf) => leaf.occurredAt ?? leaf.receivedAt],
  receivedAt: [(entry) => entry.receivedAt, (leaf) => leaf.receivedAt],
  actorType: [(entry) => entry.actor.type, (leaf) => leaf.actor?.type],
  actorId: [(entry) => entry.actor.id, (leaf) => leaf.actor?.id],
  objectType: [(entry) => entry.object?.type, (leaf) => leaf.object?.type],
  objectId: [(entry) => entry.object?.id, (leaf) => leaf.object?.id],
  targetType: [(entry) => entry.target?.type, (leaf) => leaf.target?.type],
  targetId: [(entry) => entry.target?.id, (leaf) => leaf.target?.id],
  requestMethod: [(entry) => entry.requestMethod, (leaf) => leaf.request?.method],
  endpoint: [(entry) => entry.endpoint, (leaf) => leaf.request?.endpoint],
  requestId: [(entry) => entry.requestId, (leaf) => leaf.request?.id],
  source: [(entry) => entry.source, (leaf) => leaf.source],
  approvalId: [(entry) => entry.approvalId, (leaf) => leaf.approval],
} satisfies Record<string, [(entry: LogEntry) => string | null | undefined, (leaf: Leaf) => string | null | undefined]>;
export type FactName = keyof typeof facts;

const shownDetails = (entry: LogEntry) => ({
  labels: [entry.actor.label, entry.object?.label ?? null, entry.target?.label ?? null, entry.sourceLabel],
  roles: entry.actor.roles,
  texts: [entry.objectDescription, entry.errorMessage, entry.notes, entry.ip, entry.userAgent],
  changes: entry.changes,
  metadata: entry.metadata,
});

const sealedDetails = ({ labels, roles, changes, metadata, ...texts }: Details, entry: LogEntry) => ({
  labels: [
    labels?.actor ?? null,
    // The name of an object that is not there is shown nowhere.
    entry.object === null ? null : (labels?.object ?? null),
    entry.target === null ? null : (labels?.target ?? null),
    labels?.source ?? null,
  ],
  roles: roles ?? [],
  texts: [texts.objectDescription, texts.errorMessage, texts.notes, texts.ip, texts.userAgent].map(
    (text) => text ?? null,
  ),
  changes: changes ?? null,
  metadata: metadata ?? null,
});

/** Equal for two readings of an event exactly when they show the same. */
export const shownPrint = (entry: LogEntry): string =>
  JSON.stringify([
    Object.values(facts).map(([ofEntry]) => ofEntry(entry) ?? null),
    shownDetails(entry),
    entry.leafHash,
  ]);

const readDetails = (text: string): Details | null => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : null;
  } catch {
    return null;
  }
};

const isSame = (shown: unknown, sealed: unknown): boolean => {
  try {
    return canonicalize(shown) === canonicalize(sealed);
  } catch {
    // What has no canonical form was never sealed.
    return false;
  }
};

/**
 * What a page shows of an event otherwise than it was sealed. `details` is the text that opens the leaf's commitment; null
 * leaves the values out of it uncompared. A recorded hold may have replaced the retention.
 */
export const shownOtherwise = (entry: LogEntry, leaf: Leaf, details: string | null): Difference[] => {
  const found: Difference[] = [];
  for (const [name, [ofEntry, ofLeaf]] of Object.entries(facts)) {
    const shown = ofEntry(entry) ?? null;
    const sealed = ofLeaf(leaf) ?? null;
    const isHeld = name === "policy" && shown === "held";
    if (shown !== sealed && !isHeld) found.push({ field: name as FactName, shown, sealed });
  }
  if (details === null) return found;
  const parsed = readDetails(details);
  const fits = parsed !== null && isSame(shownDetails(entry), sealedDetails(parsed, entry));
  if (!fits) found.push({ field: "details", shown: null, sealed: null });
  return found;
};
