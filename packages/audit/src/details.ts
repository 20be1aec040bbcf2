import { canonicalize } from "./canonical-json.ts";
import { type Changes, changedValueBytes, type ShrunkValue, shrinkChanges, shrinkValue } from "./changes.ts";
import type { Json, JsonObject, Sha256 } from "./json.ts";
import { headOf, isLongerThan, utf8Length } from "./utf8.ts";

/** The personal and free-form part of an event. */
export type Details = {
  changes?: Changes | undefined;
  errorCode?: string | undefined;
  errorMessage?: string | undefined;
  ip?: string | undefined;
  /** The names of the time; `source` is who stated the event. */
  labels?:
    | {
        actor?: string | undefined;
        object?: string | undefined;
        target?: string | undefined;
        source?: string | undefined;
      }
    | undefined;
  metadata?: JsonObject | undefined;
  notes?: string | undefined;
  objectDescription?: string | undefined;
  /** What the caller sent, where the leaf holds the same moment in UTC and milliseconds. */
  occurredAtAsSent?: string | undefined;
  /** How many secrets were replaced. */
  redacted?: number | undefined;
  roles?: readonly string[] | undefined;
  /** Parts were kept as hash, size and beginning, or cut, to stay below the limit. */
  shrunk?: true | undefined;
  userAgent?: string | undefined;
};

/** Details are at most this long, as canonical JSON in UTF-8. */
export const detailsBytes = 128 * 1024;
const textBytes = 1024;
const nameBytes = 256;
const maxRoles = 50;
/** Below this a hash and a beginning take no less room. */
const worthShrinking = 600;

const sizeOf = (value: unknown): number => utf8Length(canonicalize(value));

const cutText = (text: string, { sha256, bytes }: ShrunkValue): string =>
  `${headOf(text, textBytes)}… [${bytes} bytes, sha256 ${sha256}]`;

/** Something that can be made smaller by itself. */
type Part = { size: number; shrink: () => Json };

/** The parts of details, and the copy in which shrinking them shows. */
const partsOf = (details: Details, sha256: Sha256): { parts: Part[]; smaller: Details } => {
  const smaller: Details = { ...details, shrunk: true };
  const parts: Part[] = [];
  const add = <Value extends Json>(value: Value | undefined, put: (shrunk: ShrunkValue) => Json): void => {
    if (value !== undefined) parts.push({ size: sizeOf(value), shrink: () => put(shrinkValue(value, sha256)) });
  };
  for (const name of ["notes", "errorMessage", "objectDescription"] as const) {
    const text = details[name];
    add(text, (shrunk) => (smaller[name] = cutText(text ?? "", shrunk)));
  }
  if (details.metadata) {
    const metadata: Record<string, Json | undefined> = { ...details.metadata };
    smaller.metadata = metadata;
    for (const [key, value] of Object.entries(metadata)) add(value, (shrunk) => (metadata[key] = shrunk));
  }
  if (details.changes) {
    const changes = Object.fromEntries(
      Object.entries(details.changes).map(([field, change]) => [field, { ...change }]),
    );
    smaller.changes = changes;
    for (const change of Object.values(changes)) {
      add(change.old, (shrunk) => (change.old = shrunk));
      add(change.new, (shrunk) => (change.new = shrunk));
      add(change.added, (shrunk) => (change.added = [shrunk]));
      add(change.removed, (shrunk) => (change.removed = [shrunk]));
    }
  }
  return { parts, smaller };
};

const cutNames = (details: Details): Details => ({
  ...details,
  labels:
    details.labels &&
    Object.fromEntries(
      Object.entries(details.labels).map(([name, label]) => [name, label && headOf(label, nameBytes)]),
    ),
  roles: details.roles?.slice(0, maxRoles).map((role) => headOf(role, nameBytes)),
  errorCode: details.errorCode && headOf(details.errorCode, nameBytes),
  ip: details.ip && headOf(details.ip, nameBytes),
  occurredAtAsSent: details.occurredAtAsSent && headOf(details.occurredAtAsSent, nameBytes),
});

/** Largest parts first; when thousands of small ones are left, changes and metadata as a whole; names last. */
const shrink = (details: Details, sha256: Sha256): string => {
  const { parts, smaller } = partsOf(details, sha256);
  let size = sizeOf(smaller);
  for (const part of parts.sort((left, right) => right.size - left.size)) {
    if (part.size < worthShrinking || size <= detailsBytes) break;
    size -= part.size - sizeOf(part.shrink());
  }
  let text = canonicalize(smaller);
  if (isLongerThan(text, detailsBytes)) {
    if (details.changes) smaller.changes = { "*": { old: null, new: shrinkValue(details.changes, sha256) } };
    if (details.metadata) smaller.metadata = { "*": shrinkValue(details.metadata, sha256) };
    text = canonicalize(smaller);
  }
  return isLongerThan(text, detailsBytes) ? canonicalize(cutNames(smaller)) : text;
};

/** The text of the details, at most 128 KiB: an own act is never refused for size. Secrets must be out before. */
export const writeDetails = (details: Details, sha256: Sha256): string => {
  const text = canonicalize(details);
  if (text.length * 3 <= changedValueBytes) return text;
  const { changes } = details;
  if (changes === undefined) return isLongerThan(text, detailsBytes) ? shrink(details, sha256) : text;
  const fitting = { ...details, changes: shrinkChanges(changes, sha256) };
  const shorter = canonicalize(fitting);
  return isLongerThan(shorter, detailsBytes) ? shrink(fitting, sha256) : shorter;
};
