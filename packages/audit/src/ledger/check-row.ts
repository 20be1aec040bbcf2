import type { Sha256 } from "../json.ts";
import { detailsCommitment, type Leaf, leafHash, readLeaf } from "../leaf.ts";
import type { Finding, FindingCode } from "./findings.ts";
import { type Hash, isSameHash } from "./merkle.ts";

/**
 * A row of the log as it is stored. The two times are texts in UTC with microseconds (`2026-11-23T03:17:36.123000Z`), so that
 * no change is rounded away; milliseconds alone will do, too.
 */
export type LogRow = {
  id: string;
  policy: string;
  code: string;
  category: string;
  severity: string;
  status: string;
  occurredAt: string;
  receivedAt: string;
  actorType: string;
  actorId: string | null;
  objectType: string | null;
  objectId: string | null;
  targetType: string | null;
  targetId: string | null;
  requestMethod: string | null;
  endpoint: string | null;
  requestId: string | null;
  source: string;
  approvalId: string | null;
  leaf: string;
  leafHash: Hash;
  details: string | null;
  salt: Uint8Array | null;
};

/** What the recorded manifests and holds say of an event. */
export type Known = { expired: boolean; erased: boolean; held: boolean };

/** What was sealed at an index. */
export type Sealed = { index: number; id: string; leafHash: Hash };

type Column = Exclude<keyof LogRow, "leaf" | "leafHash" | "details" | "salt">;

/** Every column that is asked for in queries, out of the leaf: as the log derives them when it stores an event. */
const columns = {
  id: (leaf) => leaf.id,
  policy: (leaf) => leaf.policy,
  code: (leaf) => leaf.code,
  category: (leaf) => leaf.category,
  severity: (leaf) => leaf.severity,
  status: (leaf) => leaf.status,
  occurredAt: (leaf) => leaf.occurredAt ?? leaf.receivedAt,
  receivedAt: (leaf) => leaf.receivedAt,
  actorType: (leaf) => leaf.actor?.type,
  actorId: (leaf) => leaf.actor?.id,
  objectType: (leaf) => leaf.object?.type,
  objectId: (leaf) => leaf.object?.id,
  targetType: (leaf) => leaf.target?.type,
  targetId: (leaf) => leaf.target?.id,
  requestMethod: (leaf) => leaf.request?.method,
  endpoint: (leaf) => leaf.request?.endpoint,
  requestId: (leaf) => leaf.request?.id,
  source: (leaf) => leaf.source,
  approvalId: (leaf) => leaf.approval,
} satisfies Record<Column, (leaf: Leaf) => string | undefined>;

const columnNames = Object.keys(columns) as Column[];

/** Whether a stored time of microseconds is a sealed one of milliseconds. */
const isSameTime = (stored: string, sealed: string): boolean =>
  stored.length === sealed.length + 3 && stored.endsWith("000Z") && stored.startsWith(sealed.slice(0, -1));

const fits = (column: Column, stored: string | null, sealed: string | null, known: Known): boolean => {
  if (stored === sealed) return true;
  if (stored === null || sealed === null) return false;
  if (column === "occurredAt" || column === "receivedAt") return isSameTime(stored, sealed);
  // An archive can be loaded back of what a manifest says was removed.
  return column === "policy" && ((known.held && stored === "held") || (known.expired && stored === "restored"));
};

const saltBytes = 32;

/** What is wrong with the details, if they are all there. */
const checkDetails = (
  { details, salt }: LogRow,
  leaf: Leaf,
  sha256: Sha256,
): [FindingCode, string] | "erased" | null => {
  if (details === null && salt === null) return "erased";
  if (details === null || salt === null) return ["DETAILS_MISSING", details === null ? "details" : "salt"];
  const fits = salt.length === saltBytes && detailsCommitment(details, salt, sha256) === leaf.details;
  return fits ? null : ["ALTERED", "details"];
};

const findingAt = ({ index, id }: Sealed, code: FindingCode, part: string | null): Finding => ({
  code,
  index,
  id,
  part,
});

/**
 * What a row says of the event that was sealed at an index: one OK, or everything that does not fit. `rowHash` is the hash of
 * the row's leaf, for whoever knows it already.
 */
export const checkRow = (
  sealed: Sealed,
  row: LogRow | null,
  known: Known,
  sha256: Sha256,
  rowHash: Hash | null = row && leafHash(row.leaf, sha256),
): Finding[] => {
  if (row === null || rowHash === null)
    return [known.expired ? findingAt(sealed, "OK_EXPIRED", null) : findingAt(sealed, "MISSING", "row")];
  // Of another leaf neither columns nor commitment mean anything.
  const leaf = isSameHash(rowHash, sealed.leafHash) ? readLeaf(row.leaf) : null;
  if (leaf === null) return [findingAt(sealed, "ALTERED", "leaf")];
  const findings: Finding[] = [];
  for (const column of columnNames) {
    if (!fits(column, row[column], columns[column](leaf) ?? null, known))
      findings.push(findingAt(sealed, "COLUMN_MISMATCH", column));
  }
  if (!isSameHash(row.leafHash, rowHash)) findings.push(findingAt(sealed, "ALTERED", "leaf_hash"));
  const details = checkDetails(row, leaf, sha256);
  if (details === "erased" && !known.erased) findings.push(findingAt(sealed, "DETAILS_MISSING", "details"));
  if (details !== null && details !== "erased") findings.push(findingAt(sealed, ...details));
  if (findings.length > 0) return findings;
  return [findingAt(sealed, details === "erased" ? "OK_ERASED" : "OK", null)];
};

const sealWithinS = 60;

/** What is wrong with a row that is at no index: `pendingForS` is how long it has waited, null when nothing waits to seal it. */
export const checkUnsealed = (id: string, pendingForS: number | null): Finding | null => {
  const finding = { index: null, id, part: "row" };
  if (pendingForS === null) return { code: "EXTRA", ...finding };
  return pendingForS > sealWithinS ? { code: "UNSEALED", ...finding } : null;
};
