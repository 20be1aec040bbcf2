import { canonicalize } from "./canonical-json.ts";
import { type Policy, type Severity, type Status, severities } from "./catalogue.ts";
import { hasChanges } from "./changes.ts";
import { type Details, writeDetails } from "./details.ts";
import type { EventDraft } from "./draft.ts";
import { parseInstant } from "./instant.ts";
import type { JsonObject, Sha256 } from "./json.ts";
import { detailsCommitment, leafHash } from "./leaf.ts";
import { factsOf, fitFacts, isTooLong } from "./leaf-facts.ts";
import { redact } from "./redact.ts";
import { headOf, isLongerThan } from "./utf8.ts";

export type { Actor, EventDraft, Reference, RequestFacts } from "./draft.ts";

/** What the platform adds to a draft. `salt` is 32 random bytes; `receivedAt` ISO 8601 UTC with milliseconds. */
export type Stamp = { id: string; receivedAt: string; severity: Severity; policy: Policy; salt: Uint8Array };

/** `leaf` and `details` are canonical JSON and the very text that is hashed and stored. */
export type SealedEvent = {
  id: string;
  leaf: string;
  details: string;
  leafHash: Uint8Array;
  salt: Uint8Array;
  receivedAt: string;
};

const userAgentBytes = 1024;

/** Severity as it counts: a failed or denied act is one step higher, at most high. */
export const raisedSeverity = (severity: Severity, status: Status): Severity => {
  if (status !== "failed" && status !== "denied") return severity;
  if (severity === "critical" || severity === "high") return severity;
  return severities[severities.indexOf(severity) + 1] ?? severity;
};

const cutAgent = (userAgent: string): string =>
  isLongerThan(userAgent, userAgentBytes) ? `${headOf(userAgent, userAgentBytes)}… [cut]` : userAgent;

/** Members in the order of canonical JSON, which saves sorting them. */
const detailsOf = (draft: EventDraft, occurredAtAsSent: string | undefined): Details => {
  const { actor, object, target, request, changes, metadata } = draft;
  const details: Details = {};
  if (changes !== undefined && hasChanges(changes)) details.changes = changes;
  if (draft.errorCode !== undefined) details.errorCode = draft.errorCode;
  if (draft.errorMessage !== undefined) details.errorMessage = draft.errorMessage;
  if (request?.ip !== undefined) details.ip = request.ip;
  const labels = { actor: actor.label, object: object?.label, source: draft.sourceLabel, target: target?.label };
  if (Object.values(labels).some((label) => label !== undefined)) details.labels = labels;
  if (metadata !== undefined && Object.keys(metadata).length > 0) details.metadata = metadata;
  if (draft.notes !== undefined) details.notes = draft.notes;
  if (draft.objectDescription !== undefined) details.objectDescription = draft.objectDescription;
  if (occurredAtAsSent !== undefined) details.occurredAtAsSent = occurredAtAsSent;
  if (actor.roles !== undefined) details.roles = actor.roles;
  if (request?.userAgent !== undefined) details.userAgent = cutAgent(request.userAgent);
  return details;
};

/**
 * The event as it is hashed and stored: secrets replaced and values shrunk first, then the details committed to, then the leaf.
 * Throws RangeError on an `occurredAt` that is no RFC 3339 time with offset, TypeError on what JSON cannot hold.
 */
export const sealDraft = (draft: EventDraft, stamp: Stamp, sha256: Sha256): SealedEvent => {
  const sent = draft.occurredAt;
  const occurredAt = sent === undefined ? undefined : parseInstant(sent)?.utc;
  if (sent !== undefined && occurredAt === undefined) throw new RangeError("occurredAt is not an RFC 3339 time");
  const found = factsOf(draft, stamp, occurredAt);
  const isLong = isTooLong(found.facts);
  const clean = redact(detailsOf(draft, sent === occurredAt ? undefined : sent) as JsonObject);
  const kept = clean.value as Details;
  const redacted = found.redacted + clean.redacted;
  const details = writeDetails(
    redacted > 0 || isLong
      ? { ...kept, redacted: redacted > 0 ? redacted : undefined, shrunk: isLong ? true : undefined }
      : kept,
    sha256,
  );
  const facts = isLong ? fitFacts(found.facts, sha256) : found.facts;
  facts.details = detailsCommitment(details, stamp.salt, sha256);
  const leaf = canonicalize(facts);
  return {
    id: stamp.id,
    leaf,
    details,
    leafHash: leafHash(leaf, sha256),
    salt: stamp.salt,
    receivedAt: stamp.receivedAt,
  };
};
